"""A written word to everybody who got a task, after all rows are there: the task stands on each one's day before that.

Short steps in a lane of their own: neither the spreading nor a call taker waits for ten thousand messages.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from uuid import UUID

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.scope import Actor, system
from linli.matters.tasks.models import Receipt, Tasking
from linli.org.reach.acts import Word, let_all_know
from linli.works.channels.queries import ways_out
from linli.works.jobs.acts import job, schedule, stop_if_ending

TELLS = system("tasks")
LANE = "task-words"
STEP = 50
_STEPS_A_JOB = 20
_KEY = uuid.UUID("5d0f2d0c-4a0a-5f2e-9a53-7c1f6f0b8e11")


def tell_later(tasking: Tasking) -> None:
    """Plan the messages; without an enabled channel there is nothing to plan."""
    if ways_out():
        _next(tasking, "")


def _next(tasking: Tasking, after: str) -> None:
    schedule("tasks.tell", due_at=clock.now(), payload={"tasking": str(tasking.pk), "after": after}, lane=LANE)


@job("tasks.tell")
def run_tell(payload: dict[str, str]) -> None:
    """Messages to who has not opened it yet, by key, in short transactions. Run twice it sends nothing twice."""
    tasking = Tasking.objects.select_related("matter", "agency").filter(pk=payload["tasking"], state="running").first()
    if tasking is None:
        return
    after = payload["after"]
    for _ in range(_STEPS_A_JOB):
        stop_if_ending()
        rows = Receipt.objects.filter(tasking=tasking, state="sent").select_related("person").order_by("pk")
        receipts = list((rows.filter(pk__gt=UUID(after)) if after else rows)[:STEP])
        if not receipts:
            return
        tell_step(TELLS, tasking=tasking, receipts=receipts)
        after = str(receipts[-1].pk)
    _next(tasking, after)


@act("task.tell", zh="通知任务收件人", en="tell those who got a task", about="tasking")
def tell_step(actor: Actor, *, tasking: Tasking, receipts: Sequence[Receipt]) -> None:
    """One message to each of them: who sent it and until when; what it is stands behind the link alone."""
    body = {
        "number": tasking.matter.number,
        "agency": tasking.agency.name,
        "due": f"{clock.shanghai(tasking.ends_at):%m-%d %H:%M}",
        "link": f"/tasks/{tasking.pk}",
    }
    words = [Word(one.person, str(one.pk), uuid.uuid5(_KEY, str(one.pk))) for one in receipts]
    let_all_know(words, template="task.new", body=body, subject_type="matters.receipt")
