"""A task goes down to everybody meant, once each; what comes of it is told, looked at, and ended (F2, F1, A1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.insight.today.queries import day_of
from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.matters.tasks import acts
from linli.matters.tasks.acts import sending
from linli.matters.tasks.acts.telling import run_tell
from linli.matters.tasks.models import Receipt, Tasking
from linli.matters.tasks.queries import (
    places_of,
    reach_of,
    receipt_by_id,
    receipts_of,
    standing_of,
    tasking_by_id,
    to_decide,
)
from linli.org.posts.acts import give_post
from linli.works.channels.acts.setting import set_channel
from linli.works.jobs.acts import work_long, work_one
from linli.works.outbox.models import Message
from linli.works.outbox.rules.texts import text_of
from tests.town import SETUP, SINCE, Town, build_town, person

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=clock.SHANGHAI)
POSTS = ("information_officer", "grid_worker")


@pytest.fixture
def town(db: None, fixed_clock: Callable[[datetime], Any]) -> Iterator[Town]:
    """Two rooms with two information officers each; one of them is a grid worker too."""
    made = build_town(rooms=2)
    for n in range(4):
        made.people[f"x{n}"] = person("information_officer", made.rooms[n // 2], staff_no=f"x{n}")
    give_post(SETUP, person=made.people["x3"], agency=made.rooms[0], code="grid_worker", since=SINCE, main=False)
    with fixed_clock(NOON):
        yield made


def issue(town: Town, by: str = "station_chief", **more: Any) -> Tasking:
    facts: dict[str, Any] = {
        "title": "核对沿街店铺消防通道",
        "what": "每村看三家。",
        "area": town.station,
        "posts": POSTS,
        "ends_at": clock.now() + timedelta(days=2),
    }
    return acts.issue_task(town.actor(by), **{**facts, **more})


def mine(town: Town, tasking: Tasking, name: str) -> Receipt:
    return Receipt.objects.select_related("tasking").get(tasking=tasking, person=town.people[name])


def test_everybody_meant_gets_it_once_and_answers(town: Town) -> None:
    assert reach_of(town.station, POSTS) == 5
    tasking = issue(town, parts=3)
    assert (tasking.state, tasking.matter.kind, tasking.matter.due_at) == ("running", "task", tasking.ends_at)
    assert Receipt.objects.filter(tasking=tasking).count() == 5
    first, helper = mine(town, tasking, "x0"), town.actor("x0")
    assert [item.claim.title for item in day_of(helper).shown] == ["核对沿街店铺消防通道"]
    with pytest.raises(NotAllowed):
        acts.read_task(town.actor("x1"), receipt=first)
    acts.read_task(helper, receipt=first)
    acts.report_task(helper, receipt=first, did=2, remark="看了两家")
    assert (first.state, first.did) == ("part", 2)
    with pytest.raises(Invalid):
        acts.report_task(helper, receipt=first, did=4)
    acts.report_task(helper, receipt=first)
    acts.report_task(town.actor("x1"), receipt=mine(town, tasking, "x1"), did=3)
    acts.read_task(town.actor("x2"), receipt=mine(town, tasking, "x2"))
    whole = standing_of(tasking)
    assert (whole.sent, whole.read, whole.done, whole.left) == (5, 3, 2, 3)
    chief = town.actor("station_chief")
    assert [(one.agency, one.standing.done) for one in places_of(chief, tasking)] == [
        (town.rooms[0], 2),
        (town.rooms[1], 0),
    ]
    assert receipts_of(chief, tasking).count() == 3
    assert not day_of(helper).shown
    with pytest.raises(NotFound):
        receipt_by_id(town.actor("x0"), mine(town, tasking, "x1").pk)


def test_who_has_not_opened_it_gets_one_message_that_says_only_who_sent_it(town: Town) -> None:
    issue(town, title="没有通道")
    assert not Message.objects.exists() and not work_long("task-words"), "no channel: nothing is planned"
    set_channel(SETUP, channel="voice", kind="voice", url="http://127.0.0.1", secret="s" * 16)
    set_channel(SETUP, channel="wecom", kind="wecom_app", url="http://127.0.0.1", secret="s" * 16)
    tasking = issue(town)
    acts.read_task(town.actor("x0"), receipt=mine(town, tasking, "x0"))
    assert work_long("task-words") and not work_long("task-words")
    run_tell({"tasking": str(tasking.pk), "after": ""})
    told = Message.objects.filter(template="task.new")
    assert {row.recipient for row in told} == {
        row.person_id for row in Receipt.objects.filter(tasking=tasking, state="sent")
    }
    assert told.count() == 4 and {row.channel for row in told} == {"wecom"}, "nobody's telephone rings for a task"
    written, _said = text_of("task.new", told[0].body)
    assert tasking.matter.number in written and tasking.agency.name in written and tasking.matter.title not in written
    acts.recall_task(town.actor("station_chief"), tasking=tasking)
    run_tell({"tasking": str(tasking.pk), "after": ""})
    assert told.count() == 4


def test_its_date_ends_it_and_what_was_done_in_time_and_told_late_counts(town: Town) -> None:
    tasking = issue(town)
    acts.report_task(town.actor("x0"), receipt=mine(town, tasking, "x0"))
    clock.advance(timedelta(days=2, minutes=1))
    while work_one():
        pass
    tasking.refresh_from_db()
    tasking.matter.refresh_from_db()
    assert (tasking.state, tasking.matter.state) == ("closed", "closed")
    assert "完成1人，未完成4人" in tasking.matter.details["outcome"]
    late = mine(town, tasking, "x1")
    with pytest.raises(Conflict):
        acts.report_task(town.actor("x1"), receipt=late, device_at=clock.now())
    acts.report_task(town.actor("x1"), receipt=late, device_at=tasking.ends_at - timedelta(hours=1))
    assert late.state == "done"
    assert receipts_of(town.actor("station_chief"), tasking).count() == 3, "who is open is said"


def test_what_exceeds_the_weeks_number_needs_another_chiefs_word(town: Town) -> None:
    issue(town)
    issue(town, title="第二项")
    third = issue(town, title="第三项")
    assert third.state == "asked"
    assert not Receipt.objects.filter(tasking=third).exists()
    with pytest.raises(NotFound):
        tasking_by_id(town.actor("x0"), third.pk)
    assert not to_decide(town.actor("station_chief")).exists()
    with pytest.raises(NotAllowed):
        acts.approve_task(town.actor("station_chief"), tasking=third)
    leader = town.actor("bureau_leader")
    assert list(to_decide(leader)) == [third]
    acts.approve_task(leader, tasking=third, decision="同意，本周最后一项")
    assert Receipt.objects.filter(tasking=third).count() == 5
    refused = issue(town, title="第四项")
    acts.refuse_task(leader, tasking=refused, decision="下周再发")
    refused.matter.refresh_from_db()
    assert (refused.state, refused.matter.state) == ("refused", "closed")
    acts.allow(SETUP, agency=town.bureau, issuer_post="station_chief", to_post="auxiliary", a_week=0)
    assert issue(town, posts=("auxiliary",)).state == "asked"
    assert issue(town, by="bureau_leader", area=town.bureau, source="rule", basis="社区警务工作规范").state == "running"
    clock.advance(timedelta(days=7))
    assert issue(town, title="下一周").state == "running"


def test_what_cannot_be_sent(town: Town) -> None:
    wrongs: list[dict[str, Any]] = [
        {"title": " "},
        {"what": ""},
        {"posts": ()},
        {"posts": ("call_taker",)},
        {"ends_at": clock.now()},
        {"ends_at": clock.now() + timedelta(days=200)},
        {"parts": 0},
        {"source": "rumour"},
        {"source": "rule", "basis": "x"},
        {"posts": ("property_manager",)},
    ]
    for wrong in wrongs:
        with pytest.raises(Invalid):
            issue(town, **wrong)
    with pytest.raises(NotAllowed):
        issue(town, by="station_chief", area=town.bureau)
    with pytest.raises(NotAllowed):
        issue(town, by="x0")
    assert not Tasking.objects.exists()


def test_a_sample_is_drawn_by_lot_and_looked_at_once(town: Town) -> None:
    tasking, chief = issue(town), town.actor("station_chief")
    with pytest.raises(Invalid):
        acts.draw_sample(chief, tasking=tasking, count=1)
    for name in ("x0", "x1", "x2"):
        acts.report_task(town.actor(name), receipt=mine(town, tasking, name))
    [one] = acts.draw_sample(chief, tasking=tasking, count=1)
    with pytest.raises(Invalid):
        acts.check_receipt(chief, receipt=one, good=False)
    acts.check_receipt(chief, receipt=one, good=False, word="门口仍堆着纸箱")
    with pytest.raises(Conflict):
        acts.check_receipt(chief, receipt=one, good=True)
    rest = acts.draw_sample(chief, tasking=tasking, count=5)
    assert len(rest) == 2
    assert one.pk not in [row.pk for row in rest]


def test_recalled_it_leaves_every_list(town: Town) -> None:
    tasking = issue(town)
    acts.report_task(town.actor("x0"), receipt=mine(town, tasking, "x0"))
    acts.recall_task(town.actor("station_chief"), tasking=tasking, why="重复下发")
    states = sorted(Receipt.objects.filter(tasking=tasking).values_list("state", flat=True))
    assert states == ["done", "recalled", "recalled", "recalled", "recalled"]
    assert not day_of(town.actor("x1")).shown
    with pytest.raises(Conflict):
        acts.report_task(town.actor("x1"), receipt=mine(town, tasking, "x1"))


def test_many_are_reached_by_steps_none_twice(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AT_ONCE", 1), ("STEP", 2)):
        monkeypatch.setattr(sending, name, value)
    monkeypatch.setattr(sending, "_STEPS_A_JOB", 1)
    tasking = issue(town)
    assert not Receipt.objects.exists()
    sending.run_spread({"tasking": str(tasking.pk), "after": ""})
    assert Receipt.objects.count() == 2
    while work_long("tasks"):
        pass
    tasking.refresh_from_db()
    assert Receipt.objects.count() == 5
    assert tasking.spread_at == NOON
    assert Receipt.objects.get(person=town.people["x3"]).post == "information_officer", "the main post counts"
