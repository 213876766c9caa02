"""What waits for a decision: reports from outside and pairs that may be one person."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from linli.kernel.crypto import blind_index
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.places.occupants.models import Duplicate, Occupant, Report, Residence
from linli.places.occupants.models.occupant import id_index, name_index
from linli.places.occupants.models.report import RECEIPT
from linli.places.occupants.rules.checking import plain_name
from linli.places.occupants.rules.identity import plain_number

_MOST_SUGGESTED = 12


def reports_of(actor: Actor, *, state: str = "waiting") -> QuerySet[Report]:
    """Reports in a state that the actor decides or wrote down, the oldest first."""
    rows = Report.objects.visible_to(actor).select_related("address", "for_occupant")
    return (rows.filter(state=state) if state else rows).order_by("received_at", "pk")


def report_by_id(actor: Actor, key: UUID) -> Report:
    """One report; hidden and absent look the same (NotFound)."""
    found = Report.objects.visible_to(actor).filter(pk=key).select_related("address", "for_occupant").first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def report_by_receipt(receipt: str) -> Report | None:
    """The report with this receipt: for its sender, who may know its state and nothing else."""
    return Report.objects.filter(receipt_index=blind_index(receipt.strip().upper(), context=RECEIPT)).first()


def suggestions_for(actor: Actor, report: Report) -> list[Occupant]:
    """People on record whom a report may be about: the same number; the same name, here first; and for what ends or
    mends a record whoever lives at the address, for a name may be written another way. At most twelve.
    """
    told, rows = report.content, Occupant.objects.visible_to(actor).whole()
    found: dict[UUID, Occupant] = {}
    if told.get("id_number"):
        for row in rows.filter(id_index=id_index(plain_number(told["id_number"])))[:8]:
            found[row.pk] = row
    if told.get("name"):
        same = rows.filter(name_index=name_index(plain_name(told["name"])))
        here = Residence.objects.filter(address=report.address, until__isnull=True).values("occupant")
        for row in [*same.filter(pk__in=here)[:8], *same.exclude(pk__in=here)[:8]]:
            found.setdefault(row.pk, row)
    if report.kind in ("moved_out", "let_ended", "left_job", "corrected"):
        living = Residence.objects.visible_to(actor).filter(address=report.address, until__isnull=True)
        for row in rows.filter(pk__in=living.values("occupant")).order_by("pk")[:_MOST_SUGGESTED]:
            found.setdefault(row.pk, row)
    return list(found.values())[:_MOST_SUGGESTED]


def duplicates_open(actor: Actor, *, state: str = "suggested") -> QuerySet[Duplicate]:
    """Pairs in a state of which the actor sees both records."""
    rows = Duplicate.objects.visible_to(actor).filter(state=state)
    return rows.select_related("one", "other").order_by("-found_at", "pk")


def duplicate_by_id(actor: Actor, key: UUID) -> Duplicate:
    """One pair; hidden and absent look the same (NotFound)."""
    found = Duplicate.objects.visible_to(actor).filter(pk=key).select_related("one", "other").first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found
