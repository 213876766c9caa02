"""Grids redrawn, divided and joined: dated, without overlap, with somebody who answers, one winner of two editors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from shapely.geometry import LineString, box

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.org.rooms.models import Responsibility
from linli.org.rooms.queries import held_on, responsible_for
from linli.places.grid.acts import close_grid, merge_grids, open_grid, redraw_grid, split_grid, withdraw_change
from linli.places.grid.models import Grid, GridSheet
from linli.places.grid.queries import grid_at
from linli.trail.entries.models import Entry
from tests.racing import race
from tests.town import SETUP, SOUTH, STEP, WEST, Town, build_town

pytestmark = pytest.mark.django_db
ACROSS = LineString([(WEST + STEP / 4, SOUTH - 0.001), (WEST + STEP / 4, SOUTH + STEP + 0.001)])


@pytest.fixture
def town() -> Town:
    return build_town()


def grid(code: str) -> Grid:
    return Grid.objects.get(code=code, active=True)


def land(code: str, day: date) -> float:
    return sum(row.shape.area for row in Grid.objects.on(day).filter(code__startswith=code))


def test_a_grid_is_divided_from_a_day_on_and_the_room_goes_on_answering(town: Town) -> None:
    old, today, later = grid("G1"), clock.today(), clock.today() + timedelta(days=7)
    officer = town.people["community_officer"]
    Responsibility.objects.filter(grid=old).update(officer=officer)
    made = split_grid(
        town.actor("administrator"), grid=old, version=1, line=ACROSS, valid_from=later,
        codes=["G1", "G1-2"], names=["东半格", "西半格"],
    )  # fmt: skip
    west, east = (WEST + STEP * 0.1, SOUTH + STEP / 2), (WEST + STEP * 0.9, SOUTH + STEP / 2)
    assert [grid_at(*spot, at=today).pk for spot in (west, east)] == [old.pk, old.pk]  # type: ignore[union-attr]
    assert [grid_at(*spot, at=later).name for spot in (west, east)] == ["西半格", "东半格"]  # type: ignore[union-attr]
    assert land("G1", later) == pytest.approx(old.shape.area, rel=1e-12)
    held = held_on(old.pk, today)
    assert held is not None
    assert held.responsibility.agency == town.rooms[0], "until then the old one stays, and who answers for it"
    for new in made:
        found = responsible_for(new.pk, later)
        assert found is not None
        assert (found.agency, found.officer) == (town.rooms[0], officer)
    assert responsible_for(old.pk, later) is None
    entry = Entry.objects.filter(act="grid.split").get()
    assert (entry.subject_id, (entry.facts or {})["codes"]) == (str(old.pk), ["G1", "G1-2"])


def test_each_part_may_be_answered_by_another_room(town: Town) -> None:
    later = clock.today() + timedelta(days=1)
    made = split_grid(
        SETUP, grid=grid("G1"), version=1, line=ACROSS, valid_from=later,
        codes=["G1", "G1-2"], names=["东", "西"], answered_by=["", "R2"],
    )  # fmt: skip
    assert [responsible_for(new.pk, later).agency.code for new in made] == ["R1", "R2"]  # type: ignore[union-attr]


def test_grids_are_joined_and_it_is_asked_who_answers(town: Town) -> None:
    one, two, later = grid("G1"), grid("G2"), clock.today() + timedelta(days=1)
    wanted: dict[str, Any] = {
        "grids": [one, two],
        "versions": [1, 1],
        "valid_from": later,
        "code": "G1",
        "name": "大格",
    }
    with pytest.raises(Conflict) as refused:
        merge_grids(SETUP, **wanted)
    assert refused.value.code == "grid.who_answers"
    assert Grid.objects.filter(active=True).count() == 3, "refused as a whole"
    made = merge_grids(SETUP, **wanted, answered_by="R2")
    assert made.shape.equals(box(WEST, SOUTH, WEST + 2 * STEP, SOUTH + STEP))
    assert responsible_for(made.pk, later).agency == town.rooms[1]  # type: ignore[union-attr]
    assert grid_at(*town.spot(0), at=later) == grid_at(*town.spot(1), at=later) == made
    assert grid_at(*town.spot(0)) == one
    apart: dict[str, Any] = {"grids": [made, grid("G3")], "versions": [made.version, 1], "code": "X", "name": "X"}
    assert merge_grids(SETUP, **apart, valid_from=later + timedelta(days=1), answered_by="R3").version == 1


def test_what_cannot_be(town: Town) -> None:
    one, three, today, later = grid("G1"), grid("G3"), clock.today(), clock.today() + timedelta(days=1)
    parts: dict[str, Any] = {
        "grid": one,
        "version": 1,
        "codes": ["G1", "G1-2"],
        "names": ["东", "西"],
        "valid_from": later,
    }
    beside = LineString([(WEST - 1, SOUTH), (WEST - 1, SOUTH + 1)])
    saw = LineString([(WEST + STEP * n / 12, SOUTH + (0.03 if n % 2 else -0.01)) for n in range(1, 12)])
    changes: dict[str, dict[str, Any]] = {
        "grid.not_divided": {"line": beside},
        "grid.line": {"line": box(0, 0, 1, 1)},
        "grid.too_many_parts": {"line": saw},
        "grid.names_missing": {"line": ACROSS, "codes": ["G1"], "names": ["东"]},
        "grid.codes_repeat": {"line": ACROSS, "codes": ["G1", "G1"]},
        "grid.code_taken": {"line": ACROSS, "codes": ["G1", "G2"]},
        "grid.too_early": {"line": ACROSS, "valid_from": one.valid_from},
        "grid.moved_on": {"line": ACROSS, "version": 2},
        "row.unknown": {"line": ACROSS, "answered_by": ["R1", "nowhere"]},
    }
    for code, change in changes.items():
        with pytest.raises((Invalid, Conflict)) as refused:
            split_grid(SETUP, **{**parts, **change})
        assert refused.value.code == code
    for code, grids in {"grid.apart": [one, three], "grid.too_few": [one, one]}.items():
        with pytest.raises(Invalid) as unfit:
            merge_grids(SETUP, grids=grids, versions=[1, 1], valid_from=later, code="M", name="合")
        assert unfit.value.code == code
    with pytest.raises(NotAllowed):
        split_grid(town.actor("dispatcher"), **parts, line=ACROSS)
    assert Grid.objects.filter(active=True).count() == 3
    assert grid("G1").valid_to is None
    assert held_on(one.pk, today) is not None


def test_an_overlap_is_refused_with_the_place(town: Town) -> None:
    later = clock.today() + timedelta(days=1)
    with pytest.raises(Conflict) as refused:
        redraw_grid(
            SETUP, grid_id=grid("G1").pk, shape=box(WEST, SOUTH, WEST + 1.5 * STEP, SOUTH + STEP), valid_from=later
        )
    facts: Any = refused.value.facts
    assert facts["other"] == "G2"
    assert grid("G2").shape.contains(shapely.Point(facts["lon"], facts["lat"]))


def test_redrawing_keeps_who_answers(town: Town) -> None:
    old, later = grid("G3"), clock.today() + timedelta(days=2)
    wider = box(WEST + 2 * STEP, SOUTH - 0.001, WEST + 3 * STEP, SOUTH + STEP)
    new = redraw_grid(SETUP, grid_id=old.pk, shape=geo_json(wider), valid_from=later, version=1)
    assert responsible_for(new.pk, later).agency == town.rooms[2]  # type: ignore[union-attr]
    assert responsible_for(old.pk, later) is None
    close_grid(SETUP, grid_id=new.pk, valid_to=later + timedelta(days=5), version=2)
    with pytest.raises(Conflict) as refused:
        close_grid(SETUP, grid_id=new.pk, valid_to=later + timedelta(days=6))
    assert refused.value.code == "grid.closed"


def test_a_change_that_is_dated_ahead_is_taken_back_whole(town: Town) -> None:
    later, old = clock.today() + timedelta(days=5), grid("G1")
    with pytest.raises(Conflict):
        withdraw_change(SETUP, grid=old, version=1)
    split_grid(
        SETUP, grid=old, version=1, line=ACROSS, valid_from=later, codes=["G1", "G1B"], names=["甲", "乙"],
        answered_by=["R1", "R2"],
    )  # fmt: skip
    old.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        withdraw_change(SETUP, grid=old, version=1)
    assert refused.value.code == "grid.moved_on"
    assert [one.pk for one in withdraw_change(SETUP, grid=old, version=old.version)] == [old.pk]
    assert grid("G1").pk == old.pk and grid("G1").valid_to is None
    assert not Grid.objects.on(later).filter(code="G1B").exists() and land("G1", later) == pytest.approx(old.shape.area)
    assert responsible_for(old.pk, later).agency == town.rooms[0]  # type: ignore[union-attr]
    merge_grids(
        SETUP, grids=[grid("G2"), grid("G3")], versions=[1, 1], valid_from=later, code="G2", name="合", answered_by="R2"
    )
    half = Grid.objects.get(code="G3")
    assert [one.code for one in withdraw_change(SETUP, grid=half, version=half.version)] == ["G2", "G3"], "both halves"
    assert {grid("G2").valid_to, grid("G3").valid_to} == {None}
    close_grid(SETUP, grid_id=grid("G3").pk, valid_to=later)
    assert withdraw_change(SETUP, grid=grid_ending("G3"), version=grid_ending("G3").version)[0].active
    redraw_grid(SETUP, grid_id=grid("G3").pk, shape=grid("G3").shape, valid_from=later)
    redraw_grid(SETUP, grid_id=grid("G3").pk, shape=grid("G3").shape, valid_from=later + timedelta(days=1))
    first = Grid.objects.get(code="G3", valid_to=later, active=False, valid_from__lt=later)
    with pytest.raises(Conflict) as refused:
        withdraw_change(SETUP, grid=first, version=first.version)
    assert refused.value.code == "grid.change_moved_on"


def grid_ending(code: str) -> Grid:
    return Grid.objects.filter(code=code, active=False, valid_to__isnull=False).order_by("-version")[0]


def geo_json(shape: shapely.geometry.base.BaseGeometry) -> dict[str, object]:
    found: dict[str, object] = shapely.geometry.mapping(shape)
    return found


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_one_wins() -> None:
    town = build_town()
    one, two, later = grid("G1"), grid("G2"), clock.today() + timedelta(days=1)

    def split() -> object:
        return split_grid(
            SETUP, grid=one, version=1, line=ACROSS, valid_from=later, codes=["G1", "G1-2"], names=["东", "西"]
        )

    def merge() -> object:
        return merge_grids(
            SETUP, grids=[one, two], versions=[1, 1], valid_from=later, code="G1", name="大", answered_by="R1"
        )

    results = race(2, lambda n: (split, merge)[n]())
    lost = [result for result in results if isinstance(result, Conflict)]
    assert [refusal.code for refusal in lost] == ["grid.moved_on"]
    assert land("G", later) == pytest.approx(3 * one.shape.area, rel=1e-12)

    free = [box(WEST, SOUTH + STEP, WEST + STEP, SOUTH + n * STEP) for n in (2, 3)]

    def draw(n: int) -> Grid:
        return open_grid(SETUP, code=f"N{n}", name=f"新{n}", kind="police", shape=free[n], valid_from=later)

    results = race(2, draw)
    assert [result.code for result in results if isinstance(result, Conflict)] == ["grid.overlaps"]
    assert Grid.objects.filter(code__startswith="N").count() == 1
    assert GridSheet.objects.get(kind="police").version > 0
    assert town.rooms
