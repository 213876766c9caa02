"""Opening an address below another, closing it; printing and ending door plates."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.geo import possible
from linli.kernel.scope import Actor
from linli.places.addresses.acts import address_name, name_grams
from linli.places.addresses.models import Address, AddressGram, AddressName
from linli.places.plates.models import DoorPlate
from linli.places.plates.rules import SEGMENTS, Part, child_code, may_lie_below, part_text

declare("address.below", zh="“{kind}”不能设在“{parent}”之下。", en="A {kind} does not lie below a {parent}.")
declare("address.part", zh="请填写号码或名称。", en="Please give a number or a name.")
declare("address.known", zh="这个地址已经有了：{code}。", en="This address is there already: {code}.")
declare("address.place", zh="经纬度不完整或不可能。", en="The coordinates are incomplete or impossible.")
declare("address.code_long", zh="地址编码超过40位，请由本地编码。", en="The code grows beyond 40: give a local one.")
declare("address.in_use", zh="此地址下还有登记或下级地址，不能停用。", en="People, homes or addresses are still here.")
declare("plate.ended", zh="这块门牌码已停用。", en="This door plate's code has ended.")
declare("plate.too_many", zh="一次最多打印{most}块门牌码。", en="At most {most} plates at once.")

_MOST_PLATES = 400
_LONGEST_CODE = 40


@act(
    "address.open",
    zh="设立地址",
    en="open an address",
    keeps=("kind", "number", "sub"),
    within=lambda facts: facts["agency_path"],
)
def open_address(
    actor: Actor,
    *,
    parent: Address,
    agency_path: str,
    kind: str,
    number: int | None = None,
    sub: int | None = None,
    title: str = "",
    code: str = "",
    lon: float | None = None,
    lat: float | None = None,
) -> Address:
    """One more address below ``parent``: a yard on a street, a house in a lane, a building in a yard. Without a point
    it stands where its parent does, without a ``code`` it gets one below its parent's. Raises Invalid or Conflict.
    """
    part = Part(kind, number, sub, title.strip())
    if kind not in SEGMENTS or not may_lie_below(parent.kind, kind):
        raise Invalid("address.below", field="kind", kind=kind, parent=parent.kind)
    if (kind in ("lane", "estate")) != bool(part.name) or (not part.name and number is None):
        raise Invalid("address.part", field="title" if kind in ("lane", "estate") else "number")
    if (lon is None) != (lat is None) or (lon is not None and lat is not None and not possible(lon, lat)):
        raise Invalid("address.place", field="lon")
    own = code or child_code(parent.code, part, parent.children.count() + 1)
    if len(own) > _LONGEST_CODE:
        raise Invalid("address.code_long", field="code")
    text = f"{parent.text}{part_text(part)}"[:160]
    known = Address.objects.filter(code=own).first() or parent.children.filter(text=text, active=True).first()
    if known is not None:
        raise Conflict("address.known", field="number", code=known.code)
    return Address.objects.create(
        code=own, text=text, kind=kind, parent=parent, division_id=parent.division_id, name=_name(parent, part),
        group=number if kind == "group" else parent.group,
        number=number if kind == "house" else parent.number, sub=sub if kind == "house" else parent.sub,
        building=number if kind == "building" else parent.building,
        lon=parent.lon if lon is None else lon, lat=parent.lat if lat is None else lat,
    )  # fmt: skip


def _name(parent: Address, part: Part) -> AddressName:
    """A yard or lane is found by its own name, anything with a number by its street's or yard's."""
    if not part.name:
        return parent.name
    area = parent.name.area
    found = AddressName.objects.filter(text=part.name, area=area, alias_of__isnull=True).first()
    if found is not None:
        return found
    made = address_name(part.name, area, "estate" if part.kind == "estate" else "road")
    made.save(force_insert=True)
    AddressGram.objects.bulk_create(name_grams(made))
    return made


@act("address.close", zh="停用地址", en="close an address", about="address", within=lambda facts: facts["agency_path"])
def close_address(actor: Actor, *, address: Address, agency_path: str) -> Address:
    """The address is no more (pulled down, renumbered): it is found no more, what happened there stays. Conflict while
    anybody lives there, or anything lies below.
    """
    busy = (
        address.residences.filter(until__isnull=True).exists()
        or address.homes.filter(active=True).exists()
        or address.children.filter(active=True).exists()
        or address.premises.filter(closed_on__isnull=True).exists()
    )
    if busy:
        raise Conflict("address.in_use")
    Address.objects.filter(pk=address.pk).update(active=False)
    DoorPlate.objects.filter(address=address, ended_on__isnull=True).update(ended_on=clock.today())
    address.refresh_from_db()
    return address


@dataclass(frozen=True, slots=True)
class Printed:
    """The plates of a sheet, in the order asked for; the subject of the trail's entry."""

    pk: str
    plates: tuple[DoorPlate, ...]
    agency_path: str
    version: int = 0

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency_path,)


@act("plate.print", zh="打印门牌码", en="print door plates", within=lambda facts: facts["agency_path"])
def print_plates(actor: Actor, *, addresses: Sequence[Address], agency_path: str) -> Printed:
    """The plate of each address; one that hangs already keeps its code, so that a reprint ends nothing."""
    if not 1 <= len(addresses) <= _MOST_PLATES:
        raise Invalid("plate.too_many", most=_MOST_PLATES)
    held = {row.address_id: row for row in DoorPlate.objects.hanging().filter(address__in=addresses)}
    today = clock.today()
    fresh = {
        one.pk: DoorPlate(address=one, token=secrets.token_urlsafe(12), agency_path=agency_path, printed_on=today)
        for one in addresses
        if one.pk not in held
    }
    DoorPlate.objects.bulk_create(fresh.values(), batch_size=100)
    plates = tuple((held | fresh)[one.pk] for one in addresses)
    return Printed(f"{len(plates)} plates", plates, agency_path)


@act(
    "plate.end",
    zh="停用门牌码",
    en="end a door plate",
    about="plate",
    within=lambda facts: facts["plate"].agency_path,
)
def end_plate(actor: Actor, *, plate: DoorPlate) -> DoorPlate:
    """The code is lost or misused: it leads nowhere from now on, and the next print makes another."""
    if not DoorPlate.objects.hanging().filter(pk=plate.pk).update(ended_on=clock.today()):
        raise Conflict("plate.ended")
    plate.refresh_from_db()
    return plate
