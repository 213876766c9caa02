"""The figures of a day for what an actor reaches: numbers by village and community, never a list of people (W7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.insight.measures.rules.standing import STANDING
from linli.kernel.scope import Actor
from linli.places.divisions.models import Division
from linli.places.occupants.queries import Population, population_of
from linli.places.occupants.rules.population import Count


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One village or community with its figures by code; ``division`` None where the address has none."""

    division: Division | None
    figures: dict[str, float | None]


def standing(actor: Actor, day: date) -> tuple[list[StandingRow], dict[str, float | None], Population]:
    """The figures of each division within the actor's reach on a day, those of all of them, and the counts."""
    population = population_of(paths=actor.paths, day=day)
    rows = [StandingRow(division, figures(count)) for division, count in population.divisions]
    if population.unplaced.total:
        rows.append(StandingRow(None, figures(population.unplaced)))
    return rows, figures(population.total), population


def figures(count: Count) -> dict[str, float | None]:
    """Every declared figure of one count."""
    return {code: one.value(count) for code, one in STANDING.items()}
