"""What the ledger knows of a dispute before anybody says anything: earlier calls there and between the same people."""

from __future__ import annotations

from datetime import timedelta
from math import cos, radians

from django.db.models import Q

from linli.matters.ledger.models import Matter
from linli.matters.links.models import Link
from linli.matters.parties.models import Party
from linli.mediation.agreements.models import Agreement
from linli.mediation.cases.models import MediationCase
from linli.mediation.parties.models import Disputant
from linli.mediation.schemes.rules import Signs

WINDOW = timedelta(days=90)
NEAR_M = 60
_METRES_A_DEGREE = 111_195
_KINDS = ("dispute", "incident")
MOST = 200


def near_disputes(matter: Matter, case: MediationCase | None = None) -> list[Matter]:
    """Disputes and calls of the 90 days before at the same place, between the same people or tied to this one: newest
    first, this one left out.
    """
    span = Q(
        kind__in=_KINDS, received_at__gte=matter.received_at - WINDOW, received_at__lte=matter.received_at + WINDOW
    )
    found: dict[object, Matter] = {}
    for reason in _reasons(matter, case):
        for row in Matter.objects.filter(span, reason).exclude(pk=matter.pk).order_by("-received_at")[:MOST]:
            found[row.pk] = row
    return sorted(found.values(), key=lambda row: row.received_at, reverse=True)


def _reasons(matter: Matter, case: MediationCase | None) -> list[Q]:
    """One query each: joined by "or" neither database would use an index."""
    reasons = []
    if matter.address:
        reasons.append(Q(address=matter.address))
    if matter.lon is not None and matter.lat is not None:
        up = NEAR_M / _METRES_A_DEGREE
        across = up / max(0.01, cos(radians(matter.lat)))
        lat, lon = (matter.lat - up, matter.lat + up), (matter.lon - across, matter.lon + across)
        reasons.append(Q(lat__range=lat, lon__range=lon))
    same = set(_of_same_people(matter, case))
    tied = Link.objects.standing().filter(Q(one=matter) | Q(other=matter)).values_list("one_id", "other_id")
    same |= {key for pair in tied for key in pair}
    if same:
        reasons.append(Q(pk__in=same))
    return reasons


def _of_same_people(matter: Matter, case: MediationCase | None) -> list[object]:
    """Matters in which a telephone or an identity number of these parties stands; a name alone is not enough."""
    phones = set(Party.objects.filter(matter=matter).exclude(phone_index="").values_list("phone_index", flat=True))
    found: list[object] = list(Party.objects.filter(phone_index__in=phones).values_list("matter_id", flat=True)[:MOST])
    if case is None:
        return found
    own = Disputant.objects.filter(case=case)
    for column in ("phone_index", "id_number_index"):
        known = own.exclude(**{column: ""}).values(column)
        rows = Disputant.objects.filter(**{f"{column}__in": known}).exclude(case=case)
        found += rows.values_list("case__matter_id", flat=True)[:MOST]
    return found


def signs_of(case: MediationCase) -> Signs:
    """What the table of colours is asked with. Repeats count this one too."""
    others = near_disputes(case.matter, case)
    numbers = {"repeats": len(others) + 1}
    for field in ("households", "amount_yuan"):
        value = getattr(case, field)
        if value is not None:
            numbers[field] = value
    keys = [row.pk for row in others]
    before = MediationCase.objects.filter(matter__in=keys).exclude(pk=case.pk)
    said = set(case.signs)
    if before.filter(end_reason="refused").exists():
        said.add("refused")
    if Agreement.objects.filter(case__in=before, state="not_performed").exists():
        said.add("broken")
    return Signs(numbers, frozenset(said))
