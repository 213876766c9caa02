"""Opening and closing nodes of the tree."""

from __future__ import annotations

import re
from datetime import date

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.agencies.rules import may_stand_under, path_of

declare("agency.code_taken", zh="代码“{code}”已被使用。", en="The code {code} is taken.")
declare("agency.code_form", zh="代码只能用字母、数字和短横线。", en="A code is letters, digits and hyphens.")
declare("agency.wrong_parent", zh="{kind}不能设在{parent}之下。", en="A {kind} cannot stand under {parent}.")
declare("agency.in_use", zh="其下还有{count}个单位，不能关闭。", en="{count} agencies still stand below it.")

_CODE = re.compile(r"^[0-9A-Za-z-]{1,24}$")


@act(
    "agency.open",
    zh="设立单位",
    en="open an agency",
    keeps=("code", "kind", "zone"),
    within=lambda facts: facts["parent"].path if facts["parent"] else "/",
)
def open_agency(
    actor: Actor,
    *,
    code: str,
    name: str,
    kind: str,
    parent: Agency | None,
    zone: str = "town",
    lon: float | None = None,
    lat: float | None = None,
    phone: str = "",
    partner_service: str = "",
    opened_on: date | None = None,
) -> Agency:
    """Add a node under ``parent`` (None only for a bureau). Raises Invalid on a kind that may not stand there, Conflict
    on a taken code.
    """
    if not _CODE.match(code):
        raise Invalid("agency.code_form", field="code")
    if kind not in Agency.KINDS:
        raise Invalid("fact.wrong", field="kind", why=kind)
    if not may_stand_under(kind, parent.kind if parent else None):
        raise Invalid(
            "agency.wrong_parent", field="parent", kind=Agency.KINDS[kind][0], parent=parent.name if parent else "—"
        )
    if Agency.objects.filter(code=code).exists():
        raise Conflict("agency.code_taken", code=code, field="code")
    return Agency.objects.create(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        path=path_of(code, parent.path if parent else None),
        zone=zone,
        lon=lon,
        lat=lat,
        phone=phone,
        partner_service=partner_service,
        opened_on=opened_on or clock.shanghai(clock.now()).date(),
    )


@act(
    "agency.change",
    zh="变更单位",
    en="change an agency",
    keeps=("agency",),
    about="agency",
    within=lambda facts: facts["agency"].path,
)
def change_agency(
    actor: Actor,
    *,
    agency: Agency,
    name: str = "",
    zone: str = "",
    lon: float | None = None,
    lat: float | None = None,
    phone: str = "",
    partner_service: str = "",
) -> Agency:
    """Change name, zone, position, telephone or partner service; blank values leave what is there."""
    changes = {"name": name, "zone": zone, "lon": lon, "lat": lat, "phone": phone, "partner_service": partner_service}
    given = {key: value for key, value in changes.items() if value not in (None, "")}
    for key, value in given.items():
        setattr(agency, key, value)
    agency.version += 1
    agency.save(update_fields=[*given, "version"])
    return agency


@act(
    "agency.close",
    zh="撤销单位",
    en="close an agency",
    keeps=("on",),
    about="agency",
    within=lambda facts: facts["agency"].path,
)
def close_agency(actor: Actor, *, agency: Agency, on: date) -> Agency:
    """End a node from a day on; refused while something stands below it."""
    below = Agency.objects.at_work().below(agency.path).exclude(pk=agency.pk).count()
    if below:
        raise Conflict("agency.in_use", count=below)
    agency.closed_on = on
    agency.version += 1
    agency.save(update_fields=["closed_on", "version"])
    return agency
