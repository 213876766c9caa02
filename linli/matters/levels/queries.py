"""The way of a matter through the levels, and what may be done about its level now."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.acts import may
from linli.kernel.scope import Actor
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.matters.levels.models import LevelChange
from linli.matters.levels.rules import LEVELS, OVER, above, below_level, level_or_first
from linli.matters.routing.queries import answering_for, bureau
from linli.org.agencies.models import Agency


@dataclass(frozen=True, slots=True)
class LevelNow:
    """The level of a matter, and to which levels the actor may take it (empty: not he, or not from here)."""

    level: str
    settled: str
    up: str
    down: str


def level_now(actor: Actor, matter: Matter) -> LevelNow | None:
    """Where a matter stands; None for kinds that have no level."""
    if not KINDS[matter.kind].rises:
        return None
    level, path = LEVELS[level_or_first(matter.level)], matter.scope_paths()[0]
    running = matter.state not in OVER
    lifts = running and actor.holds(*level.lifts) and may(actor, "level.lift", path)
    pushes = running and actor.holds(*level.pushes_back) and may(actor, "level.push_back", path)
    return LevelNow(
        level.code,
        matter.settled_level,
        above(level.code) if lifts else "",
        below_level(level.code) if pushes else "",
    )


def changes_of(actor: Actor, *, matter: Matter) -> list[LevelChange]:
    """Every change of level, oldest first."""
    rows = LevelChange.objects.visible_to(actor).filter(matter=matter)
    return list(rows.select_related("from_agency", "to_agency"))


def agency_on(matter: Matter, level: str) -> Agency | None:
    """Who deals with the matter on a level: where it was on that level before, else the room, station or bureau of its
    place. None when nobody is known: it then stays where it is.
    """
    before = matter.level_changes.filter(from_level=level).select_related("from_agency").last()
    if before is not None:
        return before.from_agency
    if level == "bureau":
        return bureau()
    if level == "street":
        return matter.station or _station_of(matter.agency)
    if matter.agency is not None and matter.agency.is_room:
        return matter.agency
    if matter.lon is None or matter.lat is None:
        return None
    found = answering_for(matter.lon, matter.lat, matter.received_at).agency
    return found if found is not None and found.is_room else None


def _station_of(agency: Agency | None) -> Agency | None:
    while agency is not None and agency.kind != "station":
        agency = agency.parent
    return agency
