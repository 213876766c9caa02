"""Making two records one, and taking that back: a redirect, so that nothing is moved and nothing lost."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.places.occupants.acts.entering import require_seen
from linli.places.occupants.models import Duplicate, Occupant

declare("duplicate.keep", zh="要保留的记录不在这一对里。", en="The record to keep is none of the two.")
declare("duplicate.not_merged", zh="这一对没有合并，或已经撤销。", en="This pair is not merged, or was taken apart.")
declare(
    "duplicate.merged_on",
    zh="保留的记录后来又并入了另一条，请先撤销那次合并。",
    en="The kept record was merged into another one since: take that apart first.",
)


@act("occupant.merge", zh="合并重复人员", en="merge two records of one person", about="duplicate")
def merge_occupants(actor: Actor, *, duplicate: Duplicate, keep: UUID) -> Duplicate:
    """Let the other record of the pair lead to ``keep``. Its residences count and are shown with the kept one. Raises
    Conflict when the pair was decided, or one of the two stands for itself no more.
    """
    if keep not in (duplicate.one_id, duplicate.other_id):
        raise Invalid("duplicate.keep", field="keep")
    kept, gone = (duplicate.one, duplicate.other) if keep == duplicate.one_id else (duplicate.other, duplicate.one)
    require_seen(actor, kept)
    require_seen(actor, gone)
    led = Occupant.objects.filter(merged_into=gone)
    moved = [str(key) for key in led.values_list("pk", flat=True)]
    # Smaller key first, always: two merges that meet wait for each other instead of locking each other out.
    for row in sorted((kept, gone), key=lambda one: one.pk):
        same = Occupant.objects.whole().filter(pk=row.pk)
        into = {"merged_into": kept} if row.pk == gone.pk else {}
        if not same.update(version=F("version") + 1, **into):
            raise Conflict("occupant.gone")
    led.update(merged_into=kept)
    changed = Duplicate.objects.filter(pk=duplicate.pk, state="suggested").update(
        state="merged", kept_id=keep, moved=moved, decided_at=clock.now(), decided_by_name=actor.name,
        version=F("version") + 1,
    )  # fmt: skip
    if not changed:
        raise Conflict("duplicate.decided")
    duplicate.refresh_from_db()
    return duplicate


@act("occupant.unmerge", zh="撤销合并", en="take a merge back", about="duplicate")
def unmerge_occupants(actor: Actor, *, duplicate: Duplicate) -> Duplicate:
    """Both records stand for themselves again, with all that was merged into the other one before; the pair is open."""
    kept_id = duplicate.kept_id
    gone_id = duplicate.other_id if kept_id == duplicate.one_id else duplicate.one_id
    if duplicate.state != "merged" or kept_id is None:
        raise Conflict("duplicate.not_merged")
    if not Duplicate.objects.visible_to(actor).filter(pk=duplicate.pk).exists():
        raise Conflict("duplicate.not_merged")
    if not Occupant.objects.filter(pk=gone_id, merged_into=kept_id).update(merged_into=None, version=F("version") + 1):
        raise Conflict("duplicate.merged_on")
    Occupant.objects.filter(pk__in=duplicate.moved, merged_into=kept_id).update(merged_into=gone_id)
    changed = Duplicate.objects.filter(pk=duplicate.pk, state="merged").update(
        state="suggested", kept_id=None, moved=[], decided_at=None, decided_by_name="", version=F("version") + 1
    )
    if not changed:
        raise Conflict("duplicate.not_merged")
    duplicate.refresh_from_db()
    return duplicate
