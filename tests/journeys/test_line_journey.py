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
from linli.insight.measures.queries.figures import direct
from linli.insight.measures.rules import MEASURES
from linli.kernel import clock
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.line.acts import send_up, settle, sign
from linli.matters.line.models import Hop
from linli.matters.line.queries import own_reports, waiting_for
from linli.matters.tasks.models import Receipt
from linli.matters.tasks.queries import standing_of
from linli.org.people.models import Person
from linli.org.posts.models import Post
from tests.town import SINCE, Town, build_town, person
from tests.visiting import Visitor, at_desk, by_card

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


def sent_down(leader: Visitor) -> str:
    """The bureau's page: how many it would reach, then it goes. The address of the task."""
    form: dict[str, Any] = {
        "title": "看门前沟渠",
        "what": "每村看两处。",
        "area": "B",
        "posts": "information_officer",
        "ends_on": (clock.shanghai(NOON).date() + timedelta(days=1)).isoformat(),
        "parts": "2",
        "source": "order",
    }
    assert str(VILLAGES) in leader.press("/tasks/new", status=200, **form)
    return leader.press("/tasks/new", **form, send="1")


def test_a_task_goes_to_160_villages_and_comes_back(town: Town) -> None:
    """Everybody by his own door: the leader's page, phones with a code card, a page, the sample, the end."""
    with clock.fixed(NOON):
        leader, office = at_desk(town, "bureau_leader"), at_desk(town, "station_chief")
        task = sent_down(leader)
        rows = list(Receipt.objects.order_by("person__staff_no"))
        assert len(rows) == len({row.person_id for row in rows}) == VILLAGES
        _answered_by_phone(town, office, rows)
        at_page = at_desk(town, "V004")
        assert "看门前沟渠" in at_page.page("/tasks")
        at_page.press(f"{task}/answer/report", did="2", remark="一处有淤泥")
        other = at_desk(town, "other_officer")
        other.press(f"{task}/close", status=404)
        shown = leader.page(f"{task}?show=done")
        assert "两处都通" in shown and "一处有淤泥" in shown
        _sample_drawn(leader, task)
        leader.press(f"{task}/close")
        told = leader.page(f"{task}?show=all")
    tasking = Receipt.objects.select_related("tasking__matter").first()
    assert tasking is not None
    whole = standing_of(tasking.tasking)
    assert (whole.sent, whole.read, whole.done, whole.some) == (VILLAGES, 5, 3, 1)
    outcome = tasking.tasking.matter.details["outcome"]
    assert "完成3人，未完成157人" in outcome and "7/320" in outcome and "两处都通" in told
    with clock.fixed(NOON + timedelta(hours=1)):
        late = at_desk(town, "V009")
        assert "看门前沟渠" not in late.page("/mine"), "a deadline that ends"


def _answered_by_phone(town: Town, office: Visitor, rows: list[Receipt]) -> None:
    """Four villages: two all, one a part, one read; each holds its own row alone, and no more when it is done."""
    steps: list[tuple[str, dict[str, Any]]] = [
        ("task.report:all", {"remark": "两处都通"}),
        ("task.report:all", {"remark": "两处都通"}),
        ("task.report:part", {"did": 1}),
        ("task.read", {}),
    ]
    for n, (act, values) in enumerate(steps):
        phone = by_card(town, office, f"V{n:03d}")
        assert [key for key in phone.takes_along() if key.startswith("task:")] == [f"task:{rows[n].pk}"]
        phone.does(act, rows[n].pk, **values)
        again = Visitor(phone.client)
        left = [key for key in again.takes_along() if key.startswith("task:")]
        assert bool(left) == (n > 1), "done is gone from the phone, a part is not"
        stranger = rows[n + 20].pk
        phone.does("task.report:all", stranger, answer="rejected")


def _sample_drawn(leader: Visitor, task: str) -> None:
    leader.press(f"{task}/draw", count="2")
    drawn = list(Receipt.objects.filter(check_state="drawn"))
    assert len(drawn) == 2 and all(row.state == "done" for row in drawn)
    leader.press(f"/tasks/receipts/{drawn[0].pk}/check", good="1")
    leader.press(f"/tasks/receipts/{drawn[1].pk}/check", good="0", status=422)
    leader.press(f"/tasks/receipts/{drawn[1].pk}/check", good="0", word="沟里还有垃圾")
    assert "沟里还有垃圾" in leader.page(f"{task}?show=drawn")


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
