"""What each kind of gateway is sent, and what its answer means. Pure.

WeCom's shapes are those of its server API (message/send with duplicate check) and of its group robots. SMS and voice
gateways differ from province to province: ours is the plainest JSON that a relay of thirty lines can turn into theirs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from linli.kernel.words import Words

KINDS: dict[str, Words] = {
    "wecom_app": Words("企业微信应用", "WeCom application"),
    "wecom_robot": Words("企业微信群机器人", "WeCom group robot"),
    "sms": Words("短信网关", "SMS gateway"),
    "voice": Words("语音网关", "voice gateway"),
    "dingtalk": Words("钉钉", "DingTalk"),
    "feishu": Words("飞书", "Feishu"),
    "mail": Words("电子邮件", "mail"),
    "group": Words("群机器人", "robots of chat groups"),
}
BY_APPRISE = frozenset({"dingtalk", "feishu", "mail"})
"""Kinds whose secret is an apprise address; ``{to}`` in it stands for the recipient."""
OF_PEOPLE = frozenset(KINDS) - {"group"}
"""Kinds by which one person is reached; a group's message is everybody's."""
ADDRESS_OF = {"wecom_app": "wecom", "wecom_robot": "wecom", "sms": "phone", "voice": "phone", "dingtalk": "phone"}
"""Which of a person's addresses a kind takes: the WeCom user, or the telephone number."""
KEYPAD = {"1": "sign", "2": "decline"}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to leave. ``id`` is the key by which a gateway knows a repetition; ``say`` is what a voice
    reads out.
    """

    id: str
    to: str
    text: str
    link: str = ""
    say: str = ""
    keypad: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """The gateway has taken it over; ``gateway_id`` is its own number for it, where it gives one."""

    gateway_id: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One HTTP request: POST ``body`` to ``url``; a signed one carries our two headers."""

    url: str
    body: bytes
    signed: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class NotSent(Exception):
    """The gateway did not take it. ``for_good``: trying again with the same facts cannot help."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        self.why = why[:300]
        self.for_good = for_good
        super().__init__(self.why)


def ask_gateway(kind: str, url: str, parcel: Parcel) -> Asked:
    """The request to a plain SMS or voice gateway, signed with the shared secret."""
    sent: dict[str, Any] = {"id": parcel.id, "to": parcel.to}
    if kind == "voice":
        sent |= {"say": parcel.say or parcel.text, "repeat": 2, "keypad": KEYPAD if parcel.keypad else {}}
    else:
        sent["text"] = with_link(parcel)
    return Asked(url, _json(sent), signed=True, headers={"Idempotency-Key": parcel.id})


def ask_wecom_robot(url: str, parcel: Parcel) -> Asked:
    """The request to a WeCom group robot: the text, and whom to mention."""
    text = {"content": with_link(parcel), "mentioned_list": [parcel.to]}
    return Asked(url, _json({"msgtype": "text", "text": text}), headers={"Idempotency-Key": parcel.id})


def ask_wecom_app(url: str, token: str, agent_id: int, parcel: Parcel) -> Asked:
    """The request to WeCom's server API: a card to one user; WeCom itself drops a repetition within half an hour."""
    sent = {
        "touser": parcel.to,
        "msgtype": "textcard",
        "agentid": agent_id,
        "textcard": {
            "title": parcel.text[:32],
            "description": parcel.text,
            "url": parcel.link or "#",
            "btntxt": "查看",
        },
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }
    address = f"{url.rstrip('/')}/cgi-bin/message/send?access_token={quote(token)}"
    return Asked(address, _json(sent), headers={"Idempotency-Key": parcel.id})


def wecom_token_url(url: str, corp_id: str, secret: str) -> str:
    """Where WeCom gives the access token of an application."""
    return f"{url.rstrip('/')}/cgi-bin/gettoken?corpid={quote(corp_id)}&corpsecret={quote(secret)}"


def read_gateway(status: int, body: bytes) -> Sent:
    """What a plain gateway's answer means; raises NotSent. A repetition (409) counts as taken: it has the first one."""
    if 200 <= status < 300 or status == 409:
        answer = _parsed(body)
        return Sent(str(answer.get("gateway_id", ""))[:120])
    for_good = 400 <= status < 500 and status not in (401, 403, 408, 425, 429)
    raise NotSent(f"HTTP {status}: {body[:200].decode(errors='replace')}", for_good=for_good)


_WECOM_STALE_TOKEN = {40001, 40014, 42001}
_WECOM_NO_SUCH_USER = {40003, 40031, 60111, 81013}


def wecom_wants_token(body: bytes) -> bool:
    """Whether WeCom refuses because the access token has run out."""
    return _parsed(body).get("errcode") in _WECOM_STALE_TOKEN


def wecom_token_in(body: bytes) -> str:
    """The access token in WeCom's answer; raises NotSent when there is none: wrong corp or secret."""
    answer = _parsed(body)
    if answer.get("errcode", 0) != 0 or not answer.get("access_token"):
        raise NotSent(f"WeCom gives no token: {answer.get('errcode')} {answer.get('errmsg', '')}")
    return str(answer["access_token"])


def read_wecom(status: int, body: bytes, to: str) -> Sent:
    """What WeCom's answer means; raises NotSent. It says 200 also when it refuses: ``errcode`` decides."""
    answer = _parsed(body)
    if status != 200 or "errcode" not in answer:
        raise NotSent(f"HTTP {status}: {body[:200].decode(errors='replace')}")
    code = answer["errcode"]
    unknown = str(answer.get("invaliduser", "")).lower().split("|")
    if code in _WECOM_NO_SUCH_USER or (code == 0 and to.lower() in unknown):
        raise NotSent(f"WeCom knows no such user ({code})", for_good=True)
    if code != 0:
        raise NotSent(f"WeCom {code}: {answer.get('errmsg', '')}")
    return Sent(str(answer.get("msgid", ""))[:120])


def with_link(parcel: Parcel) -> str:
    """The text with its link behind it."""
    return f"{parcel.text} {parcel.link}".strip()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
