"""Opening hours and inspection dates: pure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words

EQUIPMENT: dict[str, Words] = {
    "response_car": Words("处警车", "response car"),
    "patrol_car": Words("巡逻车", "patrol car"),
    "motorcycle": Words("摩托车", "motorcycle"),
    "laptop": Words("笔记本电脑", "laptop"),
    "printer": Words("打印机", "printer"),
    "radio": Words("对讲机", "radio"),
    "body_recorder": Words("执法记录仪", "body-worn recorder"),
    "first_aid": Words("急救箱", "first-aid kit"),
    "aed": Words("除颤仪", "defibrillator"),
    "extinguisher": Words("灭火器", "fire extinguisher"),
    "shield": Words("防护装备", "protective gear"),
    "drone": Words("无人机", "drone"),
    "life_buoy": Words("救生圈", "life buoy"),
}
"""What a room may have; its units carry it to a call that needs it."""

WHERE: dict[str, Words] = {
    "room": Words("在警务室就能办", "done here in the room"),
    "station": Words("要去派出所办", "done at the police station"),
    "online": Words("手机上就能办", "done online"),
    "bureau": Words("要去公安局或政务大厅办", "done at the bureau or the service hall"),
}
"""Where something is done that residents come for."""
_WHERE_WORDS = {"警务室": "room", "本室": "room", "派出所": "station", "网上": "online", "手机": "online"}
_WHERE_WORDS |= {"公安局": "bureau", "政务大厅": "bureau", **{code: code for code in WHERE}}
_WHERE_SAID = {"room": "警务室", "station": "派出所", "online": "网上", "bureau": "公安局"}

declare(
    "service.place",
    zh="“{line}”中的办理地点无法识别，请写警务室、派出所、网上或公安局。",
    en="Where {line} is done is not readable: the room, the station, online or the bureau.",
)


def read_service(line: str) -> tuple[str, str, str]:
    """Name, place and papers of a line ``补办身份证｜派出所｜户口簿、照片``; place and papers may be left out.

    Raises Invalid ``service.place``.
    """
    name, place, papers = ([part.strip() for part in re.split(r"[|｜]", line, maxsplit=2)] + ["", ""])[:3]
    code = _WHERE_WORDS.get(place, "") if place else "room"
    if not code:
        raise Invalid("service.place", line=line[:60], field="services")
    return name[:80], code, papers[:200]


def service_line(name: str, place: str, papers: str) -> str:
    """The same, written out."""
    if place == "room" and not papers:
        return name
    return "｜".join(part for part in (name, _WHERE_SAID.get(place, place), papers) if part)


declare(
    "hours.unreadable",
    zh="营业时间“{text}”无法识别。示例：周一至周五 08:30-17:30，或 每天 24小时。",
    en="Opening hours {text} are not readable.",
)

_DAYS = {"周一": 0, "周二": 1, "周三": 2, "周四": 3, "周五": 4, "周六": 5, "周日": 6, "周天": 6}
_SPAN = re.compile(
    r"(?:(每天|周[一二三四五六日天])(?:[至到-](周[一二三四五六日天]))?)\s*(?:(24小时)|(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2}))"
)


def read_hours(text: str) -> list[tuple[int, int, int]]:
    """Read ``周一至周五 08:30-17:30；周六 09:00-12:00`` as (weekday, from minute, until minute) rows.

    A span past midnight runs beyond minute 1440. Raises Invalid ``hours.unreadable``.
    """
    spans: list[tuple[int, int, int]] = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[;；,，]", text))):
        found = _SPAN.fullmatch(part)
        if not found:
            raise Invalid("hours.unreadable", text=part, field="hours")
        first, last, whole, h1, m1, h2, m2 = found.groups()
        days = range(7) if first == "每天" else range(_DAYS[first], _DAYS[last or first] + 1)
        start, end = (0, 1440) if whole else (int(h1) * 60 + int(m1), int(h2) * 60 + int(m2))
        spans += [(day, start, end if end > start else end + 1440) for day in days]
    return spans


def is_open(spans: list[tuple[int, int, int]], local: datetime) -> bool:
    """Whether a room is open at a local (Shanghai) time, spans past midnight included."""
    minute = local.hour * 60 + local.minute
    today, yesterday = local.weekday(), (local.weekday() - 1) % 7
    return any(
        (day == today and start <= minute < end) or (day == yesterday and start <= minute + 1440 < end)
        for day, start, end in spans
    )


def inspection_state(due_on: date | None, today: date) -> str:
    """``overdue``, ``soon`` (within 30 days), ``ok``, or ``none`` when nothing is due."""
    if due_on is None:
        return "none"
    if due_on < today:
        return "overdue"
    return "soon" if due_on <= today + timedelta(days=30) else "ok"
