"""Feedback from the phone right after 办结, both done without a line."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from linli.field.inbox.acts import take_batch
from linli.field.packs.queries import due_now, items, pack_forms
from linli.operations.dispatch.acts import arrive, give_order, set_out, sign_order
from tests.town import build_town, call


@pytest.mark.django_db
def test_finished_and_fed_back_without_a_line() -> None:
    town = build_town(rooms=1)
    desk, officer = town.actor("dispatcher"), town.actor("community_officer", door="field")
    matter = call(desk, town)
    order = give_order(desk, matter=matter, unit=town.units[0])
    for step in (sign_order, set_out, arrive):
        step(officer, order=order)
    branch, device = str(uuid.uuid4()), uuid.uuid4()

    def operation(act: str, seq: int, values: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": str(uuid.uuid4()), "author": str(officer.id), "seq": seq, "branch": branch, "act": act,
            "record": str(order.pk), "changed": {name: {"new": new} for name, new in values.items()},
        }  # fmt: skip

    sent = [
        operation("order.finish", 1, {"result": "找到老人"}),
        operation("order.feed_back", 2, {"outcome": "已送回家"}),
    ]
    forms = {one["act"]: one for one in pack_forms(officer)["forms"]}
    assert forms["order.finish"]["to"] == "done" and forms["order.feed_back"]["when"] == {"state": ["done"]}
    assert [one.answer for one in take_batch(officer, device=device, operations=sent)] == ["applied", "applied"]
    matter.refresh_from_db()
    assert (matter.state, matter.details.get("outcome")) == ("fed_back", "已送回家")
    along = dict(due_now(officer, ""))
    assert not [one for one in items(officer, list(along), along, {"forms": []}) if one["type"] == "order"]
    again = [operation("order.feed_back", 3, {"outcome": "再写一次"})]
    assert [one.answer for one in take_batch(officer, device=device, operations=again)] == ["conflict"]
