"""The map file (TOML): which of their columns is ours, what their words mean, how the file is written."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linli.kernel import clock
from linli.kernel.errors import Invalid, declare
from linli.kernel.geo import Datum
from linli.works.tables.rules.matching import FOUND, MISSING, Policy

declare("table.map", zh="映射文件{file}有误：{where}：{why}", en="map file {file}: {where}: {why}")

OPTIONS = ("timezone", "datum", "sheet", "delimiter", "header_row", "encoding", "time_format", "keep")
SECTIONS = ("columns", "values", "options", "fixed", "match", "feed")


@dataclass(frozen=True, slots=True)
class Map:
    """``columns``: ours → theirs. ``values``: our column → (their word → our word); under ``*`` for every column.

    ``fixed``: our column → what stands in it where the file says nothing. ``policy``: how stored rows are found, what
    happens to those that are not, and which columns are never overwritten.
    """

    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    zone: ZoneInfo = clock.SHANGHAI
    datum: Datum = Datum.WGS84
    sheet: str = ""
    delimiter: str = ""
    header_row: int = 0
    encoding: str = ""
    time_format: str = ""
    fixed: dict[str, str] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    file: str = ""
    """Where it was read from, for errors."""
    text: str = ""
    """The TOML that it was read from."""

    def translated(self, column: str, text: str) -> str:
        """Our word for theirs, or theirs when the map is silent."""
        own = self.values.get(column)
        if own and text in own:
            return own[text]
        return self.values.get("*", {}).get(text, text)


def read_map(text: str, file: str) -> Map:
    """The map in the text of a TOML file. Raises ``Invalid("table.map")`` naming the place in ``file``."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise Invalid("table.map", file=file, where="TOML", why=str(fault)) from fault
    for section in data:
        if section not in SECTIONS:
            raise Invalid("table.map", file=file, where=f"[{section}]", why=f"known: {', '.join(SECTIONS)}")
    fixed = {name: str(value) for name, value in _section(file, data, "fixed").items()}
    read = Map(_columns(file, data), _values(file, data), file=file, fixed=fixed, **_options(file, data))
    return replace(read, policy=_policy(file, data), text=text)


def _policy(file: str, data: dict[str, Any]) -> Policy:
    """``[match] by/missing/found`` and ``[options] keep``."""
    given = _section(file, data, "match")
    for name, value in given.items():
        known = {"by": None, "missing": MISSING, "found": FOUND}.get(name, {})
        if known is not None and value not in known:
            words = ", ".join(known) or "by, missing, found"
            raise Invalid("table.map", file=file, where=f"[match] {name}", why=f"known: {words}")
    keep = _section(file, data, "options").get("keep", [])
    if not isinstance(keep, list):
        raise Invalid("table.map", file=file, where="[options] keep", why="must be a list of our columns")
    return Policy(**{name: str(value) for name, value in given.items()}, keep=frozenset(map(str, keep)))


def _section(file: str, data: dict[str, Any], name: str) -> dict[str, Any]:
    section = data.get(name, {})
    if not isinstance(section, dict):
        raise Invalid("table.map", file=file, where=f"[{name}]", why="must be a table")
    return section


def _columns(file: str, data: dict[str, Any]) -> dict[str, str]:
    columns = _section(file, data, "columns")
    for ours, theirs in columns.items():
        if not isinstance(theirs, str):
            raise Invalid("table.map", file=file, where=f"[columns] {ours}", why="must be text")
    return {ours: theirs.strip() for ours, theirs in columns.items()}


def _values(file: str, data: dict[str, Any]) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {}
    for name, meaning in _section(file, data, "values").items():
        if isinstance(meaning, dict):
            values[name] = {str(theirs): str(ours) for theirs, ours in meaning.items()}
        elif isinstance(meaning, str):
            values.setdefault("*", {})[name] = meaning
        else:
            raise Invalid("table.map", file=file, where=f"[values] {name}", why="must be text or a table")
    return values


def _options(file: str, data: dict[str, Any]) -> dict[str, Any]:
    given = _section(file, data, "options")
    for name in given:
        if name not in OPTIONS:
            raise Invalid("table.map", file=file, where=f"[options] {name}", why=f"known: {', '.join(OPTIONS)}")
    read: dict[str, Any] = {name: str(given[name]) for name in ("sheet", "encoding", "time_format") if name in given}
    try:
        if "timezone" in given:
            read["zone"] = ZoneInfo(str(given["timezone"]))
        if "datum" in given:
            read["datum"] = Datum.named(str(given["datum"]))
        if "header_row" in given:
            read["header_row"] = _row_number(given["header_row"])
        if "delimiter" in given:
            read["delimiter"] = _delimiter(str(given["delimiter"]))
    except (ValueError, ZoneInfoNotFoundError) as fault:
        raise Invalid("table.map", file=file, where="[options]", why=str(fault)) from fault
    return read


def _row_number(given: object) -> int:
    if not isinstance(given, int) or given < 1:
        raise ValueError(f"header_row {given!r} is not the number of a row, which counts from 1")
    return given


def _delimiter(text: str) -> str:
    found = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}.get(text, text)
    if len(found) != 1:
        raise ValueError(f"delimiter {text!r} is not one character")
    return found
