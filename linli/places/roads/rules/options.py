"""How tables of roads are written: columns and units, from a map file or as declared."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from linli.kernel.errors import Invalid
from linli.kernel.geo import Datum
from linli.places.roads.rules import faults

# ours: what others call it, in lower case
NODE_COLUMNS = {
    "node": ("node", "node_id", "index", "id", "osmid", "nodeid"),
    "lon": ("lon", "longitude", "x", "lng", "long"),
    "lat": ("lat", "latitude", "y"),
}
EDGE_COLUMNS = {
    "from": ("from", "from_node", "fromnode", "source", "u", "tail", "start"),
    "to": ("to", "to_node", "tonode", "target", "v", "head", "end"),
    "edge": ("edge", "edge_id", "index", "id", "arc"),
    "length": ("length", "length_m", "distance", "dist", "distance_m", "length_km"),
    "time": ("time", "time_s", "travel_time", "duration", "time_ms", "mode_1"),
    "speed": ("speed", "speed_limit_mps", "speed_mps", "speed_kmh", "maxspeed"),
    "name": ("name", "road", "street"),
    "oneway": ("oneway",),
}
COLUMN_TYPES = {
    "lon": "lon",
    "lat": "lat",
    "length": "number",
    "time": "number",
    "speed": "number",
    "name": "text",
    "oneway": "bool",
}
"""What stands in a column; the others hold names of nodes and edges (``code``)."""
COLUMN_WORDS = {
    "node": ("节点", "node"),
    "lon": ("经度", "longitude"),
    "lat": ("纬度", "latitude"),
    "from": ("起点节点", "from node"),
    "to": ("终点节点", "to node"),
    "edge": ("路段编号", "edge"),
    "length": ("长度", "length"),
    "time": ("行驶时间", "travel time"),
    "speed": ("限速", "speed"),
    "name": ("路名", "road name"),
    "oneway": ("单行", "one-way"),
}
TIME_S = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "hours": 3600.0, "days": 86400.0, "day": 86400.0}
LENGTH_M = {"m": 1.0, "km": 1000.0, "dm": 0.1, "ft": 0.3048, "mi": 1609.344}
SPEED_MPS = {"mps": 1.0, "m/s": 1.0, "kmh": 1 / 3.6, "km/h": 1 / 3.6, "mph": 0.44704}
DEFAULT_KMH = 40.0
_MARKS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}


@dataclass(frozen=True, slots=True)
class TableOptions:
    """``columns``: ours = theirs. Units as in ``TIME_S``, ``LENGTH_M``, ``SPEED_MPS``; None: from the column's name.

    ``speed_kmh`` is driven where a file gives lengths only. ``delimiter`` and ``encoding`` are found out when nothing
    is said.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    time_unit: str | None = None
    length_unit: str | None = None
    speed_unit: str | None = None
    speed_kmh: float = DEFAULT_KMH
    delimiter: str = ""
    encoding: str = ""
    datum: Datum = Datum.WGS84

    @property
    def speed_mps(self) -> float:
        return self.speed_kmh / 3.6


def read_options(text: str, file: str) -> TableOptions:
    """Options from the text of a TOML map file: ``[columns]`` ours = theirs, ``[options]`` as in
    :class:`TableOptions`.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(faults.BAD_MAP, file=file, where="TOML", what=str(error)) from error
    known = NODE_COLUMNS.keys() | EDGE_COLUMNS.keys()
    columns = {ours: str(theirs) for ours, theirs in data.get("columns", {}).items()}
    for ours in columns.keys() - known:
        raise Invalid(faults.BAD_MAP, file=file, where=f"[columns] {ours}", what=f"known: {', '.join(sorted(known))}")
    return TableOptions(columns=columns, **_values(data.get("options", {}), file))


def _values(options: Mapping[str, Any], file: str) -> dict[str, Any]:
    choices = {"time_unit": TIME_S, "length_unit": LENGTH_M, "speed_unit": SPEED_MPS}
    values: dict[str, Any] = {}
    for name, value in options.items():
        where = f"[options] {name}"
        if name in choices and value in choices[name]:
            values[name] = value
        elif name in choices:
            raise Invalid(faults.BAD_MAP, file=file, where=where, what=f"known: {', '.join(choices[name])}")
        elif name == "speed_kmh" and isinstance(value, (int, float)) and value > 0:
            values[name] = float(value)
        elif name == "delimiter" and isinstance(value, str) and len(_MARKS.get(value, value)) == 1:
            values[name] = _MARKS.get(value, value)
        elif name == "encoding" and isinstance(value, str):
            values[name] = value
        elif name == "datum":
            values[name] = _datum(value, file)
        else:
            raise Invalid(faults.BAD_MAP, file=file, where=where, what=f"{value!r}")
    return values


def _datum(value: object, file: str) -> Datum:
    try:
        return Datum.named(str(value))
    except (ValueError, KeyError, Invalid) as error:
        raise Invalid(faults.BAD_MAP, file=file, where="[options] datum", what=f"{value!r}") from error
