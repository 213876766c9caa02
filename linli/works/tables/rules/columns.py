"""A column declares how its cells are read: one parser per type, and faults in two languages."""

from __future__ import annotations

import functools
import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from shapely.geometry.base import BaseGeometry

from linli.kernel import geo
from linli.kernel.geo import Datum
from linli.kernel.words import Words
from linli.works.tables.rules.mapping import Map


class Type(StrEnum):
    """What a cell holds. ``CODE`` is text whose digits matter (division codes); ``LIST`` splits at ; 、 and ,."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    BOOL = "bool"
    LIST = "list"
    LON = "lon"
    LAT = "lat"
    SHAPE = "shape"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an importer. ``key`` columns together name the row; ``aliases`` are headers accepted without a map.

    ``choices`` maps what may stand in the cell (Chinese, English, code; case does not matter) to the stored value.
    ``blank_key``: it stands in the key and may be blank (a house of one household has no room). ``least`` and ``most``
    bound a number.
    """

    name: str
    type: Type
    zh: str
    en: str
    required: bool = False
    key: bool = False
    aliases: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    max_length: int = 0
    blank_key: bool = False
    least: float | None = None
    most: float | None = None

    @property
    def needed(self) -> bool:
        """Whether a new row cannot do without it."""
        return self.required or (self.key and not self.blank_key)

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"name": self.name, "type": str(self.type), "required": self.needed}
        shown |= {"key": self.key, "zh": self.zh, "en": self.en}
        if self.choices:
            shown["choices"] = sorted(set(self.choices.values()))
        return shown


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell (``column`` empty: with the whole row). ``row`` counts as the sheet does, from 1."""

    row: int
    column: str
    code: str
    words: Words
    value: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "code": self.code, "value": self.value, **self.words.as_json()}


class CellFault(Exception):
    """A cell that cannot be read as its column's type."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.words = code, Words(zh, en)
        super().__init__(en)


def parse(value: object, column: Column, mapping: Map) -> Any:
    """The typed value of a cell; ``None`` for a blank one. Raises ``CellFault``.

    Times without offset are local in the map's time zone; where the clock was put back, the first of the two
    readings is taken. They come out in UTC. Shapes come out in WGS-84; points are moved by who holds both halves.
    """
    if blank(value):
        return None
    if column.choices:
        return _choice(value, column)
    if column.type is Type.DATETIME:
        return _moment(value, mapping.zone, mapping.time_format)
    if column.type is Type.SHAPE:
        return _shape(value, mapping.datum)
    parsed = _PARSERS[column.type](value)
    if column.max_length and isinstance(parsed, str) and len(parsed) > column.max_length:
        raise CellFault(
            "cell.too_long",
            f"最多{column.max_length}个字，现有{len(parsed)}个",
            f"at most {column.max_length} characters",
        )
    if isinstance(parsed, (int, float)) and not isinstance(parsed, bool):
        _within(parsed, column)
    return parsed


def _within(number: float, column: Column) -> None:
    if column.least is not None and number < column.least:
        raise CellFault("cell.too_small", f"不能小于{column.least:g}", f"not less than {column.least:g}")
    if column.most is not None and number > column.most:
        raise CellFault("cell.too_large", f"不能大于{column.most:g}", f"not more than {column.most:g}")


def blank(value: object) -> bool:
    """Whether a cell is empty: nothing, white space, or not a number."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, str) and not value.strip()


def as_text(value: object) -> str:
    """A cell as people see it: whole floats without their point, one kind of white space, no control characters."""
    if type(value) is str and value.isprintable() and "\u3000" not in value:
        return value.strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    text = str(value)
    if not text.isprintable() or "\u3000" in text:
        text = "".join(" " if ch in "\t\r\n\u3000\xa0" else ch for ch in text)
        text = "".join(ch for ch in text if unicodedata.category(ch) != "Cc")
    return text.strip()


def _choice(value: object, column: Column) -> str:
    text = as_text(value)
    if text in column.choices:
        return column.choices[text]
    found = {key.casefold(): kept for key, kept in column.choices.items()}.get(text.casefold())
    if found is None:
        known = "、".join(dict.fromkeys(column.choices))
        raise CellFault("cell.not_a_choice", f"“{text}”不在可选值之中：{known}", f"{text!r} is none of: {known}")
    return found


def _code(value: object) -> str:
    if type(value) is str and value.isascii() and value.isalnum():
        return value
    return unicodedata.normalize("NFKC", as_text(value)).replace(" ", "")


_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def _number(value: object) -> float:
    """Commas part thousands and nothing else: ``12,5`` read as 125 would move a place unseen."""
    text = unicodedata.normalize("NFKC", as_text(value))
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        number = float(text)
    except ValueError:
        raise CellFault("cell.not_a_number", f"“{text}”不是数字", f"{text!r} is not a number") from None
    if not math.isfinite(number):
        raise CellFault("cell.not_a_number", f"“{text}”不是数字", f"{text!r} is not a number")
    return number


def _integer(value: object) -> int:
    number = _number(value)
    if not number.is_integer():
        raise CellFault("cell.not_whole", f"“{as_text(value)}”不是整数", f"{as_text(value)!r} is not a whole number")
    return int(number)


def _degrees(limit: float, zh: str, en: str) -> Callable[[object], float]:
    def read(value: object) -> float:
        number = _number(value)
        if abs(number) > limit:
            raise CellFault("cell.not_degrees", f"{number}不是{zh}", f"{number} is not a {en}")
        return number

    return read


def _bool(value: object) -> bool:
    text = as_text(value).casefold()
    if text in {"1", "true", "yes", "y", "是", "有", "√", "对"}:
        return True
    if text in {"0", "false", "no", "n", "否", "无", "×", "没有"}:
        return False
    raise CellFault("cell.not_yes_no", f"“{text}”应为“是”或“否”", f"{text!r} is neither yes nor no")


def _list(value: object) -> tuple[str, ...]:
    parts = (as_text(part) for part in re.split(r"[;；,，、|\n]", str(value)))
    return tuple(dict.fromkeys(part for part in parts if part))


_EXCEL_DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_EXCEL_DAYS = (20_000.0, 80_000.0)  # 1954 to 2119: a bare number in a date column is a spreadsheet's day count
_WRITTEN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:时点](\d{1,2})?(?:[:分](\d{1,2})?(?:\.(\d{1,6})\d*)?秒?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")


def _moment(value: object, zone: ZoneInfo, time_format: str) -> datetime:
    local = _written_time(value, time_format)
    if local is None:
        text = as_text(value)
        raise CellFault("cell.not_a_time", f"“{text}”不是日期时间", f"{text!r} is not a date and time")
    aware = local if local.tzinfo else local.replace(tzinfo=zone)
    try:
        return aware.astimezone(UTC)
    except OverflowError:  # the first hours of year 1 and the last of 9999 have no UTC
        raise CellFault(
            "cell.not_a_time", f"“{as_text(value)}”不是日期时间", f"{as_text(value)!r} is not a date and time"
        ) from None


def _written_time(value: object, time_format: str) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, (int, float)) and _EXCEL_DAYS[0] < value < _EXCEL_DAYS[1]:
        return (_EXCEL_DAY_ZERO + timedelta(seconds=round(float(value) * 86_400))).replace(tzinfo=None)
    text = unicodedata.normalize("NFKC", as_text(value))
    if time_format:
        try:
            return datetime.strptime(text, time_format)  # noqa: DTZ007 - the zone is added by the caller
        except ValueError:
            return None
    found = _WRITTEN.fullmatch(text) or _DIGITS.fullmatch(text)
    return _assembled(found.groups()) if found else None


def _assembled(parts: tuple[str | None, ...]) -> datetime | None:
    year, month, day, hour, minute, second = (int(part or 0) for part in parts[:6])
    micro = int((parts[6] or "0").ljust(6, "0")) if len(parts) > 6 else 0
    offset = parts[7] if len(parts) > 7 else None
    try:
        moment = datetime(year, month, day, hour, minute, second, micro)  # noqa: DTZ001 - the zone is added by the caller
        return moment.replace(tzinfo=datetime.strptime(offset.replace("Z", "+0000"), "%z").tzinfo) if offset else moment
    except ValueError:
        return None


def _date(value: object) -> date:
    return _same_date(value) if isinstance(value, str) else _dated(value)


@functools.lru_cache(maxsize=50_000)
def _same_date(text: str) -> date:
    return _dated(text)


def _dated(value: object) -> date:
    moment = _written_time(value, "")
    if moment is None:
        raise CellFault("cell.not_a_date", f"“{as_text(value)}”不是日期", f"{as_text(value)!r} is not a date")
    return moment.date()


def _shape(value: object, datum: Datum) -> BaseGeometry:
    """A GeoJSON geometry (object or text) or WKT."""
    try:
        given: object = value
        if isinstance(value, str):
            wkt = not value.lstrip().startswith("{")
            given = shapely.geometry.mapping(shapely.from_wkt(value)) if wkt else json.loads(value)
        return geo.from_geojson(given if isinstance(given, dict) else {}, datum)
    except (ValueError, shapely.errors.ShapelyError) as fault:
        raise CellFault("cell.not_a_shape", f"不是有效图形：{fault}", f"not a shape: {fault}") from fault


_PARSERS: dict[Type, Callable[[object], Any]] = {
    Type.TEXT: as_text,
    Type.CODE: _code,
    Type.INTEGER: _integer,
    Type.NUMBER: _number,
    Type.DATE: _date,
    Type.BOOL: _bool,
    Type.LIST: _list,
    Type.LON: _degrees(180.0, "经度", "longitude"),
    Type.LAT: _degrees(90.0, "纬度", "latitude"),
}
