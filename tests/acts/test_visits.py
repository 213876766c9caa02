"""Visits: one entry feeds every ledger; doors fall due, weeks are walked, records corrected and signed (P5, P7, W1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from linli.insight.today.queries import day_of
from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.kernel.words import Words
from linli.matters.ledger.models import Matter
from linli.org.roster.acts import plan_shift
from linli.places.addresses.models import Address, AddressName
from linli.places.map.queries import features_of
from linli.places.map.rules import LAYERS, LayerQuery
from linli.places.occupants.acts import register_occupant
from linli.places.premises.acts import register_premises
from linli.places.premises.models import Premises
from linli.trail.entries.models import Entry
from linli.visits.checklists.acts import declare_checklist
from linli.visits.checklists.queries import checklist_on, edition_of
from linli.visits.checklists.rules import ChecklistFacts, Item
from linli.visits.inspections.acts import countersign_inspection, recheck, record_inspection
from linli.visits.inspections.models import Inspection
from linli.visits.plans.acts import change_stop, end_campaign, end_due, gather, make_week, open_campaign, open_due
from linli.visits.plans.acts.campaigns import WORKER, spread_step
from linli.visits.plans.models import Due, Stop, Week
from linli.visits.plans.queries import campaign_by_code, progress_of, proposal, week_of
from linli.visits.reasons.acts import set_reason
from linli.visits.reasons.queries import reasons_on
from linli.visits.reasons.rules import ReasonFacts
from linli.visits.records.acts import correct_visit, countersign_visit, record_stop, record_visit, send_visit_back
from linli.visits.records.models import Visit
from tests.town import SETUP, Town, build_town

MONDAY = date(2026, 11, 23)


@pytest.fixture
def town(db: None, fixed_clock: Callable[[datetime], Any]) -> Iterator[Town]:
    made = build_town(rooms=2)
    with fixed_clock(datetime(2026, 11, 23, 8, 0, tzinfo=clock.SHANGHAI)):
        yield made


def shop(town: Town, code: str = "SH-1", kind: str = "firm", dx: float = 0.5, room: int = 0) -> Premises:
    lon, lat = town.spot(room, dx)
    return register_premises(
        SETUP, code=code, name=f"便民{code}", kind=kind, agency_path=town.rooms[room].path, lon=lon, lat=lat
    )


def test_one_entry_feeds_every_ledger(town: Town) -> None:
    officer, place = town.actor("community_officer"), shop(town)
    due = open_due(officer, reason="enterprise", premises=place, due_on=MONDAY)
    visit = record_visit(
        officer,
        reason="enterprise",
        premises=place,
        people_met=3,
        helped=1,
        topics=["fraud", "fire"],
        given=["leaflet"],
        said={"met": "店主和两名店员", "words": "说起夜里有人试车门。", "other": "x"},
        opens={"hazard": "后门堆放纸箱。已请其清理。", "tip": "夜里有人试车门", "dispute": ""},
        register={"hazard_note": "后门堆放纸箱"},
    )
    opened = Matter.objects.filter(from_visit__visit=visit).order_by("kind")
    assert [(row.kind, row.title, row.agency) for row in opened] == [
        ("hazard", "后门堆放纸箱", town.rooms[0]),
        ("tip", "夜里有人试车门", town.rooms[0]),
    ]
    place.refresh_from_db()
    due.refresh_from_db()
    assert (place.hazard_note, due.last_on, due.due_on) == ("后门堆放纸箱", MONDAY, MONDAY + timedelta(days=90))
    assert visit.said == {"met": "店主和两名店员", "words": "说起夜里有人试车门。"}
    assert "店主" not in str(bytes(visit.words_sealed))
    assert visit.state == "official"
    entry = Entry.objects.get(act="visit.record")
    assert entry.facts is not None
    assert entry.facts["people_met"] == 3
    assert "店主" not in str(entry.facts)
    assert Entry.objects.filter(parent_id=entry.id, act__in=("matter.open", "premises.change")).count() == 3


def test_nothing_is_kept_of_a_visit_of_which_a_part_is_refused(town: Town) -> None:
    officer, place = town.actor("community_officer"), shop(town)
    before = Visit.objects.count()
    with pytest.raises(Invalid):
        record_visit(officer, premises=place, opens={"incident": "抢劫"})
    with pytest.raises(Invalid):
        record_visit(officer, premises=place, register={"name": " "})
    assert Visit.objects.count() == before
    wrongs: list[dict[str, Any]] = [
        {"outcome": "flew"},
        {"people_met": 0},
        {"outcome": "nobody", "people_met": 2},
        {"helped": 2},
        {"topics": ["gossip"]},
        {"visited_at": clock.now() + timedelta(days=3)},
        {"reason": "mystery"},
        {"premises": None},
    ]
    for wrong in wrongs:
        with pytest.raises(Invalid):
            record_visit(officer, **{"premises": place, **wrong})


def test_nobody_at_home_is_tried_again_and_what_is_met_once_is_done(town: Town) -> None:
    officer = town.actor("community_officer")
    lon, lat = town.spot(0)
    with pytest.raises(Invalid, match=r"due\.consent"):
        open_due(officer, reason="lives_alone", place="溪东村3号", lon=lon, lat=lat)
    due = open_due(officer, reason="new_tenant", place="溪东村3号", lon=lon, lat=lat)
    with pytest.raises(Conflict):
        open_due(officer, reason="new_tenant", place="溪东村 3号", lon=lon, lat=lat)
    record_visit(officer, reason="new_tenant", due=due, outcome="nobody")
    due.refresh_from_db()
    assert (due.tries, due.due_on, due.ended_on) == (1, MONDAY + timedelta(days=3), None)
    record_visit(officer, reason="new_tenant", place="溪东村3号", lon=lon, lat=lat)
    due.refresh_from_db()
    assert (due.tries, due.ended_why) == (0, "met")
    alone = open_due(officer, reason="lives_alone", place="溪东村5号", lon=lon, lat=lat, consented_on=MONDAY)
    layer, everything = LAYERS["visit_doors"], LayerQuery(limit=9)
    on_the_map = [dict(one.properties) for one in features_of(officer, layer, everything)]
    assert on_the_map == [{"name": "溪东村5号", "state": "due", "grid": "G1"}], "a door and how soon, never why"
    assert list(features_of(officer, layer, everything.narrowed(state=("late",)))) == []
    assert list(features_of(town.actor("other_officer"), layer, everything)) == []
    end_due(officer, due=alone)
    assert list(features_of(officer, layer, everything)) == []
    with pytest.raises(Conflict):
        end_due(officer, due=alone)
    other = town.actor("other_officer")
    assert not Due.objects.visible_to(other).exists()
    assert not Visit.objects.visible_to(other).exists()
    assert Visit.objects.visible_to(town.actor("station_chief")).count() == 2
    with pytest.raises(NotAllowed):
        end_due(other, due=alone)


def test_helpers_records_wait_for_an_officer_and_corrections_are_never_silent(town: Town) -> None:
    officer, helper = town.actor("community_officer"), town.actor("auxiliary")
    lon, lat = town.spot(0)
    visit = record_visit(helper, place="溪东村7号", lon=lon, lat=lat, said={"words": "孩子在外打工"})
    assert visit.state == "waiting"
    with pytest.raises(NotAllowed):
        countersign_visit(helper, visit=visit)
    send_visit_back(officer, visit=visit, why="见到几人？")
    assert not Visit.objects.counted().filter(pk=visit.pk).exists()
    with pytest.raises(NotAllowed, match=r"visit\.not_author"):
        correct_visit(officer, visit=visit, version=visit.version, why="补", values={"people_met": 2})
    with pytest.raises(Invalid):
        correct_visit(helper, visit=visit, version=visit.version, why=" ", values={"people_met": 2})
    correct_visit(
        helper, visit=visit, version=visit.version, why="漏填人数", values={"people_met": 2, "topics": ["work"]}
    )
    assert (visit.state, visit.people_met, visit.said["words"]) == ("waiting", 2, "孩子在外打工")
    kept = visit.versions.get()
    assert (kept.before["people_met"], kept.before["words"], kept.why) == (1, "孩子在外打工", "漏填人数")
    with pytest.raises(Conflict):
        correct_visit(helper, visit=visit, version=1, why="又改", values={"people_met": 5})
    countersign_visit(officer, visit=visit)
    assert (visit.state, visit.signed_by_id) == ("official", officer.id)
    with pytest.raises(Conflict):
        countersign_visit(town.actor("station_chief"), visit=visit)
    with pytest.raises(Invalid, match=r"visit\.not_for_helpers"):
        record_visit(helper, reason="victim", place="溪东村9号", lon=lon, lat=lat)
    with pytest.raises(Invalid, match=r"visit\.not_a_person"):
        record_visit(SETUP, place="溪东村9号", lon=lon, lat=lat)


def test_a_week_is_what_is_due_on_the_days_that_one_walks_in_walking_order(town: Town) -> None:
    officer = town.actor("community_officer")
    for n in range(12):
        shop(town, f"SH-{n}", dx=0.05 + 0.9 * ((n * 5) % 12) / 12)
    assert gather(WORKER) == 12
    assert gather(WORKER) == 0
    Due.objects.filter(premises__code="SH-3").update(due_on=MONDAY - timedelta(days=2), tries=1)
    plan_shift(
        SETUP,
        agency=town.station,
        person=town.people["community_officer"],
        begins_at=datetime(2026, 11, 24, 8, 30, tzinfo=clock.SHANGHAI),
        ends_at=datetime(2026, 11, 24, 17, 30, tzinfo=clock.SHANGHAI),
        duty="member",
    )
    Due.objects.filter(premises__isnull=False).exclude(premises__code="SH-3").update(due_on=MONDAY + timedelta(days=9))
    plan = proposal(officer, monday=MONDAY, a_day=3)
    assert {stop.day.weekday() for stop in plan.stops} == {0, 2, 3, 4}
    assert plan.away == [MONDAY + timedelta(days=1)]
    assert (plan.by_road, len(plan.stops), plan.left_over) == (True, 12, 0)
    urgent = next(stop for stop in plan.stops if stop.due.premises and stop.due.premises.code == "SH-3")
    assert urgent.day == MONDAY
    assert urgent.why.zh == "企业场所：已过期2天，去过1次无人；还没有走访过，11-21前应到"
    week = make_week(officer, plan=plan)
    assert week.stops.count() == 12
    assert 0 < week.walk_s < 3 * 3600
    mine = Stop.objects.get(due=urgent.due)
    today = {item.claim.title: item for item in day_of(officer).shown}
    assert (today["便民SH-3"].source.code, today["便民SH-3"].claim.url) == (
        "visits.today",
        f"/visits/new?stop={mine.pk}",
    )
    visit = record_stop(officer, stop=mine, told={"people_met": 2, "topics": ("fire",)})
    mine.refresh_from_db()
    assert (mine.state, visit.premises, visit.reason) == ("met", urgent.due.premises, "enterprise")
    _changed_and_planned_anew(town, week, mine)


def _changed_and_planned_anew(town: Town, week: Week, mine: Stop) -> None:
    officer = town.actor("community_officer")
    moved = week.stops.filter(state="planned").order_by("day").first()
    assert moved is not None
    change_stop(officer, stop=moved, day=MONDAY + timedelta(days=4))
    left = week.stops.filter(state="planned").exclude(pk=moved.pk)[0]
    change_stop(officer, stop=left, leave_out=True)
    again = make_week(officer, plan=proposal(officer, monday=MONDAY, a_day=3))
    assert (again.pk, again.version, again.stops.count()) == (week.pk, 2, 12)
    assert again.stops.get(pk=left.pk).state == "left_out"
    with pytest.raises(Conflict):
        change_stop(officer, stop=mine, leave_out=True)
    with pytest.raises(Invalid, match=r"week\.monday"):
        proposal(officer, monday=MONDAY + timedelta(days=1))
    with pytest.raises(Invalid, match=r"week\.no_room"):
        proposal(SETUP, monday=MONDAY)
    assert week_of(town.actor("other_officer"), person_id=officer.id, monday=MONDAY) is None
    assert week_of(town.actor("station_chief"), person_id=officer.id, monday=MONDAY) == week
    # A colleague of the same room is sent to none of these doors, but to the one that was left out.
    assert [stop.due for stop in proposal(town.actor("auxiliary"), monday=MONDAY).stops] == [left.due]
    assert Week.objects.count() == 1


def test_victims_of_closed_calls_come_on_the_list_by_themselves(town: Town) -> None:
    from_call = Matter.objects.create(
        number="JQ20261123-000001", kind="incident", state="closed", category="1060", agency=town.rooms[0],
        station=town.station, address="溪东村1号", opened_by=SETUP.id, source="110", received_at=clock.now(),
        opened_at=clock.now(), closed_at=clock.now(),
    )  # fmt: skip
    assert gather(WORKER) == 1
    due = Due.objects.get(matter=from_call)
    assert (due.reason, due.due_on) == ("victim", MONDAY + timedelta(days=7))
    assert not proposal(town.actor("auxiliary"), monday=MONDAY).stops, "an officer's visit"
    assert len(proposal(town.actor("community_officer"), monday=MONDAY).stops) == 1
    with clock.fixed(clock.now() + timedelta(days=31)):
        assert gather(WORKER) == 0
    due.refresh_from_db()
    assert due.ended_why == "over"


def test_who_moved_in_lately_is_visited_and_no_name_goes_with_it(town: Town) -> None:
    lon, lat = town.spot(0)
    name = AddressName.objects.create(text="溪东村", kind="village", sound="xidongcun", initials="xdc")
    address = Address.objects.create(code="A1", text="溪东村12号", kind="house", name=name, number=12, lon=lon, lat=lat)
    for n, since in enumerate((MONDAY - timedelta(days=3), MONDAY - timedelta(days=3), MONDAY - timedelta(days=90))):
        register_occupant(
            town.actor("community_officer"), address=address, agency_path=town.rooms[0].path, name=f"演员{n}",
            kind="migrant", since=since,
        )  # fmt: skip
    assert gather(WORKER) == 1
    due = Due.objects.get()
    assert (due.reason, due.place, due.due_on) == ("new_tenant", "溪东村12号", MONDAY + timedelta(days=7))
    record_visit(town.actor("community_officer"), reason="new_tenant", address=address)
    due.refresh_from_db()
    assert (due.ended_why, gather(WORKER)) == ("met", 0)


def test_a_campaign_reaches_every_door_below_and_ends(town: Town) -> None:
    chief, officer = town.actor("station_chief"), town.actor("community_officer")
    for room in (0, 1):
        shop(town, f"SC-{room}", kind="kindergarten", room=room)
    facts: dict[str, Any] = {
        "code": "safe-school",
        "title": "校园安全走访",
        "agency": town.station,
        "begins_on": MONDAY,
    }
    with pytest.raises(Invalid):
        open_campaign(chief, **facts, ends_on=MONDAY - timedelta(days=1), premises_kinds=["kindergarten"])
    with pytest.raises(Invalid):
        open_campaign(chief, **facts, ends_on=MONDAY, doors="premises")
    with pytest.raises(NotAllowed):
        open_campaign(officer, **facts, ends_on=MONDAY, doors="premises", premises_kinds=["kindergarten"])
    campaign = open_campaign(
        chief, **facts, ends_on=MONDAY + timedelta(days=6), doors="premises", premises_kinds=["kindergarten"]
    )
    assert spread_step(WORKER, campaign=campaign, after="") == ""
    assert spread_step(WORKER, campaign=campaign, after="") == ""
    assert Due.objects.filter(campaign=campaign).count() == 2
    # The ordinary visit of the month answers the campaign too: nothing is typed twice.
    record_visit(officer, reason="school", premises=Premises.objects.get(code="SC-0"), people_met=2)
    places, people = progress_of(chief, campaign)
    assert [(one.agency, one.doors, one.reached, one.left) for one in places] == [
        (town.rooms[0], 1, 1, 0),
        (town.rooms[1], 1, 0, 1),
    ]
    assert people == 2
    end_campaign(chief, campaign=campaign)
    assert not Due.objects.standing().filter(campaign=campaign).exists()
    with pytest.raises(Conflict):
        end_campaign(chief, campaign=campaign)


def test_an_inspection_has_an_outcome_and_is_checked_again(town: Town) -> None:
    officer, helper, place = town.actor("community_officer"), town.actor("auxiliary"), shop(town)
    listed = checklist_on("inner_security", MONDAY)
    findings = {item.code: "pass" for item in listed.items} | {"devices": "fail"}
    with pytest.raises(Invalid, match=r"inspection\.failed_item"):
        record_inspection(officer, premises=place, outcome="in_order", checklist="inner_security", findings=findings)
    with pytest.raises(Invalid, match=r"inspection\.by_day"):
        record_inspection(officer, premises=place, outcome="put_right")
    made = record_inspection(
        helper,
        premises=place,
        outcome="put_right",
        put_right_by=MONDAY + timedelta(days=7),
        notice_no="临公治改〔2026〕12号",
        checklist="inner_security",
        findings=findings,
        notes={"devices": "两处摄像机损坏"},
    )
    assert (made.state, made.visit.reason, made.edition) == ("waiting", "inspection", 0)
    countersign_inspection(officer, inspection=made)
    assert made.state == "to_put_right"
    assert next((item.source.code, item.claim.title) for item in day_of(officer).shown) == (
        "inspections.again",
        place.name,
    )
    with pytest.raises(NotAllowed):
        recheck(helper, inspection=made, passed=True)
    second = recheck(officer, inspection=made, passed=False, put_right_by=MONDAY + timedelta(days=14))
    third = recheck(officer, inspection=second, passed=True)
    assert [made.state, second.state, third.state, third.outcome] == [
        "not_put_right",
        "put_right",
        "closed",
        "in_order",
    ]
    with pytest.raises(Conflict):
        recheck(officer, inspection=made, passed=True)


def test_fakes_and_unlicensed_places_count_and_a_checklist_keeps_its_editions(town: Town) -> None:
    officer = town.actor("community_officer")
    fakes = record_inspection(
        officer, place="集市东口摊点", trade="stall", outcome="seized", seized_what="假冒香烟", seized_yuan=200_000
    )
    assert (fakes.premises, fakes.agency, fakes.seized_yuan) == (None, town.rooms[0], 200_000)
    record_inspection(officer, place="巷内网吧", trade="internet_cafe", outcome="unlicensed")
    assert not Inspection.objects.visible_to(town.actor("other_officer")).exists()
    edition = declare_checklist(
        town.actor("administrator"),
        code="inner_security",
        facts=ChecklistFacts(
            "inner_security", 0, Words("内保", "own"), "条例", (Item("door", Words("门", "door"), "8"),)
        ),
    )
    assert (edition.edition, len(checklist_on("inner_security", MONDAY).items)) == (1, 1)
    old = edition_of("inner_security", 0)
    assert old is not None
    assert len(old.items) == 11


def test_the_bureau_sets_its_own_reasons(town: Town) -> None:
    facts = ReasonFacts(
        code="migrant_site", words=Words("工地务工人员", "workers on sites"), why=Words("", ""), every_days=14,
        premises_kinds=("site",),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        set_reason(town.actor("station_chief"), code="migrant_site", facts=facts)
    set_reason(town.actor("administrator"), code="migrant_site", facts=facts)
    set_reason(town.actor("administrator"), code="migrant_site", facts=facts)
    shop(town, "SITE-1", kind="site")
    gather(WORKER)
    assert set(Due.objects.values_list("reason", flat=True)) == {"enterprise", "migrant_site"}
    assert reasons_on(MONDAY)["migrant_site"].every_days == 14
    with pytest.raises(Invalid):
        set_reason(town.actor("administrator"), code="Bad-Code", facts=ReasonFacts(**{**vars_of(facts), "code": "B-"}))
    with pytest.raises(NotFound):
        campaign_by_code(town.actor("station_chief"), "nothing")


def vars_of(facts: ReasonFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}
