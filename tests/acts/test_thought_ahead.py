"""A recommendation reckoned before the write lock is stored only when the fleet is still the same (ADR 0211)."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.db import connection

from linli.kernel.ids import new_id
from linli.matters.ledger.models import Matter
from linli.matters.routing.acts import row_to_be, take_call, understand
from linli.operations.dispatch.rules import recommend
from linli.operations.recommendation import queries
from linli.operations.recommendation.queries import thought_ahead
from linli.operations.units.acts import set_availability
from tests.town import SETUP, Town, build_town


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


@pytest.fixture
def reckoned(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The calls that the rule was asked about, in order."""
    asked: list[Any] = []

    def noted(incident: Any, *rest: Any) -> Any:
        asked.append(incident)
        return recommend(incident, *rest)

    monkeypatch.setattr("linli.operations.dispatch.queries.recommend", noted)
    # A busy machine is no reason here.
    monkeypatch.setattr(queries, "_HOLDS_S", 1e9)
    return asked


def taken(town: Town, *between: Any) -> Matter:
    """A call taken as the 110 centre's door does, with what happens while it stands in line for the lock."""
    lon, lat = town.spot(0)
    heard = understand({"category": "5020", "narrative": "老人走失", "lon": lon, "lat": lat})
    row_id = new_id()
    with thought_ahead(row_to_be(heard, row_id)):
        for happens in between:
            happens()
        return take_call(town.actor("dispatcher"), sent={}, understood=heard, row_id=row_id)


def units_of(matter: Matter) -> list[str]:
    return [row["unit"]["id"] for row in matter.recommendations.get().units]


def test_nothing_happened_meanwhile(town: Town, reckoned: list[Any]) -> None:
    """What was reckoned ahead is what is stored, and nothing is reckoned twice, whatever the database."""
    matter = taken(town)
    assert [item.id for item in reckoned] == [str(matter.pk)]
    assert units_of(matter)[0] == str(town.units[0].pk)
    plainly, _, _ = queries._found(matter)
    assert [row["unit"]["id"] for row in plainly] == units_of(matter)


@pytest.mark.parametrize("broken", [False, True], ids=["as it is", "mutant: never looks again"])
def test_a_unit_left_meanwhile(town: Town, reckoned: list[Any], monkeypatch: pytest.MonkeyPatch, broken: bool) -> None:
    """A unit that went out of service while the call waited for the lock is not recommended; without the second look
    it would be, on SQLite.
    """
    if broken:
        monkeypatch.setattr(queries._Thought, "holds", lambda self, matter: True)
    gone = town.units[0]
    matter = taken(town, lambda: set_availability(SETUP, unit=gone, availability="unavailable"))
    caught = str(gone.pk) in units_of(matter)
    assert caught == (broken and connection.vendor == "sqlite")


def test_a_door_that_fails_leaves_nothing_behind(town: Town) -> None:
    """What was thought for a call that was never stored is forgotten."""
    with contextlib.suppress(ZeroDivisionError):
        taken(town, lambda: 1 // 0)
    assert queries._ahead == {}
