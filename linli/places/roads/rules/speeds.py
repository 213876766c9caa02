"""How fast which vehicle drives where: the declared table, and what OpenStreetMap's tags say about it.

The speeds are those of a police car on its way to a call in town traffic without running anybody over; they are
assumptions until a bureau's own positions replace them (docs/adr). Tags win over the table: a signed limit is driven
at ``SIGNED`` of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from linli.places.roads.rules.hours import Spans, clauses, shut_sides
from linli.places.roads.rules.network import KINDS

CAR, MOTORCYCLE, FOOT = range(len(KINDS))
WALK_KMH: Final = 5.0
STEPS_KMH: Final = 2.5
MOTORCYCLE_TOP_KMH: Final = 60.0
PRIVATE_KMH: Final = 15.0
SIGNED: Final = 0.9
LIMITS_KMH: Final = {"urban": 50.0, "rural": 80.0, "trunk": 90.0, "motorway": 120.0, "living_street": 20.0, "walk": 7.0}

# highway class: km/h for car, motorcycle, foot; 0 is not allowed unless a tag allows it.
CLASSES: Final[dict[str, tuple[float, float, float]]] = {
    "other": (0, 0, WALK_KMH),
    "motorway": (100, MOTORCYCLE_TOP_KMH, 0),
    "motorway_link": (50, 50, 0),
    "trunk": (70, 60, 0),
    "trunk_link": (45, 45, 0),
    "primary": (50, 50, WALK_KMH),
    "primary_link": (40, 40, WALK_KMH),
    "secondary": (45, 45, WALK_KMH),
    "secondary_link": (35, 35, WALK_KMH),
    "tertiary": (40, 40, WALK_KMH),
    "tertiary_link": (30, 30, WALK_KMH),
    "unclassified": (30, 30, WALK_KMH),
    "road": (30, 30, WALK_KMH),
    "residential": (30, 30, WALK_KMH),
    "living_street": (15, 15, WALK_KMH),
    "service": (15, 15, WALK_KMH),
    "track": (12, 15, WALK_KMH),
    "pedestrian": (0, 0, WALK_KMH),
    "footway": (0, 0, WALK_KMH),
    "path": (0, 0, WALK_KMH),
    "cycleway": (0, 0, WALK_KMH),
    "bridleway": (0, 0, WALK_KMH),
    "steps": (0, 0, STEPS_KMH),
}
CLASS_INDEX: Final = {name: index for index, name in enumerate(CLASSES)}

# Which tags speak for which vehicle, the most particular first.
_ACCESS = (
    ("motorcar", "motor_vehicle", "vehicle", "access"),
    ("motorcycle", "motor_vehicle", "vehicle", "access"),
    ("foot", "access"),
)
_NO = frozenset({"no", "agricultural", "forestry", "use_sidepath"})
_YES = frozenset({"yes", "designated", "permissive", "official", "destination", "delivery", "customers", "permit"})
_OPEN_TO_POLICE = frozenset({"private", "residents"})
_BARRIERS = {
    "bollard": 0b001,
    "block": 0b001,
    "jersey_barrier": 0b011,
    "cycle_barrier": 0b011,
    "stile": 0b011,
    "kissing_gate": 0b011,
    "turnstile": 0b011,
    "full-height_turnstile": 0b011,
    "debris": 0b011,
    "log": 0b011,
    "chain": 0b001,
}
_NUMBER = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?\s*$")
_UNIT = {None: 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}


@dataclass(frozen=True, slots=True)
class Speeds:
    """km/h along the way and against it for (car, motorcycle, foot); 0 is not allowed."""

    forth: tuple[float, float, float]
    back: tuple[float, float, float]

    @property
    def usable(self) -> bool:
        return any(self.forth) or any(self.back)


def limit_kmh(text: str) -> float | None:
    """A signed speed limit in km/h: ``50``, ``30 mph``, ``CN:urban``, ``walk``; None when it says nothing usable."""
    found = []
    for part in text.split(";"):
        match = _NUMBER.match(part)
        if match:
            found.append(float(match.group(1)) * _UNIT[match.group(2)])
            continue
        word = part.strip().rsplit(":", 1)[-1]
        if word in LIMITS_KMH:
            found.append(LIMITS_KMH[word])
    return min((kmh for kmh in found if kmh > 0), default=None)


def speeds_of(tags: Mapping[str, str]) -> Speeds | None:
    """The speeds of a way with these tags; None when it is no road at all (not even for walking)."""
    highway = tags.get("highway")
    if highway is None and tags.get("route") == "ferry":
        return None
    if highway is None or highway not in CLASSES or tags.get("area") == "yes":
        return None
    base = tuple(_allowed_kmh(tags, highway, kind) for kind in range(len(KINDS)))
    forth = tuple(_signed(kmh, kind, tags, "forward") for kind, kmh in enumerate(base))
    back = tuple(_signed(kmh, kind, tags, "backward") for kind, kmh in enumerate(base))
    sides = [_sides(tags, highway, kind) for kind in range(len(KINDS))]
    return Speeds(
        (forth[0] * sides[0][0], forth[1] * sides[1][0], forth[2] * sides[2][0]),
        (back[0] * sides[0][1], back[1] * sides[1][1], back[2] * sides[2][1]),
    )


def barred_kinds(tags: Mapping[str, str]) -> int:
    """Bit per kind that cannot pass a node with these tags (a bollard, a turnstile). Gates open for the police."""
    bits = _BARRIERS.get(tags.get("barrier", ""), 0)
    for kind, keys in enumerate(_ACCESS):
        said = _said(tags, keys)
        if said in _YES or (said is not None and said in _OPEN_TO_POLICE):
            bits &= ~(1 << kind)
        elif said in _NO and "barrier" in tags:
            bits |= 1 << kind
    return bits if tags.get("emergency") != "yes" else 0


def _said(tags: Mapping[str, str], keys: tuple[str, ...]) -> str | None:
    return next((tags[key] for key in keys if key in tags), None)


def _allowed_kmh(tags: Mapping[str, str], highway: str, kind: int) -> float:
    kmh = CLASSES[highway][kind]
    said = _said(tags, _ACCESS[kind])
    if kind != FOOT and tags.get("emergency") in _YES:
        return kmh or PRIVATE_KMH
    if said in _NO:
        return 0.0
    if said in _OPEN_TO_POLICE:
        return min(kmh, PRIVATE_KMH)
    own = _said(tags, _ACCESS[kind][:-1])  # a general access=yes does not put cars on a footpath
    if own in _YES and not kmh:
        return WALK_KMH if kind == FOOT else PRIVATE_KMH
    return kmh


def _signed(kmh: float, kind: int, tags: Mapping[str, str], way: str) -> float:
    if kind == FOOT or not kmh:
        return kmh
    text = tags.get(f"maxspeed:{way}") or tags.get("maxspeed")
    limit = limit_kmh(text) if text else None
    if limit is not None:
        kmh = limit * SIGNED
    return min(kmh, MOTORCYCLE_TOP_KMH) if kind == MOTORCYCLE else kmh


def _sides(tags: Mapping[str, str], highway: str, kind: int) -> tuple[int, int]:
    """(along, against): 1 where that kind may go."""
    if kind == FOOT:
        own = tags.get("oneway:foot") or tags.get("foot:oneway")
        return _one_way(own) if own else (1, 1)
    if tags.get("oneway:emergency") == "no":
        return 1, 1
    own = tags.get("oneway:motorcycle") if kind == MOTORCYCLE else tags.get("oneway:motorcar")
    said = own or tags.get("oneway:motor_vehicle") or tags.get("oneway")
    if said is None:
        implied = highway == "motorway" or tags.get("junction") in {"roundabout", "circular"}
        default = (1, 0) if implied else (1, 1)
    else:
        default = _one_way(said)
    hourly = _one_way_by_hour(tags)
    return shut_sides(default, hourly)[0] if hourly else default


def _one_way_by_hour(tags: Mapping[str, str]) -> list[tuple[tuple[int, int], Spans]]:
    """What ``oneway:conditional`` says, for cars and motorcycles; nothing when it is not there or cannot be read."""
    text = tags.get("oneway:conditional")
    said = clauses(text) if text else None
    return [(_one_way(value), spans) for value, spans in said or []]


def shut_hours(tags: Mapping[str, str]) -> tuple[Spans, Spans] | None:
    """When a way is shut to cars and motorcycles (along, against), where its direction changes by the hour: a
    reversible lane, a street that is one-way at the peak. None for all others.
    """
    hourly = _one_way_by_hour(tags)
    if not hourly or tags.get("oneway:emergency") == "no":
        return None
    return shut_sides(
        _sides({k: v for k, v in tags.items() if k != "oneway:conditional"}, tags["highway"], CAR), hourly
    )[1]


def hours_unread(tags: Mapping[str, str]) -> bool:
    """Whether the way's direction changes by a rule that cannot be read."""
    text = tags.get("oneway:conditional")
    return bool(text) and clauses(text or "") is None


def _one_way(said: str) -> tuple[int, int]:
    if said in {"yes", "true", "1"}:
        return 1, 0
    if said in {"-1", "reverse"}:
        return 0, 1
    if said == "reversible":  # which way it runs is said by the hour (oneway:conditional), or is not in the map
        return 0, 0
    return 1, 1
