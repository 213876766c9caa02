"""Figures of a day instead of a period: how many people live here, how many homes stand in which use (W7). Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from linli.kernel.registry import Registry
from linli.kernel.words import Words
from linli.places.occupants.rules.population import Count

PEOPLE = Words("人", "people")


@dataclass(frozen=True, slots=True)
class Standing:
    """One declared figure of a day: what it counts, how it is read out of a count. ``digits`` behind the point."""

    code: str
    words: Words
    unit: Words
    meaning: Words
    value: Callable[[Count], float | None]
    digits: int = 0


STANDING: Registry[Standing] = Registry("standing figures")


def _declare(code: str, words: Words, meaning: Words, value: Callable[[Count], float | None], **more: object) -> None:
    unit = more.get("unit", PEOPLE)
    digits = more.get("digits", 0)
    assert isinstance(unit, Words) and isinstance(digits, int)
    STANDING.add(code, Standing(code, words, unit, meaning, value, digits))


_declare(
    "population",
    Words("实有人口", "actual population"),
    Words(
        "当日登记在本地居住的人；户籍在此又另行寄住的，在两类中各计一次。合并的重复记录只计一次。",
        "People on record as living here on the day; who is registered here and lodges here too counts in both kinds. "
        "Merged records count once.",
    ),
    lambda count: count.total,
)
_declare(
    "permanent",
    Words("户籍（常住）人口", "registered population"),
    Words("当日居住类别为户籍的人。", "People who live here as registered on the day."),
    lambda count: count.registered,
)
_declare(
    "migrant",
    Words("流动人口", "migrants"),
    Words("当日居住类别为流动的人；境外和寄住人员另计。", "People who live here as migrants, no others."),
    lambda count: count.migrant,
)
_declare(
    "overseas",
    Words("境外人员", "people from abroad"),
    Words("当日居住类别为境外的人。", "People from abroad who live here on the day."),
    lambda count: count.overseas,
)
_declare(
    "lodging",
    Words("寄住人口", "lodgers"),
    Words("当日居住类别为寄住的人。", "People who lodge here on the day."),
    lambda count: count.lodging,
)
_declare(
    "permanent_to_migrant",
    Words("户籍与流动之比", "registered for each migrant"),
    Words("户籍人口除以流动人口；没有流动人口时不计。", "Registered people for each migrant; none without migrants."),
    lambda count: count.ratio,
    unit=Words(": 1", ": 1"),
    digits=2,
)
