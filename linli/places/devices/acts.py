"""Registering devices, changing them, reporting them broken or mended."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.geo import possible
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.places.devices.models import DEVICE_LIFE, Device
from linli.places.devices.rules import KINDS, LONGEST_M, OWNERS
from linli.places.grid.queries import grid_at

declare("device.code_taken", zh="设备编码“{code}”已被使用。", en="The code {code} is taken.")
declare("device.code_form", zh="设备编码只能用字母、数字和短横线。", en="A code is letters, digits and hyphens.")
declare("device.name_empty", zh="请填写设备名称。", en="Please give the device a name.")
declare("device.kind", zh="没有“{kind}”这类设备。", en="There is no kind of device {kind}.")
declare("device.place", zh="设备须有可能的经纬度。", en="A device needs possible coordinates.")
declare("device.direction", zh="朝向须在0到360度之间。", en="A direction lies between 0 and 360 degrees.")
declare("device.angle", zh="视角须大于0、不超过360度。", en="An angle of view is more than 0 and at most 360 degrees.")
declare("device.range", zh="可视距离须在1到2000米之间。", en="A range lies between 1 and 2000 metres.")
declare("device.changed", zh="他人刚改过这台设备，请刷新后再改。", en="Somebody has just changed this; reload first.")

_CODE = re.compile(r"^[0-9A-Za-z-]{1,40}$")
_CHANGEABLE = (
    "name",
    "kind",
    "owner_kind",
    "owner",
    "lon",
    "lat",
    "direction_deg",
    "angle_deg",
    "range_m",
    "address_text",
)


@act(
    "device.register",
    zh="登记设备",
    en="register a device",
    keeps=("code", "kind", "owner_kind"),
    within=lambda facts: facts["agency_path"],
)
def register_device(
    actor: Actor,
    *,
    code: str,
    name: str,
    kind: str,
    agency_path: str,
    lon: float,
    lat: float,
    owner_kind: str = "police",
    owner: str = "",
    direction_deg: float | None = None,
    angle_deg: float | None = None,
    range_m: float | None = None,
    address_text: str = "",
) -> Device:
    """Enter a camera into the register. Raises Invalid naming the field, Conflict on a taken code."""
    if not _CODE.match(code):
        raise Invalid("device.code_form", field="code")
    values: dict[str, Any] = {
        "name": name.strip(),
        "kind": kind,
        "owner_kind": owner_kind,
        "owner": owner,
        "lon": lon,
        "lat": lat,
        "direction_deg": direction_deg,
        "angle_deg": angle_deg,
        "range_m": range_m,
        "address_text": address_text,
    }
    check_device(values)
    if Device.objects.filter(code=code).exists():
        raise Conflict("device.code_taken", code=code, field="code")
    return Device.objects.create(code=code, agency_path=agency_path, grid_code=_grid_code(lon, lat), **values)


@act(
    "device.change",
    zh="变更设备",
    en="change a device",
    keeps=("device",),
    about="device",
    within=lambda facts: facts["device"].agency_path,
)
def change_device(actor: Actor, *, device: Device, version: int, values: dict[str, Any]) -> Device:
    """Set the given columns. ``version`` is the one that the form showed: Conflict when it has changed since."""
    given = {key: value for key, value in values.items() if key in _CHANGEABLE}
    after = {key: given.get(key, getattr(device, key)) for key in _CHANGEABLE}
    check_device(after)
    given["grid_code"] = _grid_code(after["lon"], after["lat"])
    if not Device.objects.filter(pk=device.pk, version=version).update(version=F("version") + 1, **given):
        raise Conflict("device.changed")
    device.refresh_from_db()
    return device


@act(
    "device.move",
    zh="设备状态",
    en="move a device",
    keeps=("move",),
    about="device",
    within=lambda facts: facts["device"].agency_path,
)
def move_device(actor: Actor, *, device: Device, move: str) -> Device:
    """Report broken, mended or taken down. Reported twice at once: the second gets Conflict."""
    take(device, DEVICE_LIFE, move, broken_since=clock.now() if move == "report_broken" else None)
    return device


def check_device(values: dict[str, Any]) -> None:
    """Raise Invalid for the first value that cannot be."""
    if not str(values["name"]).strip():
        raise Invalid("device.name_empty", field="name")
    if values["kind"] not in KINDS:
        raise Invalid("device.kind", kind=values["kind"], field="kind")
    if values["owner_kind"] not in OWNERS:
        raise Invalid("fact.wrong", field="owner_kind", why=values["owner_kind"])
    if values["lon"] is None or values["lat"] is None or not possible(values["lon"], values["lat"]):
        raise Invalid("device.place", field="lon")
    direction, angle, reach = values["direction_deg"], values["angle_deg"], values["range_m"]
    if direction is not None and not 0 <= direction < 360:
        raise Invalid("device.direction", field="direction_deg")
    if angle is not None and not 0 < angle <= 360:
        raise Invalid("device.angle", field="angle_deg")
    if reach is not None and not 1 <= reach <= LONGEST_M:
        raise Invalid("device.range", field="range_m")


def _grid_code(lon: float, lat: float) -> str:
    grid = grid_at(lon, lat)
    return grid.code if grid else ""
