"""The levels of the address tree and what a child is called: pure."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.words import Words

BELOW: dict[str, tuple[str, ...]] = {
    "road": ("lane", "estate", "house"),
    "village": ("group", "estate", "house"),
    "group": ("house",),
    "lane": ("house", "estate"),
    "estate": ("house", "building"),
    "house": ("building",),
    "building": (),
    "landmark": ("building",),
}
"""What may lie below what: street or village, lane or yard, door plate, building. Units and rooms are homes."""

SEGMENTS = {"lane": "L", "estate": "E", "house": "H", "group": "G", "building": "B"}


@dataclass(frozen=True, slots=True)
class Part:
    """The own part of an address: the number of a house, building or group, or the name of a lane or yard."""

    kind: str
    number: int | None = None
    sub: int | None = None
    name: str = ""


def part_text(part: Part) -> str:
    """How the part is written behind what it lies in: 12号, 12-3号, 5栋, 3组, 柳树巷."""
    if part.kind == "house":
        return f"{part.number}-{part.sub}号" if part.sub is not None else f"{part.number}号"
    if part.kind == "building":
        return f"{part.number}栋"
    if part.kind == "group":
        return f"{part.number}组"
    return part.name


def child_code(parent_code: str, part: Part, running: int) -> str:
    """A code below its parent's: the parent's own, a letter for the level and the number; a running number for what has
    a name only. Codes of the locality win over these (an import gives them). At most 40 characters.
    """
    own = str(part.number) if part.number is not None else str(running)
    behind = f".{part.sub}" if part.sub is not None else ""
    return f"{parent_code}-{SEGMENTS[part.kind]}{own}{behind}"


def may_lie_below(parent_kind: str, kind: str) -> bool:
    """Whether an address of this kind lies below one of that kind."""
    return kind in BELOW.get(parent_kind, ())


LEVEL_WORDS: dict[str, Words] = {
    "division": Words("区划", "division"),
    "name": Words("街路巷、村社", "street or village"),
    "address": Words("门牌、楼栋", "door plate, building"),
    "home": Words("户室", "home"),
}
