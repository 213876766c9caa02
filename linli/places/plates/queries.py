"""The address tree, read level by level: divisions, streets and villages, plates and buildings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from linli.kernel.errors import NotFound
from linli.places.addresses.models import Address, AddressName
from linli.places.divisions.models import Division
from linli.places.plates.models import DoorPlate


def divisions_under(parent: Division | None, day: date) -> QuerySet[Division]:
    """Divisions that exist on a day below one (None: the topmost that are on record)."""
    rows = Division.objects.valid_on(day)
    if parent is not None:
        return rows.filter(parent=parent).order_by("code")
    return rows.filter(parent__isnull=True).order_by("code")


def with_predecessors(division: Division) -> list[UUID]:
    """A division and all that it stands for now: addresses keep the code of the day on which they were written."""
    found, more = [division.pk], [division.pk]
    while more and len(found) < 200:
        rows = Division.objects.filter(succeeded_by__in=more).exclude(pk__in=found)
        more = list(rows.values_list("pk", flat=True))
        found += more
    return found


def names_in(division: Division | None) -> QuerySet[AddressName]:
    """Streets, villages and yards with addresses in a division (None: of addresses without one), and how many."""
    here = Q(addresses__active=True, addresses__parent__isnull=True)
    if division is None:
        here &= Q(addresses__division__isnull=True)
    else:
        here &= Q(addresses__division__in=with_predecessors(division))
    counted = AddressName.objects.filter(alias_of__isnull=True).annotate(n=Count("addresses", filter=here))
    return counted.filter(n__gt=0).order_by("text")


def addresses_of(name: UUID, division: Division | None) -> QuerySet[Address]:
    """The addresses directly under a street or village in a division, by number."""
    rows = Address.objects.filter(name=name, active=True, parent__isnull=True)
    if division is None:
        rows = rows.filter(division__isnull=True)
    else:
        rows = rows.filter(division__in=with_predecessors(division))
    return rows.annotate(below=Count("children", filter=Q(children__active=True))).order_by(
        "group", "number", "sub", "building"
    )


def address_by_code(code: str) -> Address:
    """One address with its street and division. Raises NotFound."""
    found = Address.objects.filter(code=code).select_related("name", "division", "parent").first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


def line_of(address: Address) -> list[Address]:
    """The addresses above one, the topmost first."""
    line: list[Address] = []
    while address.parent is not None and len(line) < 8:
        address = address.parent
        line.insert(0, address)
    return line


def hanging_plate(token: str) -> DoorPlate | None:
    """The plate with this code, while it hangs and its address is there."""
    rows = DoorPlate.objects.hanging().filter(token=token, address__active=True)
    return rows.select_related("address").first()


def plates_of(addresses: Sequence[Address]) -> dict[UUID, DoorPlate]:
    """The hanging plates of addresses, by address."""
    return {row.address_id: row for row in DoorPlate.objects.hanging().filter(address__in=addresses)}
