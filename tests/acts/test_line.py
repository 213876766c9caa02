"""Reports climb the line and tasks come down it (F2, Q3, W6, F1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.insight.today.queries import day_of
from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.matters.ledger.acts import move_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matter_by_number
from linli.matters.line.acts import send_again, send_back, send_up, set_clock, settle, sign
from linli.matters.line.models import Hop
from linli.matters.line.queries import own_reports, waiting_for
from linli.org.posts.acts import end_post
from linli.org.posts.models import Post
from linli.trail.entries.models import Entry
from linli.works.jobs.acts import work_one
from linli.works.jobs.models import Job
from tests.town import SETUP, Town, build_town, person

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def town(db: None, fixed_clock: Callable[[datetime], Any]) -> Iterator[Town]:
    """One room with everybody of the line."""
    made = build_town(rooms=2)
    for post in ("information_officer", "assistant", "liaison_cadre"):
        made.people[post] = person(post, made.rooms[0])
    with fixed_clock(NOON):
        yield made


def report(town: Town, by: str = "information_officer", kind: str = "community_info") -> Hop:
    """A report from the room, and its first hop."""
    from_room = open_matter(
        town.actor(by), kind=kind, title="新来了四十多人", details={"what": "租住在北街"}, place=placed(town)
    )
    return Hop.objects.select_related("matter", "agency").get(matter=from_room, number=1)


def placed(town: Town) -> Any:
    from linli.matters.ledger.acts import Placed

    return Placed(agency=town.rooms[0], station=town.station)


def current(hop: Hop) -> Hop:
    return Hop.objects.select_related("matter", "agency").filter(matter=hop.matter).latest("number")


def test_a_report_climbs_six_levels_and_its_reporter_reads_the_answer(town: Town) -> None:
    hop = report(town)
    matter = hop.matter
    assert (hop.level, hop.agency, hop.state, hop.person) == (1, town.rooms[0], "waiting", town.people["assistant"])
    assert hop.due_at == datetime(2026, 11, 24, 0, 0, tzinfo=clock.SHANGHAI)
    for by in ("assistant", "auxiliary", "community_officer", "station_chief"):
        actor = town.actor(by)
        assert [row.pk for row in waiting_for(actor)] == [hop.pk]
        assert any(item.claim.number == matter.number for item in day_of(actor).shown)
        sign(actor, hop=hop)
        send_up(actor, hop=hop, word="本级办不了")
        hop = current(hop)
    assert (hop.level, hop.agency) == (5, town.bureau)
    leader = town.actor("bureau_leader")
    settle(leader, hop=hop, word="已由县里协调安置")
    assert [(row.level, row.state) for row in Hop.objects.filter(matter=matter)] == [
        (1, "passed"), (2, "passed"), (3, "passed"), (4, "passed"), (5, "settled"),
    ]  # fmt: skip
    [mine] = own_reports(town.actor("information_officer"))
    assert (mine.state, mine.word) == ("settled", "已由县里协调安置")
    assert Entry.objects.filter(subject_type="matters.hop", act__startswith="line.").count() >= 14
    assert Job.objects.filter(key__startswith="line:", state=Job.WAITING).count() == 0
