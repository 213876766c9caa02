"""Reports climb the line and tasks come down it (F2, Q3, W6, F1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.insight.today.queries import day_of
from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.matters.ledger.acts import Placed, move_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matter_by_number
from linli.matters.line.acts import send_again, send_back, send_up, set_clock, settle, sign
from linli.matters.line.models import Hop
from linli.matters.line.queries import own_reports, waiting_for
from linli.matters.turning.acts import turn_matter
from linli.org.posts.acts import end_post
from linli.org.posts.models import Post
from linli.trail.entries.models import Entry
from linli.works.channels.acts.setting import set_channel
from linli.works.jobs.acts import work_one
from linli.works.jobs.models import Job
from linli.works.outbox.models import Message
from linli.works.outbox.rules.texts import text_of
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


def placed(town: Town) -> Placed:
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
    assert Entry.objects.filter(subject_type="matters.hop", act__startswith="line.").count() == 10
    assert Job.objects.filter(key__startswith="line:", state=Job.WAITING).count() == 0


def test_vacant_levels_are_skipped_and_an_unsigned_report_goes_on(town: Town) -> None:
    end_post(SETUP, post=Post.objects.get(person=town.people["auxiliary"]), on=clock.today())
    hop = report(town, by="liaison_cadre", kind="hazard")
    clock.advance(timedelta(hours=12, minutes=1))
    assert work_one()
    hop.refresh_from_db()
    assert (hop.state, hop.by_name) == ("unsigned", "")
    hop = current(hop)
    assert (hop.level, hop.how, hop.state) == (3, "unsigned", "waiting")
    send_up(town.actor("community_officer"), hop=hop)
    hop = current(hop)
    with pytest.raises(Conflict):
        sign(town.actor("community_officer"), hop=Hop.objects.get(matter=hop.matter, number=2))
    for n in (5, 5):
        clock.advance(timedelta(days=2))
        while work_one():
            pass
        assert current(hop).level == n
    assert current(hop).state == "waiting", "at the top it stays, late"
    assert Hop.objects.filter(matter=hop.matter).count() == 4


def test_sent_back_completed_and_sent_again(town: Town) -> None:
    hop, helper, teller = report(town), town.actor("assistant"), town.actor("information_officer")
    with pytest.raises(Invalid):
        send_back(helper, hop=hop, word=" ")
    send_back(helper, hop=hop, word="请写明哪一栋")
    assert any(item.claim.number == hop.matter.number for item in day_of(teller).shown)
    with pytest.raises(NotAllowed):
        send_again(helper, hop=hop, addition="三栋")
    send_again(teller, hop=hop, addition="三栋和五栋")
    again = current(hop)
    assert (again.level, again.how, again.person, again.state) == (1, "again", town.people["assistant"], "waiting")
    assert hop.matter.notes.get().text == "三栋和五栋"
    with pytest.raises(NotAllowed):
        sign(town.actor("other_officer"), hop=again)
    sign(town.actor("community_officer"), hop=again)
    assert again.by_id == town.people["community_officer"].pk, "who stands above may sign"


def test_who_is_meant_and_who_reported_are_written_to(town: Town) -> None:
    set_channel(SETUP, channel="app", kind="wecom_app", url="http://127.0.0.1", secret="s" * 16)
    hop, helper = report(town), town.actor("assistant")
    send_back(helper, hop=hop, word="请写明哪一栋")
    send_again(town.actor("information_officer"), hop=hop, addition="三栋")
    sign(helper, hop=current(hop))
    move_matter(town.actor("community_officer"), matter=hop.matter, move="settle", facts={"outcome": "已核实"})
    rows = list(Message.objects.all())
    teller, signer = town.people["information_officer"].pk, helper.id
    assert sorted((row.template, str(row.recipient), str(row.body.get("what"))) for row in rows) == sorted(
        [
            *[("line.waits", str(signer), "None")] * 2,
            ("line.answered", str(teller), "已退回"),
            ("line.answered", str(teller), "已办结"),
        ]
    )
    written = [text_of(row.template, row.body)[0] for row in rows]
    assert all(hop.matter.number in one and "哪一栋" not in one and "核实" not in one for one in written)


def test_what_is_turned_into_another_kind_has_come_to_the_end_of_its_way(town: Town) -> None:
    hop = report(town)
    sign(town.actor("assistant"), hop=hop)
    made = turn_matter(town.actor("community_officer"), matter=Matter.objects.get(pk=hop.matter_id), kind="hazard")
    hop.refresh_from_db()
    assert hop.state == "settled" and made.number in hop.word


def test_settled_elsewhere_ends_the_way_and_an_officers_own_is_in_his_hands(town: Town) -> None:
    hop, officer = report(town, kind="hazard"), town.actor("community_officer")
    move_matter(officer, matter=hop.matter, move="settle", facts={"outcome": "已修好"})
    hop.refresh_from_db()
    assert (hop.state, hop.word) == ("settled", "已修好")
    own = report(town, by="community_officer", kind="hazard")
    assert (own.level, own.state, own.agency) == (3, "signed", town.rooms[0])
    send_up(officer, hop=own, word="要镇里修路灯")
    assert (current(own).level, current(own).word) == (4, "要镇里修路灯")
    moved = Matter.objects.get(pk=own.matter_id)
    Matter.objects.filter(pk=moved.pk).update(agency=town.partner, station=None)
    assert matter_by_number(officer, moved.number).pk == moved.pk, "who reported still finds it"
    assert not open_matter(SETUP, kind="hazard", details={"what": "x"}, place=placed(town)).hops.exists()


def test_each_level_has_its_own_clock(town: Town) -> None:
    set_clock(SETUP, level=1, minutes=30)
    assert report(town).due_at == clock.now() + timedelta(minutes=30)
    set_clock(SETUP, level=1, minutes=None, least_minutes=180)
    with clock.fixed(datetime(2026, 11, 23, 23, 0, tzinfo=clock.SHANGHAI)):
        assert report(town).due_at == clock.now() + timedelta(hours=3)
    with pytest.raises(Invalid):
        set_clock(SETUP, level=0, minutes=30)
    with pytest.raises(Invalid):
        set_clock(SETUP, level=1, minutes=1)
