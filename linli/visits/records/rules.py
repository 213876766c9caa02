"""What a visit may say, and when it is due again: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words
from linli.visits.reasons.rules import ReasonFacts

declare(
    "visit.place", zh="请说明走访了哪里：地址、场所或地图上的点。", en="Say where: an address, premises or a point."
)
declare("visit.outcome", zh="没有“{outcome}”这种走访结果。", en="There is no outcome {outcome}.")
declare(
    "visit.people", zh="见到人数应为1至200；没见到人的不填。", en="People met are 1 to 200; none when nobody was met."
)
declare("visit.helped", zh="帮扶人数不能多于见到的人数。", en="No more people can be helped than were met.")
declare("visit.choice", zh="没有“{code}”这个选项。", en="There is no choice {code}.")
declare("visit.later", zh="走访时间不能在将来。", en="A visit cannot lie in the future.")
declare("visit.not_author", zh="走访记录由记录人本人更正。", en="A visit is corrected by its author.")
declare("visit.why", zh="请写明更正原因。", en="Say why it is corrected.")
declare("visit.not_for_helpers", zh="“{zh}”须由民警走访。", en="This is an officer's visit: {en}.")
declare(
    "visit.people_named",
    zh="点名见到{named}人，见到人数却只有{met}。",
    en="{named} people are named and only {met} were met.",
)
declare(
    "visit.not_here",
    zh="所选的人当天没有登记住在这一户，请核对，或另行登记。",
    en="Somebody named is not on record at this door on that day: look again, or register first.",
)
declare("visit.not_a_person", zh="走访由人登记。", en="Visits are recorded by people.")

OUTCOMES: dict[str, Words] = {
    "met": Words("见到了", "met"),
    "nobody": Words("无人在家", "nobody at home"),
    "refused": Words("不便接待", "not a good moment"),
    "moved": Words("已搬走", "moved away"),
}

TOPICS: dict[str, Words] = {
    "fraud": Words("反诈提醒", "fraud"),
    "fire": Words("用火用电", "fire and electricity"),
    "theft": Words("防盗防骗", "theft"),
    "traffic": Words("交通安全", "traffic"),
    "registration": Words("居住登记", "registration"),
    "quarrel": Words("邻里家事", "neighbours and family"),
    "work": Words("务工就业", "work"),
    "school": Words("孩子上学", "children and school"),
    "health": Words("身体和照料", "health and care"),
    "water": Words("防溺水防汛", "water and floods"),
    "goings_on": Words("村里社区的事", "what goes on in the village"),
    "other": Words("其他", "other"),
}

GIVEN: dict[str, Words] = {
    "card": Words("联系卡", "contact card"),
    "leaflet": Words("宣传单", "leaflet"),
    "goods": Words("慰问品", "goods"),
    "form": Words("办事指南", "guidance"),
    "lift": Words("帮办、代办", "an errand done"),
}

SEALED: dict[str, Words] = {
    "met": Words("见到了谁", "who was met"),
    "words": Words("说了什么", "what was said"),
    "seen": Words("看到什么", "what was seen"),
}
"""The free words of a visit. They are about people: sealed, seen by the room and those above it, never searched."""

OPENS: dict[str, str] = {
    "hazard": "what",
    "tip": "what",
    "dispute": "cause",
    "help_request": "need",
    "community_info": "what",
}
"""What can be opened from a visit, and the detail of that kind which takes its words."""

OFFICERS = ("community_officer", "station_chief", "station_desk", "bureau_leader", "dispatcher")
"""Whose visits count at once; everybody else's wait for an officer's sign (domain A7)."""

MOST_PEOPLE = 200
PURPOSES: dict[str, Words] = {
    "people_met": Words("走访人次", "person-visits"),
    "helped": Words("帮扶人数", "people helped"),
    "words_sealed": Words("下次上门的人知道上次说到哪里", "whoever goes next knows where the talk ended"),
    "room": Words("同一栋楼分清哪一户", "which flat of the building"),
}
"""Why what is personal in a visit is kept."""


def door_key(*, address: object = None, room: str = "", premises: object = None, place: str = "") -> str:
    """The same door has the same key: an address with its flat, premises, or the words of a place."""
    if premises is not None:
        return f"p:{premises}"
    if address is not None:
        return f"a:{address}" + (f":{room.strip()[:20]}" if room.strip() else "")
    plain = "".join(place.split()).casefold()
    return "w:" + hashlib.sha256(plain.encode()).hexdigest()[:40]


def check_visit(
    *, outcome: str, people_met: int, helped: int, topics: Iterable[str], given: Iterable[str], visited_at: datetime,
    now: datetime,
) -> None:  # fmt: skip
    """Raise Invalid for the first value that cannot be. A phone's clock may be a day ahead."""
    if outcome not in OUTCOMES:
        raise Invalid("visit.outcome", outcome=outcome, field="outcome")
    met = outcome == "met"
    if not (1 <= people_met <= MOST_PEOPLE if met else people_met == 0):
        raise Invalid("visit.people", field="people_met")
    if not 0 <= helped <= people_met:
        raise Invalid("visit.helped", field="helped")
    for name, codes, known in (("topics", topics, TOPICS), ("given", given, GIVEN)):
        wrong = next((code for code in codes if code not in known), None)
        if wrong is not None:
            raise Invalid("visit.choice", code=wrong, field=name)
    if visited_at > now + timedelta(days=1):
        raise Invalid("visit.later", field="visited_at")


def people_counted(told: int | None, *, outcome: str, named: int) -> int:
    """How many were met: as told, else whoever was named and at least one. Raises Invalid when more are named than were
    met, or somebody is named where nobody was.
    """
    met = outcome == "met"
    people = told if told is not None else max(1, named) if met else 0
    if named > people:
        raise Invalid("visit.people_named", named=named, met=people, field="people_met" if met else "people")
    return people


def due_after(reason: ReasonFacts, *, outcome: str, day: date) -> date | None:
    """When the door is due again after a visit on ``day``; None when it needs no more."""
    if outcome == "moved":
        return None
    if outcome != "met":
        return day + timedelta(days=reason.retry_days)
    return day + timedelta(days=reason.every_days) if reason.every_days else None


def title_of(words: str) -> str:
    """The first sentence, short enough for a list."""
    first = words.strip().splitlines()[0] if words.strip() else ""
    for end in "。！？；!?;":
        first = first.split(end)[0]
    return first[:40]
