"""Registering premises, changing them, closing them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db.models import F

from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.geo import possible
from linli.kernel.inputs import Given, Offline, asked
from linli.kernel.scope import Actor
from linli.places.grading.acts import end_gradings
from linli.places.grading.models import Grading
from linli.places.grid.queries import grid_at
from linli.places.premises.models import Premises
from linli.places.premises.rules import KINDS

declare("premises.code_taken", zh="编号“{code}”已被使用。", en="The code {code} is taken.")
declare("premises.code_form", zh="编号只能用字母、数字和短横线。", en="A code is letters, digits and hyphens.")
declare("premises.name_empty", zh="请填写名称。", en="Please give a name.")
declare("premises.kind", zh="没有“{kind}”这类场所。", en="There is no kind of premises {kind}.")
declare("premises.place", zh="经纬度不完整或不可能。", en="The coordinates are incomplete or impossible.")
declare("premises.closed", zh="该场所已停业。", en="These premises have closed.")
declare("premises.changed", zh="他人刚改过这个场所，请刷新后再改。", en="Somebody has just changed this; reload first.")

_CODE = re.compile(r"^[0-9A-Za-z-]{1,40}$")
_CHANGEABLE = (
    "name",
    "kind",
    "operator",
    "address_text",
    "lon",
    "lat",
    "usual_people",
    "hazard_note",
)


@act(
    "premises.register",
    zh="登记场所",
    en="register premises",
    keeps=("code", "kind"),
    within=lambda facts: facts["agency_path"],
)
def register_premises(
    actor: Actor,
    *,
    code: str,
    name: str,
    kind: str,
    agency_path: str,
    operator: str = "",
    address_text: str = "",
    lon: float | None = None,
    lat: float | None = None,
    usual_people: int | None = None,
    hazard_note: str = "",
) -> Premises:
    """Enter a place into the register of the agency at ``agency_path``. Raises Invalid naming the field, or Conflict
    on a taken code.
    """
    if not _CODE.match(code):
        raise Invalid("premises.code_form", field="code")
    check_premises(name=name, kind=kind, lon=lon, lat=lat)
    if Premises.objects.filter(code=code).exists():
        raise Conflict("premises.code_taken", code=code, field="code")
    return Premises.objects.create(
        code=code,
        name=name.strip(),
        kind=kind,
        agency_path=agency_path,
        operator=operator,
        address_text=address_text,
        lon=lon,
        lat=lat,
        grid_code=_grid_code(lon, lat),
        usual_people=usual_people,
        hazard_note=hazard_note,
    )


def _from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    """What was seen on the spot, met with what the register says now."""
    blank: dict[str, Any] = {"usual_people": None}
    values = {name: blank.get(name, "") if value is None else value for name, value in given.values.items()}
    if values.get("usual_people") is not None:
        values["usual_people"] = int(values["usual_people"])
    return {"version": given.subject.version, "values": values}


@act(
    "premises.change",
    zh="变更场所",
    en="change premises",
    keeps=("premises",),
    about="premises",
    offline=Offline(
        inputs=(
            asked("name", "text", "名称", "name", longest=120, conflict="legal"),
            asked("operator", "text", "经营者", "operator", longest=120, conflict="legal"),
            asked("address_text", "text", "地址", "address", longest=160),
            asked("usual_people", "number", "平时人数", "people usually inside", least=0, most=100_000),
            asked("hazard_note", "text", "隐患备注", "what is dangerous", longest=200),
        ),
        subject=Premises,
        merges="light",
        prepare=_from_phone,
        group="visit",
        icon="building-store",
        order=65,
    ),
    within=lambda facts: facts["premises"].agency_path,
)
def change_premises(actor: Actor, *, premises: Premises, version: int, values: dict[str, Any]) -> Premises:
    """Set the given columns (a blank empties one that may be empty). ``version`` is the one that the form showed:
    Conflict when somebody has changed the row since.
    """
    given = {key: value for key, value in values.items() if key in _CHANGEABLE}
    after = {key: given.get(key, getattr(premises, key)) for key in ("name", "kind", "lon", "lat")}
    check_premises(**after)
    given["grid_code"] = _grid_code(after["lon"], after["lat"])
    if not Premises.objects.filter(pk=premises.pk, version=version).update(version=F("version") + 1, **given):
        raise Conflict("premises.changed")
    premises.refresh_from_db()
    return premises


@act(
    "premises.close",
    zh="场所停业",
    en="close premises",
    keeps=("on",),
    about="premises",
    within=lambda facts: facts["premises"].agency_path,
)
def close_premises(actor: Actor, *, premises: Premises, on: date) -> Premises:
    """The place has closed: it is listed no more, and its grading ends. What happened there stays."""
    changed = Premises.objects.filter(pk=premises.pk, closed_on__isnull=True).update(
        closed_on=on, version=F("version") + 1
    )
    if not changed:
        raise Conflict("premises.closed")
    end_gradings(Grading.objects.filter(premises=premises), why="closed")
    premises.refresh_from_db()
    return premises


def check_premises(*, name: str, kind: str, lon: float | None, lat: float | None) -> None:
    """Raise Invalid for the first value that cannot be."""
    if not name.strip():
        raise Invalid("premises.name_empty", field="name")
    if kind not in KINDS:
        raise Invalid("premises.kind", kind=kind, field="kind")
    if (lon is None) != (lat is None) or (lon is not None and lat is not None and not possible(lon, lat)):
        raise Invalid("premises.place", field="lon")


def _grid_code(lon: float | None, lat: float | None) -> str:
    grid = grid_at(lon, lat) if lon is not None and lat is not None else None
    return grid.code if grid else ""
