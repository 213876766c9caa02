"""Which robots we can write to, and their addresses as apprise reads them. Pure."""

from __future__ import annotations

import re

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words

declare("group.kind", zh="没有“{kind}”这类群。", en="There is no kind of group {kind}.")
declare(
    "group.address",
    zh="群机器人地址无法识别，请从群里整条复制。",
    en="The robot's address cannot be read: copy it whole.",
)

KINDS: dict[str, Words] = {
    "wecom": Words("企业微信群", "WeCom group"),
    "dingtalk": Words("钉钉群", "DingTalk group"),
    "feishu": Words("飞书群", "Feishu group"),
    "relay": Words("本地转发", "a relay of ours"),
}
_SHAPES = {
    "wecom": (r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([0-9A-Za-z-]{8,80})", "wecombot://{0}/"),
    "dingtalk": (r"https://oapi\.dingtalk\.com/robot/send\?access_token=([0-9A-Za-z]{8,80})", "dingtalk://{0}/"),
    "feishu": (r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([0-9A-Za-z-]{8,80})", "feishu://{0}/"),
    "relay": (r"https?://([^\s/]+)(/\S*)?", ""),
}
_SIGN = re.compile(r"[0-9A-Za-z]{8,100}")


def robot_address(kind: str, pasted: str, sign: str = "") -> str:
    """The robot's address as the group shows it, as an apprise address. ``sign`` is DingTalk's secret for signing.

    Raises Invalid when it is not the address of a robot of this kind: only these hosts are written to, and a relay
    that the administrator names.
    """
    if kind not in KINDS:
        raise Invalid("group.kind", kind=kind, field="kind")
    shape, form = _SHAPES[kind]
    found = re.fullmatch(shape, pasted.strip())
    if found is None or (sign and (kind != "dingtalk" or not _SIGN.fullmatch(sign))):
        raise Invalid("group.address", field="address")
    if kind == "relay":
        scheme = "jsons" if pasted.strip().startswith("https") else "json"
        return f"{scheme}://{found[1]}{found[2] or '/'}"
    return form.format(f"{sign}@{found[1]}" if sign else found[1])
