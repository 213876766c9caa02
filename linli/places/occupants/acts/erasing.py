"""What is kept no longer than its term: the job that erases, and the same as a question only.

The trail keeps no name and no number of anybody, so its chain holds over an erased person as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.scope import Actor, system
from linli.places.homes.models import Firm, Home
from linli.places.homes.queries import term
from linli.places.occupants.models import Occupant, Report, Residence
from linli.works.jobs.acts import hourly

ERASER = system("register eraser")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Due:
    """How many rows of each kind are past their term on a day; the subject of the trail's entry."""

    pk: str
    people: int
    reports: int
    homes: int
    firms: int
    version: int = 0

    @property
    def total(self) -> int:
        return self.people + self.reports + self.homes + self.firms


def due_people(day: date) -> QuerySet[Occupant]:
    """People whose last residence ended longer ago than the term, with what was merged into them. Nobody who lives
    somewhere, and nobody whose other record does.
    """
    before = day - timedelta(days=term("keep_person").days)
    lately = Q(until__isnull=True) | Q(until__gt=before)
    own = Residence.objects.filter(lately, occupant=OuterRef("pk"))
    merged = Residence.objects.filter(lately, occupant__merged_into=OuterRef("pk"))
    kept = Residence.objects.filter(lately, occupant=OuterRef("merged_into"))
    beside = Residence.objects.filter(
        lately, occupant__merged_into__isnull=False, occupant__merged_into=OuterRef("merged_into")
    )
    rows = Occupant.objects.filter(erased_on__isnull=True, registered_at__date__lte=before)
    return rows.exclude(Exists(own)).exclude(Exists(merged)).exclude(Exists(kept)).exclude(Exists(beside))


def due_reports(day: date) -> QuerySet[Report]:
    """Decided reports past the term, and undecided ones twice as old: their content goes, the row stays and says so."""
    days = term("keep_report").days
    held = Report.objects.exclude(content_sealed=b"")
    old = Q(decided_at__date__lt=day - timedelta(days=days))
    forgotten = Q(state="waiting", received_at__date__lt=day - timedelta(days=2 * days))
    return held.filter(old | forgotten)


def due_homes(day: date) -> QuerySet[Home]:
    """Homes that are no more, confirmed longer ago than the term."""
    before = day - timedelta(days=term("keep_home").days)
    rows = Home.objects.filter(active=False).filter(Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=before))
    return rows.exclude(
        owner_name_sealed=b"", owner_phone_sealed=b"", landlord_name_sealed=b"", landlord_phone_sealed=b""
    )


def due_firms(day: date) -> QuerySet[Firm]:
    """Firms whose premises closed longer ago than the term."""
    before = day - timedelta(days=term("keep_home").days)
    rows = Firm.objects.filter(premises__closed_on__lt=before)
    return rows.exclude(legal_person_sealed=b"", contact_name_sealed=b"", contact_phone_sealed=b"")


def count_due(day: date) -> Due:
    """What would be erased on a day: nothing is written."""
    return Due(
        day.isoformat(),
        due_people(day).count(),
        due_reports(day).count(),
        due_homes(day).count(),
        due_firms(day).count(),
    )


@act("register.erase", zh="到期删除登记信息", en="erase what is past its term", keeps=("day",))
def erase_due(actor: Actor, *, day: date) -> Due:
    """Erase what is past its term on a day, a few hundred rows of each kind at a time. Names, numbers, telephones and
    days of birth go; that somebody lived somewhere stays, as a number in the figures.
    """
    people = list(due_people(day).values_list("pk", flat=True)[:_AT_ONCE])
    Occupant.objects.filter(pk__in=people).update(
        name_sealed=b"", name_index="", id_number_sealed=b"", id_index="", phone_sealed=b"", phone_index="",
        id_kind="none", sex="", born_on=None, guardian_basis="", erased_on=day, version=F("version") + 1,
    )  # fmt: skip
    reports = list(due_reports(day).values_list("pk", flat=True)[:_AT_ONCE])
    Report.objects.filter(pk__in=reports).update(content_sealed=b"", sent_by_name="", version=F("version") + 1)
    homes = list(due_homes(day).values_list("pk", flat=True)[:_AT_ONCE])
    Home.objects.filter(pk__in=homes).update(
        owner_name_sealed=b"", owner_phone_sealed=b"", landlord_name_sealed=b"", landlord_phone_sealed=b"",
        version=F("version") + 1,
    )  # fmt: skip
    firms = list(due_firms(day).values_list("pk", flat=True)[:_AT_ONCE])
    Firm.objects.filter(pk__in=firms).update(
        legal_person_sealed=b"", contact_name_sealed=b"", contact_phone_sealed=b"", version=F("version") + 1
    )
    return Due(day.isoformat(), len(people), len(reports), len(homes), len(firms))


@hourly("register.erasing")
def erase_each_hour(payload: dict[str, Any]) -> None:
    """The hourly round; it writes an entry only when there is something to erase."""
    today = clock.today()
    if count_due(today).total:
        erase_due(ERASER, day=today)
