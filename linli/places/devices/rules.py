"""Kinds and owners of devices, what each column is for, and the ground that one covers: pure."""

from __future__ import annotations

import math

from shapely.geometry import Polygon

from linli.kernel.words import Words

KINDS: dict[str, Words] = {
    "class_1": Words("一类视频", "class 1 video"),
    "class_2": Words("二类视频", "class 2 video"),
    "smart": Words("智能前端", "smart camera"),
    "society": Words("社会自建视频", "society's own video"),
}

OWNERS: dict[str, Words] = {
    "police": Words("公安", "police"),
    "government": Words("政府部门", "government"),
    "firm": Words("企业单位", "firm"),
    "community": Words("村社区", "village or community"),
}

LONGEST_M = 2000.0
"""No camera of a register is of use farther than that."""

PURPOSES: dict[str, Words] = {
    "code": Words("与设备台账对应", "matches the register of devices"),
    "name": Words("知道是哪一台", "says which one it is"),
    "kind": Words("图层和清单按类别", "layers and lists go by it"),
    "owner_kind": Words("调取录像找谁", "whom to ask for footage"),
    "owner": Words("调取录像找谁", "whom to ask for footage"),
    "state": Words("坏了要修，不算覆盖", "a broken one must be mended and covers nothing"),
    "broken_since": Words("坏了多久", "for how long it has been broken"),
    "lon": Words("上图", "on the map"),
    "lat": Words("上图", "on the map"),
    "direction_deg": Words("朝向，用于覆盖图", "where it looks, for the map of cover"),
    "angle_deg": Words("视角，用于覆盖图", "how wide it looks, for the map of cover"),
    "range_m": Words("看多远，用于覆盖图", "how far it looks, for the map of cover"),
    "address_text": Words("维修和调取找得到", "how to find it"),
    "grid_code": Words("归哪个警格", "in which grid it stands"),
    "agency_path": Words("由谁负责、谁能看", "who answers for it, who may see it"),
}
"""Why each column is kept; a column without a purpose is not kept (``tests/contracts``)."""

_DEGREE_M = 111_194.9
"""Metres of one degree of latitude on the sphere of ``kernel.geo``."""
_STEP_DEG = 10.0


def covered(lon: float, lat: float, *, direction_deg: float | None, angle_deg: float, range_m: float) -> Polygon:
    """The ground that a camera sees when nothing stands in its way: a sector, or a circle from 360 degrees on.

    ``direction_deg`` is clockwise from north and points to the middle of the sector. The corners lie on the circle
    every 10 degrees, so that the area is at most 0.6 % too small; walls are not known here, so the real view may be
    smaller.
    """
    across = _DEGREE_M * max(0.01, math.cos(math.radians(lat)))

    def at(bearing_deg: float) -> tuple[float, float]:
        turned = math.radians(bearing_deg)
        return lon + range_m * math.sin(turned) / across, lat + range_m * math.cos(turned) / _DEGREE_M

    if angle_deg >= 360.0 or direction_deg is None:
        return Polygon([at(step * _STEP_DEG) for step in range(int(360 / _STEP_DEG))])
    steps = max(1, math.ceil(angle_deg / _STEP_DEG))
    first = direction_deg - angle_deg / 2
    rim = [at(first + angle_deg * step / steps) for step in range(steps + 1)]
    return Polygon([(lon, lat), *rim])
