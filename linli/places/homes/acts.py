"""Homes: entering one or a whole building, what is known of it; who answers for a firm; the terms of reporting."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotFound, declare
from linli.kernel.scope import Actor
from linli.places.addresses.models import Address
from linli.places.homes.models import Firm, Home, RegisterTerm
from linli.places.homes.rules import TERMS, USES, is_credit_code
from linli.places.occupants.rules.checking import check_choice, plain_digits, plain_name
from linli.places.occupants.rules.declared import SOURCES
from linli.places.premises.models import Premises

declare("home.room", zh="室号最多12个字，单元最多8个字。", en="A room has at most 12 characters, a unit at most 8.")
declare("home.known", zh="这一户室已有登记。", en="This home is on record.")
declare("home.changed", zh="他人刚改过这一户，请刷新后再改。", en="Somebody has just changed this home; reload first.")
declare("home.too_many", zh="一次最多排{most}户，现为{n}户。", en="At most {most} homes at once; these are {n}.")
declare("firm.credit_code", zh="统一社会信用代码校验不符。", en="The unified social credit code does not check.")
declare("term.days", zh="天数应在1至3650之间。", en="A term is 1 to 3650 days.")

_SEALED = ("owner_name", "owner_phone", "landlord_name", "landlord_phone")
_FIRM_SEALED = ("legal_person", "contact_name", "contact_phone")
_MOST_AT_ONCE = 600
_LONGEST_UNIT, _LONGEST_ROOM = 8, 12


def plain_door(text: str) -> str:
    """One spelling of a unit or room: half width, capitals, without the words behind it."""
    if text and text.isascii() and text.isalnum():
        return text.upper()
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text or "")).upper()
    return plain.removesuffix("室").removesuffix("单元").removesuffix("房")


def home_code(address: Address, unit: str, room: str) -> str:
    """The address's code with unit and room: what stands on the register's own labels."""
    return "-".join(part for part in (address.code, f"U{unit}" if unit else "", f"R{room}" if room else "") if part)[
        :64
    ]


@act(
    "home.register",
    zh="登记房屋",
    en="register a home",
    keeps=("use", "source"),
    within=lambda facts: facts["agency_path"],
)
def register_home(
    actor: Actor,
    *,
    address: Address,
    agency_path: str,
    unit: str = "",
    room: str = "",
    use: str = "unknown",
    source: str = "visit",
    grid_code: str = "",
) -> Home:
    """Put a home on record. Raises Invalid naming the field, Conflict ``home.known`` with its code."""
    check_choice("use", use, USES)
    check_choice("source", source, SOURCES)
    unit, room = _door(unit, room)
    code = home_code(address, unit, room)
    if Home.objects.filter(address=address, unit=unit, room=room, active=True).exists():
        raise Conflict("home.known", code=code, field="room")
    return Home.objects.create(
        code=code, address=address, unit=unit, room=room, use=use, agency_path=agency_path, grid_code=grid_code,
        source=source, confirmed_on=None if use == "unknown" else clock.today(),
    )  # fmt: skip


def home_at(actor: Actor, *, address: Address, room: str, agency_path: str, grid_code: str = "") -> Home:
    """The home behind a door as somebody says it (``2单元501``, ``501``), put on record when it is not."""
    said = re.match(r"^(?:(\w{1,8})单元)?(.*)$", re.sub(r"\s+", "", unicodedata.normalize("NFKC", room)))
    unit, door = _door(said[1] or "", said[2]) if said else ("", "")
    found = Home.objects.filter(address=address, unit=unit, room=door, active=True).first()
    return found or register_home(
        actor, address=address, agency_path=agency_path, unit=unit, room=door, grid_code=grid_code
    )


def _door(unit: str, room: str) -> tuple[str, str]:
    unit, room = plain_door(unit), plain_door(room)
    if len(unit) > _LONGEST_UNIT or len(room) > _LONGEST_ROOM:
        raise Invalid("home.room", field="room")
    return unit, room


@dataclass(frozen=True, slots=True)
class Doors:
    """The subject of the trail's entry: how many homes of which address."""

    pk: str
    made: int
    version: int
    agency_path: str

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency_path,)


@act(
    "home.lay_out",
    zh="整栋排户",
    en="lay out a building",
    keeps=("units", "floors", "per_floor"),
    within=lambda facts: facts["agency_path"],
)
def lay_out_homes(
    actor: Actor, *, address: Address, agency_path: str, units: int, floors: int, per_floor: int, grid_code: str = ""
) -> Doors:
    """Every home of a building at once: room 502 is the second on the fifth floor of a unit. Those on record stay."""
    count = units * floors * per_floor
    if not 1 <= count <= _MOST_AT_ONCE:
        raise Invalid("home.too_many", n=count, most=_MOST_AT_ONCE, field="floors")
    held = set(Home.objects.filter(address=address, active=True).values_list("unit", "room"))
    doors = [
        (str(unit) if units > 1 else "", f"{floor}{place:02d}")
        for unit in range(1, units + 1)
        for floor in range(1, floors + 1)
        for place in range(1, per_floor + 1)
    ]
    fresh = [
        Home(
            code=home_code(address, unit, room), address=address, unit=unit, room=room, agency_path=agency_path,
            grid_code=grid_code,
        )
        for unit, room in doors
        if (unit, room) not in held
    ]  # fmt: skip
    Home.objects.bulk_create(fresh, batch_size=100)
    return Doors(str(address.pk), len(fresh), 0, agency_path)


@act(
    "home.change",
    zh="变更房屋信息",
    en="change what is known of a home",
    keeps=("use", "source"),
    about="home",
    within=lambda facts: facts["home"].agency_path,
)
def change_home(actor: Actor, *, home: Home, version: int, use: str, source: str, values: dict[str, Any]) -> Home:
    """Set use, number of rooms, owner and landlord (blank empties); all of it counts as confirmed today."""
    if not Home.objects.visible_to(actor).filter(pk=home.pk).exists():
        raise NotFound("row.unknown", what=home.code)
    check_choice("use", use, USES)
    check_choice("source", source, SOURCES)
    columns = {f"{name}_sealed": home.sealed(name, _told(name, values[name])) for name in _SEALED if name in values}
    if "rooms_count" in values:
        columns["rooms_count"] = values["rooms_count"]
    same = Home.objects.filter(pk=home.pk, version=version, active=True)
    now = {"use": use, "source": source, "confirmed_on": clock.today()}
    if not same.update(version=F("version") + 1, **columns, **now):
        raise Conflict("home.changed")
    home.refresh_from_db()
    return home


def _told(name: str, text: str) -> str:
    return plain_digits(text) if name.endswith("_phone") else plain_name(text)[:60]


@act(
    "firm.set",
    zh="登记单位信息",
    en="record who answers for a firm",
    keeps=("source",),
    within=lambda facts: facts["premises"].agency_path,
)
def set_firm(
    actor: Actor,
    *,
    premises: Premises,
    source: str,
    credit_code: str = "",
    staff_count: int | None = None,
    values: dict[str, str] | None = None,
) -> Firm:
    """The firm in registered premises: its code, who answers for it (blank empties what is given blank)."""
    plain = plain_door(credit_code)
    if plain and not is_credit_code(plain):
        raise Invalid("firm.credit_code", field="credit_code")
    check_choice("source", source, SOURCES)
    row, _ = Firm.objects.get_or_create(premises=premises)
    columns: dict[str, Any] = {
        f"{name}_sealed": row.sealed(name, _told(name, (values or {})[name]))
        for name in _FIRM_SEALED
        if name in (values or {})
    }
    columns |= {"credit_code": plain, "staff_count": staff_count, "source": source, "confirmed_on": clock.today()}
    Firm.objects.filter(pk=row.pk).update(version=F("version") + 1, **columns)
    row.refresh_from_db()
    return row


@act("term.set", zh="设定登记期限", en="set a term of the register", keeps=("code", "days", "working_days"))
def set_term(actor: Actor, *, code: str, days: int, working_days: bool = False) -> RegisterTerm:
    """How many days a term has here: the province's rule, or the bureau's own."""
    check_choice("code", code, TERMS)
    if not 1 <= days <= 3650:
        raise Invalid("term.days", field="days")
    row, made = RegisterTerm.objects.get_or_create(code=code, defaults={"days": days, "working_days": working_days})
    if not made:
        RegisterTerm.objects.filter(pk=code).update(days=days, working_days=working_days, version=F("version") + 1)
        row.refresh_from_db()
    return row
