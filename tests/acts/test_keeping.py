"""What is past its term says no more who and what; every figure stays; what is open, tied or held stays whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from linli.insight.measures.queries.work import report_work
from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.matters.files.acts import attach_file
from linli.matters.files.models import Attachment
from linli.matters.keeping.acts import KEEPER, due_matters, end_hold, hold_matter, thin_due, thin_each_hour
from linli.matters.keeping.models import Hold, Thinned
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import Placed, move_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matters_where
from linli.matters.links.acts import link_matters
from linli.matters.notes.acts import write_note
from linli.matters.parties.models import Party, party_of
from linli.trail.entries.models import Entry
from linli.trail.seal.acts import seal_pending
from linli.trail.seal.queries import verify
from linli.visits.records.acts import correct_visit, record_visit
from linli.visits.records.acts.thinning import thin_visits
from linli.visits.records.models import Visit
from linli.works.files.acts import keep_file
from linli.works.files.models import StoredFile
from tests.doors.test_api_field import PNG
from tests.town import Town, build_town

LONG = timedelta(days=KINDS["hazard"].keep_days + 2)


@pytest.fixture
def town(db: None) -> Town:
    return build_town(rooms=1)


def hazard(town: Town, title: str, *, closed: bool = True) -> Matter:
    officer, said = town.actor("community_officer"), {"what": "张三家门前"}
    where = Placed(*town.spot(), "桃花路1号", agency=town.rooms[0])
    matter = open_matter(officer, kind="hazard", title=title, details=said, place=where)
    if closed:
        for move, facts in (("settle", {"outcome": "已清理"}), ("close", {})):
            move_matter(officer, matter=matter, move=move, facts=facts)
    Party.objects.bulk_create([party_of(matter, part="reporter", name="张三", phone="13900001234")])
    write_note(officer, matter=matter, text="张三说周末清理")
    matter.refresh_from_db()
    return matter


def test_a_matter_past_its_term_keeps_its_figures_and_loses_its_people(town: Town) -> None:
    officer, chief = town.actor("community_officer"), town.actor("station_chief")
    old, held, tied = (hazard(town, title) for title in ("楼道堆物", "井盖松动", "路灯不亮"))
    still = hazard(town, "还没办的", closed=False)
    link_matters(officer, one=still, other=tied, relation="related")
    file = keep_file(officer, body=PNG, title="楼道.png")
    attach_file(officer, matter=old, file=file, title="楼道.png")
    with pytest.raises(NotAllowed):
        hold_matter(officer, matter=held, basis="行政复议2026-7号")
    with pytest.raises(Invalid):
        hold_matter(chief, matter=held, basis=" ")
    hold = hold_matter(chief, matter=held, basis="行政复议2026-7号")
    with pytest.raises(Conflict):
        hold_matter(chief, matter=held, basis="又一件")
    with clock.fixed(clock.now() + LONG - timedelta(days=3)):
        assert not due_matters(clock.today()).exists(), "not a day too early"
    before = _figures(town)
    with clock.fixed(clock.now() + LONG):
        assert list(due_matters(clock.today())) == [old]
        thin_each_hour({})
        thin_each_hour({})
        _gone(old)
        for whole in (held, tied, still):
            whole.refresh_from_db()
            assert (whole.title != "", whole.details["what"]) == (True, "张三家门前")
        assert [matters_where(officer, {"q": word}).count() for word in ("楼道", "井盖")] == [0, 1]
        assert _figures(town) == before
        assert Entry.objects.filter(act="matter.thin").count() == 1, "nothing to do is no entry"
        with pytest.raises(Conflict):
            hold_matter(chief, matter=old, basis="太晚了")
        end_hold(chief, hold=hold)
        with pytest.raises(Conflict):
            end_hold(chief, hold=hold)
        assert list(due_matters(clock.today())) == [held]
    while seal_pending():
        pass
    assert verify().ok
    assert Hold.objects.visible_to(chief).count() == 1


def _gone(old: Matter) -> None:
    old.refresh_from_db()
    assert (old.title, old.address, old.details, old.state, old.kind) == ("", "", {}, "closed", "hazard")
    party = Party.objects.get(matter=old)
    assert (party.name, party.phone, party.phone_index) == ("", "", "")
    assert [note.text for note in old.notes.all()] == [""]
    assert not Attachment.objects.filter(matter=old).exists() and not StoredFile.objects.exists()
    assert Thinned.objects.get().matter == old


def _figures(town: Town) -> Any:
    day = clock.today()
    whole: dict[str, Any] = {"begins": day - LONG - timedelta(days=9), "ends": day + timedelta(days=1)}
    work = report_work(town.actor("station_chief"), place=town.rooms[0].code, **whole)
    return [(one["code"], one["n"]) for one in work["figures"]]


def test_a_visit_past_its_term_only_counts(town: Town) -> None:
    officer = town.actor("community_officer")
    told = {"met": "张三", "words": "想换锁"}
    visit = record_visit(officer, place="桃花路1号", people_met=2, helped=1, said=told)
    correct_visit(officer, visit=visit, version=1, why="漏了一人", values={"people_met": 3})
    before, door = _figures(town), visit.door
    with clock.fixed(clock.now() + timedelta(days=1090)):
        assert thin_visits(KEEPER, day=clock.today()).visits == 0
    with clock.fixed(clock.now() + timedelta(days=1097)):
        assert thin_visits(KEEPER, day=clock.today()).visits == 1
        assert thin_visits(KEEPER, day=clock.today()).visits == 0
        assert _figures(town) == before
    visit = Visit.objects.get()
    assert (visit.said, visit.place, visit.room, visit.door, visit.people_met) == ({}, "—", "", door, 3)
    assert visit.versions.get().before == {}


def test_thinning_takes_some_at_a_time(town: Town) -> None:
    hazard(town, "一件")
    with clock.fixed(clock.now() + LONG):
        assert thin_due(KEEPER, day=clock.today()).matters == 1
        assert thin_due(KEEPER, day=clock.today()).matters == 0
