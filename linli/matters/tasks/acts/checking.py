"""Looking at some of what was reported done: drawn by lot, what was found is kept."""

from __future__ import annotations

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.matters.tasks.models import Receipt, Tasking
from linli.matters.tasks.rules import drawn

declare("task.no_sample", zh="没有可抽查的完成记录。", en="Nothing that is done is left to be drawn.")
declare("task.count", zh="每次抽查1至{most}份。", en="Draw 1 to {most} at once.")
declare("task.not_drawn", zh="这一份没有被抽中，或已查过。", en="This one was not drawn, or was looked at before.")

MOST_DRAWN = 50


@act(
    "task.draw",
    zh="抽查任务",
    en="draw a sample of a task",
    keeps=("count",),
    about="tasking",
    within=lambda facts: facts["tasking"].agency.path,
)
def draw_sample(actor: Actor, *, tasking: Tasking, count: int) -> list[Receipt]:
    """Draw ``count`` of the done ones that were not drawn before, by lot: the order is SHA-256 over the task, the
    number of the draw and the row, so that nobody chooses and anybody can repeat it.
    """
    if not 1 <= count <= MOST_DRAWN:
        raise Invalid("task.count", most=MOST_DRAWN, field="count")
    # The row is held from here on: two draws at once stand in line and never take the same.
    Tasking.objects.filter(pk=tasking.pk).update(draws=F("draws") + 1, version=F("version") + 1)
    tasking.refresh_from_db(fields=["draws", "version"])
    keys = Receipt.objects.filter(tasking=tasking, state="done", check_state="").values_list("pk", flat=True)
    chosen = drawn([str(key) for key in keys], count, seed=f"{tasking.pk}:{tasking.draws}")
    if not chosen:
        raise Invalid("task.no_sample", field="count")
    rows = Receipt.objects.filter(pk__in=chosen)
    rows.update(check_state="drawn", drawn_at=clock.now(), version=F("version") + 1)
    return list(Receipt.objects.filter(pk__in=chosen).select_related("person", "agency").order_by("agency__path", "pk"))


@act(
    "task.check",
    zh="记录抽查结果",
    en="note what a check found",
    keeps=("good",),
    about="receipt",
    within=lambda facts: facts["receipt"].tasking.agency.path,
)
def check_receipt(actor: Actor, *, receipt: Receipt, good: bool, word: str = "") -> Receipt:
    """What a look at a drawn one found: as reported, or otherwise with a word why. Once."""
    if not good and not word.strip():
        raise Invalid("fact.missing", field="word")
    changed = Receipt.objects.filter(pk=receipt.pk, check_state="drawn").update(
        check_state="good" if good else "wrong",
        check_word=word.strip(),
        checked_at=clock.now(),
        checked_by_name=actor.name,
        version=F("version") + 1,
    )
    if not changed:
        raise Conflict("task.not_drawn")
    receipt.refresh_from_db()
    return receipt
