"""People as they may be shown: masked, with where each group of facts came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.kernel import clock
from linli.kernel.crypto import blind_index
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.addresses.models import Address
from linli.places.homes.models import Home
from linli.places.homes.queries import term
from linli.places.homes.rules import reads_numbers
from linli.places.occupants.models import Occupant, Residence
from linli.places.occupants.models.occupant import PHONE, id_index, name_index
from linli.places.occupants.rules.checking import plain_digits, plain_name
from linli.places.occupants.rules.declared import GROUPS, GUARDED_UNDER_YEARS, SEXES, SOURCES
from linli.places.occupants.rules.identity import ID_KINDS, age_on, masked_number, plain_number

_MOST_BELOW = 300
"""Buildings below one address that are read with it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A group of facts: which, from where, when somebody last made sure, and whether it is to be asked about again."""

    group: str
    words: Words
    source: Words | None
    confirmed_on: date | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Masked:
    """A person as a list shows one. ``id_number`` and ``phone`` are masked, and blank for posts beside the police."""

    id: UUID
    name: str
    sex: Words
    age: int | None
    id_kind: Words
    id_number: str
    phone: str
    young: bool


def masked(actor: Actor, row: Occupant) -> Masked:
    """What of a person may be shown without a purpose."""
    numbers = reads_numbers(actor)
    age = age_on(row.born_on, clock.today()) if row.born_on else None
    name, phone = row.name, row.phone if numbers else ""
    return Masked(
        id=row.pk,
        name=name[:1] + "*" * (len(name) - 1),
        sex=SEXES[row.sex],
        age=age,
        id_kind=ID_KINDS[row.id_kind],
        id_number=masked_number(row.id_number) if numbers else "",
        phone=f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "",
        young=age is not None and age < GUARDED_UNDER_YEARS,
    )


def occupant_by_id(actor: Actor, key: UUID) -> Occupant:
    """One person, the kept record when this one was merged; hidden, erased and absent look the same (NotFound)."""
    found = Occupant.objects.visible_to(actor).filter(pk=key).select_related("merged_into").first()
    if found is not None and found.merged_into is not None:
        found = found.merged_into
    if found is None or found.erased_on is not None:
        raise NotFound("row.unknown", what=str(key))
    return found


def residences_of(actor: Actor, row: Occupant) -> QuerySet[Residence]:
    """Where a person lives and has lived, with what was merged into the record, the latest first."""
    rows = Residence.objects.visible_to(actor).filter(Q(occupant=row) | Q(occupant__merged_into=row))
    return rows.select_related("address", "home", "employer", "occupant").order_by("-since", "-pk")


def record_of(row: Occupant, living: Residence | None) -> list[Told]:
    """Where each group of facts came from and when it was last confirmed."""
    limit = clock.today() - timedelta(days=term("confirm_again").days)
    held = {
        "identity": (row.identity_source, row.identity_confirmed_on),
        "contact": (row.contact_source, row.contact_confirmed_on),
        "residence": (living.source, living.confirmed_on) if living else ("", None),
    }
    return [
        Told(group, GROUPS[group], SOURCES.get(source), on, bool(source) and (on is None or on < limit))
        for group, (source, on) in held.items()
    ]


def living_at(actor: Actor, *, address: Address, on: date | None = None) -> QuerySet[Residence]:
    """Who lives at an address or in a building below it on a day (today), by home and kind."""
    rows = Residence.objects.visible_to(actor).on(on or clock.today())
    # By keys: an "or" over the join would read every residence in reach.
    here = [address.pk, *Address.objects.filter(parent=address).values_list("pk", flat=True)[:_MOST_BELOW]]
    rows = rows.filter(address__in=here, occupant__erased_on__isnull=True)
    return rows.select_related("occupant", "home", "address").order_by("home__code", "kind", "since", "pk")


def household(actor: Actor, *, home: Home, on: date | None = None) -> QuerySet[Residence]:
    """Who lives in one home on a day (today)."""
    rows = Residence.objects.visible_to(actor).on(on or clock.today()).filter(home=home)
    return rows.filter(occupant__erased_on__isnull=True).select_related("occupant", "home", "address").order_by("since")


def search_people(actor: Actor, words: str) -> QuerySet[Occupant]:
    """People by a whole name, a whole identity number or a whole telephone number: sealed values are found only whole.
    Posts beside the police find nobody by a number.
    """
    rows = Occupant.objects.visible_to(actor).whole()
    found = Q(name_index=name_index(plain_name(words)))
    if reads_numbers(actor):
        digits = plain_digits(words)
        found |= Q(id_index=id_index(plain_number(words)))
        if len(digits) >= 7:
            found |= Q(phone_index=blind_index(digits, context=PHONE))
    return rows.filter(found).order_by("pk")


def to_confirm(actor: Actor) -> QuerySet[Residence]:
    """Residences nobody has made sure of within the term, the longest ago first: the visits that are due."""
    limit = clock.today() - timedelta(days=term("confirm_again").days)
    rows = Residence.objects.visible_to(actor).filter(until__isnull=True, occupant__erased_on__isnull=True)
    rows = rows.filter(Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=limit))
    return rows.select_related("occupant", "address", "home").order_by("confirmed_on", "pk")
