"""What is said in messages: the one table. Short, in Chinese and English, nothing personal beyond the place and a link.
Pure.

``{number}``, ``{place}`` and the other places are filled from the message's body; what the body lacks is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST_PLACE = 40
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Text:
    """One kind of message, in both languages. ``urgent`` ones ignore quiet hours and change the channel at the
    first failure.

    ``say`` is read out on the telephone (``zh`` when empty); ``keypad`` lets the called person sign (1) or decline (2).
    After ``good_for_s`` seconds it is not sent any more: nobody is rung for the orders of an outage that is over.
    ``to_group``: read by everybody in a chat group, so it may hold ``FOR_GROUPS`` and nothing else.
    """

    zh: str
    en: str
    urgent: bool = True
    say: str = ""
    keypad: bool = False
    good_for_s: int = 900
    to_group: bool = False


FOR_GROUPS = frozenset({"drill", "event", "event_en", "headline", "headline_en", "agency", "group", "link"})
"""What a group's message may hold: what was published anyway, and a link. No place, number, name or telephone."""

TEXTS: dict[str, Text] = {
    "order.new": Text(
        "【派警】{number} {title}，{place}。请立即接令。",
        "[Order] {number} {title}, {place}. Sign at once.",
        say="您有新的派警，{title}，地点{place}。接令请按1，不能前往请按2。",
        keypad=True,
    ),
    "order.recalled": Text(
        "【撤回】{number} {place}，派警已撤回，无需前往。",
        "[Recalled] {number} {place}: do not go.",
        say="派警已撤回，地点{place}，无需前往。",
    ),
    "order.station_desk": Text(
        "【催办】{number} {place}，派警后仍无人接令，请所值班室处置。",
        "[Reminder] {number} {place}: nobody has signed. Station desk, see to it.",
    ),
    "order.bureau": Text(
        "【催办】{number} {place}，派警后仍无人接令，请指挥中心处置。",
        "[Reminder] {number} {place}: nobody has signed. Command centre, see to it.",
    ),
    "order.target": Text(
        "【超时】{number} {place}，已过到场时限，仍未到场。",
        "[Late] {number} {place}: the promised time is over and nobody is there.",
    ),
    "handover.sent": Text(
        "【移交】{number} {place}，请贵单位{what}，并于{due}前回告。",
        "[Hand-over] {number} {place}: please {what} and answer by {due}.",
        say="有警情请贵单位{what}，地点{place}。请尽快回告。",
        good_for_s=14_400,
    ),
    "handover.chased": Text(
        "【催办】{number} {place}，第{times}次催办，请贵单位尽快回告。",
        "[Reminder {times}] {number} {place}: please answer soon.",
        good_for_s=14_400,
    ),
    "handover.withdrawn": Text(
        "【收回】{number} {place}，已由我方收回，贵单位无需办理。",
        "[Taken back] {number} {place}: nothing for you to do.",
        good_for_s=_DAY_S,
    ),
    "public.answered": Text(
        "【警务室】您的来件{number}有答复了，凭编号和查询码查看。不便上网，可问警务室{phone}。",
        "[Police room] {number} has been answered. Read it by number and code, or ask the room {phone}.",
        urgent=False,
        good_for_s=3 * _DAY_S,
    ),
    "public.ended": Text(
        "【警务室】您的来件{number}已办结，凭编号和查询码查看。不便上网，可问警务室{phone}。",
        "[Police room] {number} has been settled. Read it by number and code, or ask the room {phone}.",
        urgent=False,
        good_for_s=3 * _DAY_S,
    ),
    "line.waits": Text(
        "【上报】{number}待您签收，{due}前未签将转上一级。",
        "[Report] {number} waits for your signature; unsigned at {due} it goes to the next level.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "line.answered": Text(
        "【上报】您上报的{number}：{what}。",
        "[Report] What you reported, {number}: {what_en}.",
        urgent=False,
        good_for_s=3 * _DAY_S,
    ),
    "help.thanked": Text(
        "【帮办】{number}已办结，谢谢您。对方的话见事项页。",
        "[Help] {number} is done. Thank you: what they said stands on its page.",
        urgent=False,
        good_for_s=3 * _DAY_S,
    ),
    "task.new": Text(
        "【任务】{agency}下发任务{number}，请于{due}前完成。",
        "[Task] {agency} has sent task {number}, to be done by {due}.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.invited": Text(
        "【调解】{number}：请于{when}参加调解，地点：{where}。不能到场请打{phone}。",
        "[Mediation] {number}: please come on {when}, {where}. Cannot come? Ring {phone}.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.session_off": Text(
        "【调解】{number}：{when}的调解取消，时间另行通知。有事请打{phone}。",
        "[Mediation] {number}: the session of {when} is off; you will hear again. Ask {phone}.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.session": Text(
        "【调解】{number}：提醒您{when}参加调解，地点：{where}。不能到场请打{phone}。",
        "[Mediation] {number}: you are expected on {when}, {where}. Cannot come? Ring {phone}.",
        urgent=False,
        good_for_s=_DAY_S // 2,
    ),
    "mediation.session_lead": Text(
        "【调解】{number}：{when}有调解会，地点：{where}。",
        "[Mediation] {number}: session on {when}, {where}.",
        urgent=False,
        good_for_s=_DAY_S // 2,
    ),
    "mediation.sign": Text(
        "【调解】{number}：协议等您签字，请与调解员联系{phone}。",
        "[Mediation] {number}: the agreement waits for your signature. Ring {phone}.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.sign_lead": Text(
        "【调解】{number}：协议还差{n}个签字。",
        "[Mediation] {number}: {n} signatures are missing.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.confirm": Text(
        "【调解】{number}：双方可在{due}前共同向法院申请司法确认，怎么办请问{phone}。",
        "[Mediation] {number}: until {due} both sides may ask the court together to confirm it. Ask {phone}.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.confirm_lead": Text(
        "【调解】{number}：共同申请司法确认的期限到{due}为止。",
        "[Mediation] {number}: the time for the joint request ends on {due}.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.court_lead": Text(
        "【调解】{number}：法院委派，{due}前要回复法院。",
        "[Mediation] {number}: sent by the court, which wants its answer by {due}.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.owed": Text(
        "【调解】{number}：按协议应在{due}前履行一项约定。有困难请打{phone}。",
        "[Mediation] {number}: something agreed is due by {due}. In difficulty? Ring {phone}.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.overdue_lead": Text(
        "【调解】{number}：{due}到期的约定还没有登记履行。",
        "[Mediation] {number}: what was due on {due} is not noted as done.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.look_lead": Text(
        "【调解】{number}：{due}应回访，请安排。",
        "[Mediation] {number}: a look was due on {due}.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "mediation.coloured": Text(
        "【纠纷】{number}定为“{what}”，最迟{due}。",
        "[Dispute] {number} is graded: {what_en}; until {due}.",
        urgent=False,
        good_for_s=_DAY_S,
    ),
    "channel.test": Text(
        "【测试】消息通道“{channel}”正常，无需回复。",
        "[Test] The channel {channel} works. No answer needed.",
        say="这是消息通道测试，无需操作。",
    ),
    "alert.test": Text(
        "【测试】这是您的提醒测试，通道“{channel}”，无需回复。",
        "[Test] This is the test of your alert on {channel}. No answer needed.",
        say="这是您的提醒测试，无需操作。",
    ),
    "group.test": Text(
        "【测试】{group}：群机器人正常，无需回复。", "[Test] {group}: the robot works.", good_for_s=3600, to_group=True
    ),
    "alert.published": Text(
        "{drill}【{event}】{headline}（{agency}）",
        "{drill}[{event_en}] {headline_en} ({agency})",
        urgent=False,
        good_for_s=14_400,
        to_group=True,
    ),
    "alert.cancelled": Text(
        "{drill}【解除】{headline}（{agency}）",
        "{drill}[Over] {headline_en} ({agency})",
        urgent=False,
        good_for_s=14_400,
        to_group=True,
    ),
}


class _Filled(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


_UNKNOWN = Text("【通知】{number} {place}", "[Notice] {number} {place}")


def text_of(template: str, body: dict[str, object], language: str = "zh") -> tuple[str, str]:
    """What is written and what is said for a template, filled from the body. An unknown template says its number
    and place. A telephone speaks Chinese.
    """
    known = TEXTS.get(template, _UNKNOWN)
    facts = _Filled({key: str(value).replace("\n", " ") for key, value in body.items() if value is not None})
    facts["place"] = facts["place"][:_LONGEST_PLACE] or "地点见系统"
    written = (known.en if language == "en" else known.zh).format_map(facts)
    return written, (known.say or known.zh).format_map(facts)


def is_urgent(template: str) -> bool:
    """Whether quiet hours and patience do not apply; what is not in the table is urgent."""
    return TEXTS[template].urgent if template in TEXTS else True


def good_for_s(template: str) -> int:
    """For how many seconds after it was queued a message is still worth sending."""
    return TEXTS[template].good_for_s if template in TEXTS else _DAY_S


def has_keypad(template: str) -> bool:
    """Whether a key pressed on the telephone answers it."""
    return template in TEXTS and TEXTS[template].keypad


def is_for_groups(template: str) -> bool:
    """Whether this text was declared for everybody in a chat group."""
    return template in TEXTS and TEXTS[template].to_group
