"""A task from the bureau to 160 villages and back; a report from a village, written without a line, up six levels."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.field.devices.acts import register_phone
from linli.field.forms.acts import remember
from linli.field.forms.queries import forms_of
from linli.field.inbox.acts import take_batch
from linli.field.packs.queries import due_now
from linli.insight.measures.queries.figures import direct
from linli.insight.measures.rules import MEASURES
from linli.kernel import clock
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.line.acts import send_up, settle, sign
from linli.matters.line.models import Hop
from linli.matters.line.queries import own_reports, waiting_for
from linli.matters.tasks.acts import close_task, issue_task
from linli.matters.tasks.models import Receipt
from linli.matters.tasks.queries import own_open, standing_of
from linli.org.people.models import Person
from linli.org.posts.models import Post
from tests.town import SINCE, Town, build_town, person

VILLAGES = 160
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def town(db: None) -> Town:
    """One central room with 160 information officers under it, and everybody above them."""
    made = build_town(rooms=1)
    made.people["assistant"] = person("assistant", made.rooms[0])
    people = [Person(staff_no=f"V{n:03d}", name=f"信息员{n}") for n in range(VILLAGES)]
    Person.objects.bulk_create(people)
    Post.objects.bulk_create(
        [Post(person=one, agency=made.rooms[0], code="information_officer", since=SINCE) for one in people]
    )
    made.people |= {one.staff_no: one for one in people}
    return made


def by_phone(actor: Actor, act: str, record: uuid.UUID, values: dict[str, Any]) -> str:
    """One operation of a phone that had no line; its answer."""
    device = new_id()
    register_phone(actor, device=device, title="老人机", said={})
    remember(forms_of(actor)["forms"])
    operation = {
        "id": str(new_id()),
        "author": str(actor.id),
        "seq": 1,
        "branch": str(new_id()),
        "act": act,
        "record": str(record),
        "base_version": 1,
        "changed": {name: {"old": None, "new": value} for name, value in values.items()},
        "device_at": clock.now().isoformat(),
    }
    [told] = take_batch(actor, device=device, operations=[operation], sent_at=clock.now().isoformat())
    assert told.answer == "applied", told.as_json()
    return str(told.number)


def test_a_task_goes_to_160_villages_and_comes_back(town: Town) -> None:
    with clock.fixed(NOON):
        leader = town.actor("bureau_leader")
        tasking = issue_task(
            leader,
            title="看门前沟渠",
            what="每村看两处。",
            area=town.bureau,
            posts=("information_officer",),
            ends_at=NOON + timedelta(days=1),
            parts=2,
        )
        rows = list(Receipt.objects.filter(tasking=tasking).order_by("person__staff_no"))
        assert len(rows) == len({row.person_id for row in rows}) == VILLAGES
        for n, row in enumerate(rows[:4]):
            helper = town.actor(f"V{n:03d}", door="field")
            assert [key for key, _ in due_now(helper, "f")] == [("task", str(row.pk))]
            if n == 3:
                by_phone(helper, "task.read", row.pk, {})
                continue
            if n == 2:
                by_phone(helper, "task.report:part", row.pk, {"did": 1})
                continue
            by_phone(helper, "task.report:all", row.pk, {"remark": "两处都通"})
            assert not own_open(helper).exists()
        close_task(leader, tasking=tasking)
    whole = standing_of(tasking)
    assert (whole.sent, whole.read, whole.done, whole.some) == (VILLAGES, 4, 2, 1)
    tasking.matter.refresh_from_db()
    assert "完成2人，未完成158人" in tasking.matter.details["outcome"]
    assert "5/320" in tasking.matter.details["outcome"]


def test_a_report_from_a_village_climbs_to_the_bureau_and_is_answered(town: Town) -> None:
    teller, record = town.actor("V007", door="field"), new_id()
    with clock.fixed(NOON):
        number = by_phone(teller, "matter.open:hazard", record, {"what": "村口路灯全灭"})
        for by in ("assistant", "auxiliary", "community_officer", "station_chief"):
            [hop] = waiting_for(town.actor(by))
            assert hop.matter.number == number
            by_phone(town.actor(by, door="field"), "line.sign", hop.pk, {})
            hop.refresh_from_db()
            send_up(town.actor(by), hop=hop, word="要供电公司来修")
        leader = town.actor("bureau_leader")
        [last] = waiting_for(leader)
        sign(leader, hop=last)
        settle(leader, hop=last, word="供电公司明天换灯")
    [mine] = own_reports(teller)
    assert (mine.matter.number, mine.state, mine.word) == (number, "settled", "供电公司明天换灯")
    assert Hop.objects.filter(matter_id=record).count() == 5
    day = clock.shanghai(NOON).date()
    for code in ("reports_up", "signed_in_time", "line_came_bureau"):
        assert direct(MEASURES[code], town.bureau, day, day + timedelta(days=1)).count() == 1, code
