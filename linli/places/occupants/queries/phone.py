"""What of the register goes along on a phone, and how a report or a confirmation comes back from one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from linli.kernel.errors import Invalid, declare
from linli.kernel.geo import Box, box_around, distance_m
from linli.kernel.inputs import Given, Input, Offline, Spot, Variant, asked
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.addresses.models import Address
from linli.places.occupants.models import Occupant, Report, Residence
from linli.places.occupants.queries.people import masked, to_confirm
from linli.places.occupants.rules.declared import CIVIL_READERS, FULL_READERS, GROUPS, GUARDIAN, KINDS, SOURCES
from linli.places.occupants.rules.identity import ID_KINDS
from linli.places.occupants.rules.reporting import FIELD_WORDS, LONGEST, REPORTS

declare(
    "report.no_address",
    zh="附近没有标准地址，请写门牌地址或地址编码。",
    en="No standard address is near: write the address or its code.",
)

_NEAR_M = 60.0
_ALONG = 60
_TABLES = {"kind": KINDS, "id_kind": ID_KINDS, "guardian_basis": GUARDIAN}
_LIVES_AS = "lives_as"
"""The input ``kind`` of a report on the phone: how one lives here. The form itself says which kind of report it is."""


def _input(name: str, *, required: bool) -> Input:
    words = FIELD_WORDS[name]
    more: dict[str, Any] = {"required": required, "personal": name not in ("kind", "happened_on")}
    if name in _TABLES:
        choices = tuple((code, said) for code, said in _TABLES[name].items())
        return asked(_LIVES_AS if name == "kind" else name, "choice", words.zh, words.en, choices=choices, **more)
    if name == "happened_on":
        return asked(name, "date", words.zh, words.en, **more)
    return asked(name, "text", words.zh, words.en, longest=LONGEST.get(name, 50), **more)


def _forms() -> tuple[Variant, ...]:
    """One form for each kind of report: the place, then its fields."""
    place = asked("place", "place", "门牌地址", "address of the door", required=True)
    return tuple(
        Variant(
            code,
            one.words,
            (place, *(_input(name, required=name in one.required) for name in one.fields)),
            posts=tuple(sorted(FULL_READERS | CIVIL_READERS)),
            icon="users",
        )
        for code, one in REPORTS.items()
    )


def _told(actor: Actor, given: Given) -> dict[str, Any]:
    """The arguments of ``report.submit``: the address at the spot, and the room that the sender works at answers."""
    values = dict(given.values)
    address = address_at(values.pop("place", None) or Spot())
    told = {("kind" if name == _LIVES_AS else name): str(value) for name, value in values.items()}
    posts = [post.path for post in actor.posts if post.code in FULL_READERS | CIVIL_READERS]
    return {
        "kind": given.variant,
        "address": address,
        "agency_path": max(posts, key=len, default="/"),
        "told": told,
        "source": "visit",
        "row_id": given.record,
    }


def address_at(spot: Spot) -> Address:
    """The standard address that a phone means: by its code or whole text, else the nearest within 60 m. Raises Invalid
    ``report.no_address``.
    """
    text = spot.address.strip()
    if text:
        found = Address.objects.filter(code=text, active=True).first()
        found = found or Address.objects.filter(text=text, active=True).order_by("pk").first()
        if found is not None:
            return found
    if spot.lon is None or spot.lat is None:
        raise Invalid("report.no_address", field="place")
    box: Box = box_around(spot.lon, spot.lat, _NEAR_M)
    rows = Address.objects.filter(active=True, lat__range=(box.south, box.north), lon__range=(box.west, box.east))
    near = [
        (distance_m(spot.lon, spot.lat, row.lon, row.lat), row.code, row) for row in rows.exclude(kind="road")[:200]
    ]
    if not near or min(near)[0] > _NEAR_M:
        raise Invalid("report.no_address", field="place")
    return min(near)[2]


REPORT_ON_PHONE = Offline(creates=Report, variants=_forms, prepare=_told, icon="users", group="report", order=70)
CONFIRM_ON_PHONE = Offline(
    inputs=(
        asked(
            "groups", "choices", "核实了什么", "what was confirmed", required=True,
            choices=tuple((code, words) for code, words in GROUPS.items()),
        ),
        asked(
            "source", "choice", "来源", "source", default="visit",
            choices=tuple((code, SOURCES[code]) for code in ("visit", "order", "counter")),
        ),
    ),
    subject=Occupant,
    icon="check",
    group="visit",
    order=40,
)  # fmt: skip


def _due(actor: Actor) -> list[tuple[uuid.UUID, int]]:
    """Whose facts are to be asked about again, the longest ago first: only for posts that confirm them."""
    if not actor.holds("community_officer", "station_chief"):
        return []
    keys = list(to_confirm(actor).values_list("occupant_id", flat=True)[:_ALONG])
    rows = Occupant.objects.filter(pk__in=keys, merged_into__isnull=True, erased_on__isnull=True)
    return list(rows.values_list("pk", "version"))


def _shown(actor: Actor, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, Shown]:
    people = Occupant.objects.visible_to(actor).filter(pk__in=keys)
    living = Residence.objects.visible_to(actor).filter(occupant__in=keys, until__isnull=True)
    at = {row.occupant_id: row for row in living.select_related("address", "home").order_by("since")}
    return {row.pk: _one(actor, row, at[row.pk]) for row in people if row.pk in at}


def _one(actor: Actor, row: Occupant, living: Residence) -> Shown:
    who, door = masked(actor, row), living.home.door if living.home else ""
    return Shown(
        group="along",
        title=who.name,
        lines=[KINDS[living.kind].as_json()],
        lon=living.address.lon,
        lat=living.address.lat,
        address=f"{living.address.text}{door}",
    )


part(Part("occupant", Occupant, Words("待复核的人", "whose facts to confirm"), 60, _due, _shown, most=_ALONG))
