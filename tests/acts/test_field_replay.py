"""The replay over the tables, on a sample of the schedules that the model runs by the thousand."""

from __future__ import annotations

import random
import uuid

import pytest

from benchmarks.phone import FINAL, operations
from linli.field.inbox.acts import take_batch
from linli.field.replay.models import Operation
from linli.matters.ledger.models import Matter
from linli.matters.notes.models import Note
from tests.town import build_town

SCHEDULES = 5
COUNT = 14


@pytest.mark.django_db
def test_random_schedules_end_with_everything_done_once() -> None:
    town = build_town(rooms=1)
    actor = town.actor("community_officer", door="field")
    for seed in range(SCHEDULES):
        chance, device = random.Random(seed), uuid.uuid4()
        queue = operations(str(actor.id), COUNT, seed=seed)
        left = {one["id"]: one for one in queue}
        for tries in range(40):
            batch = chance.sample(list(left.values()), chance.randint(1, len(left)))
            if tries > 6:
                batch = [one for one in queue if one["id"] in left]
            answers = take_batch(actor, device=device, operations=batch)
            if chance.random() < 0.4 and tries <= 6:
                continue
            for one in answers:
                if one.answer in FINAL:
                    assert one.answer == "applied", one
                    left.pop(one.id, None)
            if not left:
                break
        assert not left
        records = {one["record"] for one in queue}
        notes = sum(one["act"] == "matter.note" for one in queue)
        settled = sum(one["act"].endswith("settle") for one in queue)
        mine = Matter.objects.filter(pk__in=records)
        assert mine.count() == len(records)
        assert mine.filter(state="settled").count() == settled
        assert Note.objects.filter(matter__in=mine).count() == notes
        assert Operation.objects.filter(device_id=device, state="answered", answer="applied").count() == COUNT
