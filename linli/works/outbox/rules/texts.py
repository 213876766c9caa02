"""What is said in messages: the one table. Short, in Chinese, nothing personal beyond the place and a link. Pure.

``{number}``, ``{place}`` and the other places are filled from the message's body; what the body lacks is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST_PLACE = 40
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Text:
    """One kind of message. ``urgent`` ones ignore quiet hours and change the channel at the first failure.

    ``say`` is read out on the telephone (``zh`` when empty); ``keypad`` lets the called person sign (1) or decline (2).
    After ``good_for_s`` seconds it is not sent any more: nobody is rung for the orders of an outage that is over.
    """

    zh: str
    urgent: bool = True
    say: str = ""
    keypad: bool = False
    good_for_s: int = 900


TEXTS: dict[str, Text] = {
    "order.new": Text(
        "【派警】{number} {title}，{place}。请立即接令。",
        say="您有新的派警，{title}，地点{place}。接令请按1，不能前往请按2。",
        keypad=True,
    ),
    "order.recalled": Text(
        "【撤回】{number} {place}，派警已撤回，无需前往。", say="派警已撤回，地点{place}，无需前往。"
    ),
    "order.station_desk": Text("【催办】{number} {place}，派警后仍无人接令，请所值班室处置。"),
    "order.bureau": Text("【催办】{number} {place}，派警后仍无人接令，请指挥中心处置。"),
    "order.target": Text("【超时】{number} {place}，已过到场时限，仍未到场。"),
    "handover.sent": Text(
        "【移交】{number} {place}，请贵单位{what}，并于{due}前回告。",
        say="有警情请贵单位{what}，地点{place}。请尽快回告。",
        good_for_s=14_400,
    ),
    "handover.chased": Text("【催办】{number} {place}，第{times}次催办，请贵单位尽快回告。", good_for_s=14_400),
    "handover.withdrawn": Text("【收回】{number} {place}，已由我方收回，贵单位无需办理。", good_for_s=_DAY_S),
    "channel.test": Text("【测试】消息通道“{channel}”正常，无需回复。", say="这是消息通道测试，无需操作。"),
}


class _Filled(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def text_of(template: str, body: dict[str, object]) -> tuple[str, str]:
    """What is written and what is said for a template, filled from the body. An unknown template says its number
    and place.
    """
    known = TEXTS.get(template, Text("【通知】{number} {place}"))
    facts = _Filled({key: str(value).replace("\n", " ") for key, value in body.items() if value is not None})
    facts["place"] = facts["place"][:_LONGEST_PLACE] or "地点见系统"
    written = known.zh.format_map(facts)
    return written, known.say.format_map(facts) if known.say else written


def is_urgent(template: str) -> bool:
    """Whether quiet hours and patience do not apply; what is not in the table is urgent."""
    return TEXTS[template].urgent if template in TEXTS else True


def good_for_s(template: str) -> int:
    """For how many seconds after it was queued a message is still worth sending."""
    return TEXTS[template].good_for_s if template in TEXTS else _DAY_S


def has_keypad(template: str) -> bool:
    """Whether a key pressed on the telephone answers it."""
    return template in TEXTS and TEXTS[template].keypad
