"""The end of a task: by its date, by hand, or taken back."""

from __future__ import annotations

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.scope import Actor, system
from linli.kernel.workflow import take
from linli.matters.ledger.acts import carry_out
from linli.matters.tasks.models import OPEN, TASKING, Receipt, Tasking
from linli.matters.tasks.queries import parts_of, standing_of
from linli.matters.tasks.rules import summary
from linli.works.jobs.acts import cancel, job, schedule

END = system("tasks")


def close_later(tasking: Tasking) -> None:
    """Its date ends it: a timer, so that nobody need think of it."""
    schedule("tasks.close", due_at=tasking.ends_at, payload={"tasking": str(tasking.pk)}, key=f"task:{tasking.pk}")


@job("tasks.close")
def run_close(payload: dict[str, str]) -> None:
    """End a task whose date has come, if it still runs."""
    tasking = Tasking.objects.select_related("matter", "agency").filter(pk=payload["tasking"], state="running").first()
    if tasking is not None and tasking.ends_at <= clock.now():
        close_task(END, tasking=tasking)


@act(
    "task.close",
    zh="结束任务",
    en="end a task",
    about="tasking",
    within=lambda facts: facts["tasking"].agency.path,
)
def close_task(actor: Actor, *, tasking: Tasking) -> Tasking:
    """End it: what is open stays open on record and leaves the lists, the matter is settled with the sum."""
    now = clock.now()
    take(tasking, TASKING, "close", ended_at=now)
    Receipt.objects.filter(tasking=tasking, state__in=OPEN).update(state="ended", version=F("version") + 1)
    # Its timer is left: it may be the one that runs this, and finds nothing to do when it is not.
    end_matter(actor, tasking, summary(standing_of(tasking), parts_of(tasking)))
    return tasking


@act(
    "task.recall",
    zh="撤回任务",
    en="recall a task",
    about="tasking",
    within=lambda facts: facts["tasking"].agency.path,
)
def recall_task(actor: Actor, *, tasking: Tasking, why: str = "") -> Tasking:
    """Take it back: it leaves every list; what was done stays on record."""
    take(tasking, TASKING, "recall", ended_at=clock.now(), decision=why.strip() or tasking.decision)
    Receipt.objects.filter(tasking=tasking, state__in=OPEN).update(state="recalled", version=F("version") + 1)
    cancel(prefix=f"task:{tasking.pk}")
    end_matter(actor, tasking, f"已撤回。{why.strip()}")
    return tasking


def end_matter(actor: Actor, tasking: Tasking, outcome: str) -> None:
    """The entry of the ledger ends with the task: settled with a sentence, then closed."""
    matter = tasking.matter
    for name in ("settle", "close"):
        step = next((one for one in matter.workflow.moves_from(matter.state) if one.name == name), None)
        if step is not None:
            carry_out(actor, matter=matter, step=step, facts={"outcome": outcome})
