"""Sums follow the ledger: what a page says is what the rows say, also when they came late or were corrected."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.insight.measures import acts
from linli.insight.measures.models import Followed, Rolled, Tally
from linli.insight.measures.queries import direct, figures_of
from linli.insight.measures.rules import counts, period_of
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import system
from linli.matters.ledger.models import Matter, Stamp
from linli.operations.dispatch.models import Order
from linli.org.agencies.acts import open_agency
from linli.org.agencies.models import Agency
from linli.places.grid.models import Grid
from linli.works.jobs.acts import RUNNERS
from linli.works.jobs.models import Job
from tests.town import SETUP, Town, build_town

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY = date(2026, 11, 20)
HALF = period_of("half", TODAY)
DAYS_BACK = (0, 1, 18, 19, 20, 34, 50, 54)
"""Today and yesterday, a month's last and first days, days within: each is summed on its own, which takes its time."""
Fixed = Callable[[datetime], AbstractContextManager[None]]


@pytest.fixture
def town(db: None) -> Town:
    town = build_town()
    town.rooms.append(
        open_agency(SETUP, code="S2", name="溪西派出所", kind="station", parent=town.bureau, lon=119.9, lat=29.4)
    )
    return town


def fill(town: Town, n: int = 300, seed: int = 7) -> list[Matter]:
    """Matters of two years: of every state and place, some without station, point or arrival."""
    chance = random.Random(seed)
    grids = list(Grid.objects.order_by("code"))
    rows = [_matter(town, chance, grids, running) for running in range(n)]
    orders, stamps = [], []
    for row in rows:
        if chance.random() < 0.6:
            orders.append(_order(town, chance, row))
        elif chance.random() < 0.5:
            stamps.append(Stamp(matter=row, milestone="ordered", source="import", server_at=row.received_at))
    Matter.objects.bulk_create(rows)
    Order.objects.bulk_create(orders)
    Stamp.objects.bulk_create(stamps)
    return rows


def _matter(town: Town, chance: random.Random, grids: list[Grid], running: int) -> Matter:
    rooms = [room for room in town.rooms if room.is_room]
    room = chance.choice(rooms)
    received = NOON - timedelta(hours=chance.choice([0, 8760]) + 24 * chance.choice(DAYS_BACK) + chance.randrange(24))
    return Matter(
        number=f"JQ20261120-{running:06d}",
        kind=chance.choice(["incident"] * 5 + ["dispute", "tip", "hazard"]),
        state=chance.choice(["closed", "closed", "void", "done"]),
        category=chance.choice(["1040", "5020", "2010"]),
        agency=chance.choice([room, room, town.station, town.bureau]),
        station=chance.choice([town.station, town.station, town.rooms[-1], None]),
        handled_by=chance.choice([room, rooms[0], town.station, None]),
        grid=chance.choice([*grids, None]),
        opened_by=SETUP.id,
        source=chance.choice(["desk", "import"]),
        lon=chance.choice([119.81, None]),
        received_at=received,
        opened_at=received,
        closed_at=chance.choice([received + timedelta(hours=1), None]),
    )


def _order(town: Town, chance: random.Random, matter: Matter) -> Order:
    at = matter.received_at
    return Order(
        matter=matter,
        unit=town.units[0],
        state="done",
        ordered_by="t",
        ordered_at=at,
        arrived_at=chance.choice([None, at + timedelta(seconds=chance.choice([200, 900]))]),
        target_at=chance.choice([at + timedelta(seconds=300), None]),
    )


def work_off() -> None:
    """Do every figure's job that waits, and those that they plan; the next look in two minutes stays planned."""
    Job.objects.exclude(name__startswith="figures.").delete()
    acts.watch({})
    do_all()


def do_all() -> None:
    now = clock.now()
    for _ in range(2_000):
        waiting = Job.objects.filter(lane=acts.LANE, state=Job.WAITING).exclude(name="figures.follow", due_at__gt=now)
        job = waiting.order_by("due_at").first()
        if job is None:
            return
        RUNNERS[job.name](job.payload)
        Job.objects.filter(pk=job.pk).delete()
    pytest.fail("the sums never come to rest")


def by_hand(town: Town) -> dict[tuple[object, str, str], int]:
    """Every count of every place and span from the rows themselves.

    The days are told apart here, so that each figure of a place is asked for once; the bureau, which has every row, is
    asked for each span by itself, as the ledger does.
    """
    places: list[Agency | Grid] = [town.station, *town.rooms, *Grid.objects.all()]
    spans = {
        "today": (TODAY, TODAY + timedelta(days=1)),
        "now": (HALF.begins, HALF.ends),
        "before": (HALF.before_begins, HALF.before_ends),
    }
    found: dict[tuple[object, str, str], int] = {
        (town.bureau.pk, name, measure.code): direct(measure, town.bureau, *days).count()
        for name, days in spans.items()
        for measure in counts()
    }
    for place in places:
        for measure in counts():
            if isinstance(place, Grid) and "grid" not in measure.grains:
                continue
            rows = direct(measure, place, HALF.before_begins, TODAY + timedelta(days=1))
            days = [clock.shanghai(at).date() for at in rows.values_list("received_at", flat=True)]
            for name, (begins, ends) in spans.items():
                found[place.pk, name, measure.code] = sum(begins <= day < ends for day in days)
    return found


def shown(town: Town) -> dict[tuple[object, str, str], int]:
    places = [town.bureau, town.station, *town.rooms, *Grid.objects.all()]
    found = figures_of(system("test"), places=places, period=HALF)
    return {
        (place.pk, name, measure.code): getattr(found[place.pk].sums, name).get(measure.code, 0)
        for place in places
        for name in ("today", "now", "before")
        for measure in counts()
        if not isinstance(place, Grid) or "grid" in measure.grains
    }


def test_without_sums_with_sums_and_after_every_change_a_figure_is_that_of_the_rows(
    town: Town, fixed_clock: Fixed
) -> None:
    with fixed_clock(NOON):
        rows = fill(town)
        hand = by_hand(town)
        assert sum(hand.values()) > 1_000
        assert shown(town) == hand, "nothing is summed yet: counted from the rows"
        work_off()
        assert Tally.objects.filter(span="M").exists()
        assert not Rolled.objects.filter(stale=True).exists()
        assert shown(town) == hand
        assert {code for _, _, code in hand} <= {measure.code for measure in counts()}
    with fixed_clock(NOON + timedelta(minutes=10)):
        _correct(town, rows)
        changed = by_hand(town)
        assert changed != hand
        assert shown(town) == changed, "at once, before any job has run"
        work_off()
        assert shown(town) == changed, "and again from the sums"
    with fixed_clock(NOON + timedelta(minutes=20)):
        fill_one_late(town)
        assert shown(town) == by_hand(town)


def _correct(town: Town, rows: list[Matter]) -> None:
    """Another category, another room, void after all, erased: each in another month, none of them today's."""
    calls = [row for row in rows if row.kind == "incident"]
    at = {row.pk: clock.shanghai(row.received_at).date() for row in calls}
    past = sorted((row for row in calls if at[row.pk] < TODAY), key=lambda row: row.received_at)
    last_year, october, november = (
        next(row.pk for row in past if (at[row.pk].year, at[row.pk].month) == month and row.state != "void")
        for month in ((2025, 10), (2026, 10), (2026, 11))
    )
    Matter.objects.filter(pk=last_year).update(category="5020", state="closed")
    Matter.objects.filter(pk=october).update(agency=town.rooms[1], station=town.station, handled_by=town.rooms[1])
    Matter.objects.filter(pk=november).update(state="void")


def fill_one_late(town: Town) -> None:
    Matter.objects.create(
        number="JQ20261120-900001", kind="incident", state="closed", agency=town.rooms[0], station=town.station,
        opened_by=SETUP.id, received_at=NOON - timedelta(days=40), opened_at=NOON,
    )  # fmt: skip


def test_a_day_that_lost_a_matter_is_found_by_its_number_of_rows(town: Town, fixed_clock: Fixed) -> None:
    with fixed_clock(NOON):
        rows = fill(town, 80)
        work_off()
        gone = next(row for row in rows if row.kind == "incident" and HALF.begins <= row.received_at.date() < HALF.ends)
        Stamp.objects.filter(matter=gone).delete()
        Order.objects.filter(matter=gone).delete()
        Matter.objects.filter(pk=gone.pk).delete()
        acts.check({"month": gone.received_at.date().isoformat()})
        do_all()
        assert shown(town) == by_hand(town)


def test_a_page_asks_the_same_few_questions_however_many_places(town: Town, fixed_clock: Fixed) -> None:
    with fixed_clock(NOON):
        fill(town, 60)
        work_off()
        places = [town.bureau, town.station, *town.rooms]
        asked = []
        for some in (places[:1], places):
            with CaptureQueriesContext(connection) as held:
                figures_of(system("test"), places=some, period=HALF)
            asked.append(len(held))
        assert asked[0] == asked[1] <= 7


def test_nobody_reads_the_figures_of_a_place_beyond_his_reach(town: Town) -> None:
    chief = town.actor("station_chief")
    assert figures_of(chief, places=[town.station], period=HALF)
    with pytest.raises(NotFound):
        figures_of(chief, places=[town.bureau], period=HALF)


def test_following_a_flood_of_one_statement_comes_to_an_end(
    town: Town, fixed_clock: Fixed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "AT_ONCE", 20)
    with fixed_clock(NOON):
        fill(town, 90)
        work_off()
        assert shown(town) == by_hand(town)
        assert Followed.objects.get().until <= clock.now()
