"""Thinning what is past its term, holding what a law wants whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor, system
from linli.matters.files.models import Attachment
from linli.matters.handovers.models import Handover
from linli.matters.keeping.models import Hold, Thinned
from linli.matters.keeping.rules import kept_details, over_before, rough
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter, Stamp
from linli.matters.line.models import Hop
from linli.matters.links.models import Link
from linli.matters.notes.models import Note
from linli.matters.parties.models import Party
from linli.matters.public.models import PublicReport
from linli.works.files.acts import let_go
from linli.works.jobs.acts import hourly

declare(
    "hold.basis", zh="请写明依据（法条、案号或法院文书）。", en="Say on what ground: a law, a case, a court's paper."
)
declare("hold.standing", zh="这件事项已在保全中。", en="This matter is held already.")
declare("hold.over", zh="保全已解除。", en="This hold is over.")
declare("hold.gone", zh="这件事项的内容已按期删除。", en="What this matter said was erased when due.")

KEEPER = system("matter keeper")
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class MattersThinned:
    """News: these matters say no more who and what; whoever holds words about them lets them go too."""

    keys: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Thinning:
    """How many matters were thinned on a day; the subject of the trail's entry."""

    pk: str
    matters: int
    version: int = 0


def due_matters(day: date) -> QuerySet[Matter]:
    """Closed matters past the term of their kind, neither thinned nor held, and tied to none that is still open."""
    over = Q(pk__in=[])
    for kind in KINDS.values():
        over |= Q(kind=kind.code, closed_at__date__lt=over_before(kind, day))
    rows = Matter.objects.filter(over)
    tied = Link.objects.standing()
    return rows.exclude(
        Exists(Thinned.objects.filter(matter=OuterRef("pk")))
    ).exclude(
        Exists(Hold.objects.standing().filter(matter=OuterRef("pk")))
    ).exclude(
        Exists(tied.filter(one=OuterRef("pk"), other__closed_at__isnull=True))
    ).exclude(
        Exists(tied.filter(other=OuterRef("pk"), one__closed_at__isnull=True))
    )  # fmt: skip


@act("matter.thin", zh="到期精简事项", en="thin matters past their term", keeps=("day",))
def thin_due(actor: Actor, *, day: date) -> Thinning:
    """Take names, free words, files and the door out of matters past their term, some hundred at a time. Number, kind,
    states, times, choices, agency and grid stay, so every figure stays.
    """
    rows = list(due_matters(day).order_by("closed_at", "pk")[:_AT_ONCE])
    keys = [row.pk for row in rows]
    for row in rows:
        Matter.objects.filter(pk=row.pk).update(
            title="", address="", address_id=None, warnings=[], details=kept_details(KINDS[row.kind], row.details),
            lon=rough(row.lon), lat=rough(row.lat), version=F("version") + 1,
        )  # fmt: skip
    Party.objects.filter(matter__in=keys).update(name_sealed=b"", phone_sealed=b"", phone_index="")
    Note.objects.filter(matter__in=keys).update(text="")
    Stamp.objects.filter(matter__in=keys).update(proof=None)
    Handover.objects.filter(matter__in=keys).update(text="", answer="")
    Hop.objects.filter(matter__in=keys).update(word="")
    PublicReport.objects.filter(matter__in=keys).update(answer="", published_text="", opinion_text="")
    _without_files(keys)
    Thinned.objects.bulk_create(Thinned(matter=row, on=day) for row in rows)
    news.announce(MattersThinned(tuple(keys)))
    return Thinning(day.isoformat(), len(rows))


def _without_files(keys: list[UUID]) -> None:
    """Attachments go, and what they hung on, unless the same file hangs elsewhere too."""
    held = Attachment.objects.filter(matter__in=keys)
    files = sorted(set(held.values_list("file_id", flat=True)))
    held.delete()
    let_go(files)


@hourly("matters.thin")
def thin_each_hour(payload: dict[str, Any]) -> None:
    """The hourly round; it writes an entry only when there is something to thin."""
    today = clock.today()
    if due_matters(today).exists():
        thin_due(KEEPER, day=today)


@act(
    "matter.hold",
    zh="保全事项",
    en="hold a matter",
    keeps=("basis",),
    about="matter",
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def hold_matter(actor: Actor, *, matter: Matter, basis: str) -> Hold:
    """Keep a matter whole beyond its term. Raises Invalid without a ground, Conflict when it is held or thinned."""
    if not basis.strip():
        raise Invalid("hold.basis", field="basis")
    if Thinned.objects.filter(matter=matter).exists():
        raise Conflict("hold.gone")
    try:
        with transaction.atomic():
            return Hold.objects.create(
                matter=matter, basis=basis.strip()[:120], since_at=clock.now(), by_name=actor.name
            )
    except IntegrityError as twice:
        raise Conflict("hold.standing") from twice


@act(
    "matter.let_go",
    zh="解除保全",
    en="end a hold",
    about="hold",
    within=lambda facts: facts["hold"].scope_paths()[0],
)
def end_hold(actor: Actor, *, hold: Hold) -> Hold:
    """The matter goes when its term is over again. Raises Conflict when somebody was first."""
    changed = (
        Hold.objects.standing()
        .filter(pk=hold.pk)
        .update(ended_at=clock.now(), ended_by_name=actor.name, version=F("version") + 1)
    )
    if not changed:
        raise Conflict("hold.over")
    hold.refresh_from_db()
    return hold
