"""OpenStreetMap's turn restrictions as forbidden sequences of arcs.

``no_*`` forbids its sequence; ``only_*`` forbids every other way on, at each junction from the first to the last. Via
may be a node or a chain of ways. They bind cars and motorcycles, never people on foot unless ``restriction:foot``
says so; ``except`` frees a kind. ``restriction:conditional`` binds at its hours. A restriction that fits the map in two
ways, or whose hours cannot be read, is not guessed at: it is reported and left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from linli.places.roads.rules.hours import Spans, clauses
from linli.places.roads.rules.network import FAR
from linli.places.roads.rules.raw import Ban, RawNetwork

_CAR, _MOTORCYCLE, _FOOT = 1, 2, 4
_TAGS = {
    "restriction": _CAR | _MOTORCYCLE,
    "restriction:motor_vehicle": _CAR | _MOTORCYCLE,
    "restriction:motorcar": _CAR,
    "restriction:motorcycle": _MOTORCYCLE,
    "restriction:foot": _FOOT,
}
_EXCEPT = {
    "motorcar": _CAR,
    "motorcycle": _MOTORCYCLE,
    "motor_vehicle": _CAR | _MOTORCYCLE,
    "emergency": _CAR | _MOTORCYCLE,
    "foot": _FOOT,
}
_NAMED = 20
HOURS_NOT_READ = "hours_not_read"


@dataclass(frozen=True, slots=True)
class Restriction:
    """A relation as it stands in the file; members are (type, ref, role)."""

    id: int
    tags: Mapping[str, str]
    members: tuple[tuple[str, int, str], ...]


@dataclass(slots=True)
class RoadArcs:
    """The arcs that anybody may drive: of each way in order, and into and out of each node."""

    tail: list[int]
    head: list[int]
    of_way: dict[int, list[int]]  # forward arcs (2 · edge) in the way's order
    into: dict[int, list[int]]
    out_of: dict[int, list[int]]
    usable: list[bool]

    @classmethod
    def of(cls, raw: RawNetwork) -> RoadArcs:
        tail: list[int] = []
        head: list[int] = []
        of_way: dict[int, list[int]] = defaultdict(list)
        into: dict[int, list[int]] = defaultdict(list)
        out_of: dict[int, list[int]] = defaultdict(list)
        usable = [bool(one) for one in np.asarray((raw.arc_ms < FAR).any(axis=0))]
        rows = zip(raw.edge_u.tolist(), raw.edge_v.tolist(), raw.edge_way.tolist(), strict=True)
        for edge, (u, v, way) in enumerate(rows):
            tail += [u, v]
            head += [v, u]
            of_way[way].append(2 * edge)
            for arc in (2 * edge, 2 * edge + 1):
                if usable[arc]:
                    out_of[tail[arc]].append(arc)
                    into[head[arc]].append(arc)
        return cls(tail, head, of_way, into, out_of, usable)

    def arcs_of(self, way: int) -> list[int]:
        """The usable arcs of a way, both directions."""
        return [arc for forward in self.of_way.get(way, ()) for arc in (forward, forward + 1) if self.usable[arc]]

    def along(self, way: int, start: int) -> list[int] | None:
        """All of a way's arcs in the direction that begins at node ``start``; None when neither end is there."""
        forward = self.of_way.get(way)
        if not forward:
            return None
        if self.tail[forward[0]] == start:
            arcs = forward
        elif self.head[forward[-1]] == start:
            arcs = [arc + 1 for arc in reversed(forward)]
        else:
            return None
        connected = all(self.head[a] == self.tail[b] for a, b in pairwise(arcs))
        return list(arcs) if connected and all(self.usable[arc] for arc in arcs) else None


def bans_of(
    restrictions: list[Restriction], arcs: RoadArcs, node_at: Mapping[int, int]
) -> tuple[list[Ban], dict[str, Any]]:  # fmt: skip
    """The bans, and a report of what was applied, left out, and why."""
    bans: list[Ban] = []
    left: dict[str, list[int]] = defaultdict(list)
    applied = 0
    for one in restrictions:
        made, why = _bans(one, arcs, node_at)
        bans += made
        if why is None:
            applied += 1
        else:
            left[why].append(one.id)
    report: dict[str, Any] = {"seen": len(restrictions), "applied": applied, "bans": len(bans)}
    report |= {why: {"count": len(ids), "relations": ids[:_NAMED]} for why, ids in sorted(left.items())}
    if HOURS_NOT_READ in report:
        unread = set(report[HOURS_NOT_READ]["relations"])
        report[HOURS_NOT_READ]["said"] = {str(one.id): _said(one.tags) for one in restrictions if one.id in unread}
    return bans, report


def _said(tags: Mapping[str, str]) -> str:
    """What its mapper wrote, of all that is said by the hour."""
    return "; ".join(f"{tag}={text}" for tag, text in sorted(tags.items()) if tag.endswith(":conditional"))


def barrier_bans(barred: Mapping[int, int], arcs: RoadArcs) -> list[Ban]:
    """A bollard or turnstile: nobody of those kinds passes the node; turning back before it stays possible."""
    return [
        Ban((a, b), kinds)
        for node, kinds in barred.items()
        for a in arcs.into.get(node, ())
        for b in arcs.out_of.get(node, ())
        if a ^ b != 1
    ]


def _bans(one: Restriction, arcs: RoadArcs, node_at: Mapping[int, int]) -> tuple[list[Ban], str | None]:
    said = _binds(one.tags)
    if said is None:
        return [], HOURS_NOT_READ
    made: list[Ban] = []
    for kinds, word, hours in said:
        if not word.startswith(("no_", "only_")):
            return [], "unknown_kind"
        found = _sequences(one, arcs, node_at, word)
        if isinstance(found, str):
            return [], found
        made += [Ban(walk, kinds, hours) for sequence in found for walk in _forbidden(arcs, sequence, word)]
    return made, None if said else "not_for_us"


def _forbidden(arcs: RoadArcs, sequence: tuple[int, ...], word: str) -> list[tuple[int, ...]]:
    """The sequence itself, or for ``only_`` every other way on from each of its junctions."""
    if word.startswith("no_"):
        return [sequence]
    return [
        (*sequence[:i], arc)
        for i in range(1, len(sequence))
        for arc in arcs.out_of[arcs.head[sequence[i - 1]]]
        if arc != sequence[i]
    ]


def _binds(tags: Mapping[str, str]) -> list[tuple[int, str, Spans]] | None:
    """(bit per kind that it binds, what it says, when; () always) of the most particular tag, and what it says by the
    hour; None when the hours cannot be read.
    """
    found: list[tuple[int, str, Spans]] = []
    always = next((tag for tag in reversed(_TAGS) if tag in tags), None)
    if always is not None:
        found.append((_TAGS[always], tags[always], ()))
    hourly = next((tag for tag in reversed(_TAGS) if f"{tag}:conditional" in tags), None)
    if hourly is not None:
        said = clauses(tags[f"{hourly}:conditional"])
        if said is None:
            return None
        found += [(_TAGS[hourly], word, spans) for word, spans in said]
    free = 0
    for one in tags.get("except", "").split(";"):
        free |= _EXCEPT.get(one.strip(), 0)
    return [(kinds & ~free, word, spans) for kinds, word, spans in found if kinds & ~free]


def _sequences(
    one: Restriction, arcs: RoadArcs, node_at: Mapping[int, int], word: str
) -> list[tuple[int, ...]] | str:  # fmt: skip
    """The sequences that the restriction names, or a word for why there are none."""
    role: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for kind, ref, name in one.members:
        role[name].append((kind, ref))
    if not role["from"] or not role["to"] or not role["via"]:
        return "incomplete"
    found: list[tuple[int, ...]] = []
    for _, from_way in role["from"]:
        for _, to_way in role["to"]:
            if role["via"][0][0] == "n":
                ways = _at_node(arcs, from_way, to_way, node_at.get(role["via"][0][1]), word)
            else:
                ways = _over_ways(arcs, from_way, to_way, [ref for _, ref in role["via"]])
            if len(ways) != 1:
                missing = any(kind == "w" and ref not in arcs.of_way for kind, ref, _ in one.members)
                return "ambiguous" if ways else "outside_extract" if missing else "not_drivable"
            found += ways
    return found


def _at_node(arcs: RoadArcs, from_way: int, to_way: int, via: int | None, word: str) -> list[tuple[int, ...]]:
    if via is None:
        return []
    arrive = [arc for arc in arcs.arcs_of(from_way) if arcs.head[arc] == via]
    leave = [arc for arc in arcs.arcs_of(to_way) if arcs.tail[arc] == via]
    if from_way == to_way:
        back: list[tuple[int, ...]] = [(a, b) for a in arrive for b in leave if a ^ b == 1]
        onward: list[tuple[int, ...]] = [(a, b) for a in arrive for b in leave if a ^ b != 1]
        return back if word.endswith("u_turn") or not onward else onward
    return [(a, b) for a in arrive for b in leave]


def _over_ways(arcs: RoadArcs, from_way: int, to_way: int, via: list[int]) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for first in arcs.arcs_of(from_way):
        sequence: list[int] | None = [first]
        for way in via:
            part = arcs.along(way, arcs.head[sequence[-1]]) if sequence else None
            sequence = sequence + part if sequence is not None and part is not None else None
            if sequence is None:
                break
        if sequence is None:
            continue
        leave = [arc for arc in arcs.arcs_of(to_way) if arcs.tail[arc] == arcs.head[sequence[-1]]]
        found += [(*sequence, arc) for arc in leave if arc ^ sequence[-1] != 1]
    return found
