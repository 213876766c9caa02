"""Reading what was filled in on a phone, by the inputs of the form. Rows and files are looked up by who calls."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeGuard

from linli.kernel.errors import Invalid, declare
from linli.kernel.inputs import APART, ROWS, Input, Spot

declare("field.input_missing", zh="请填写：{input_zh}。", en="Please give: {input_en}.")
declare("field.input_wrong", zh="{input_zh}填写有误：{why}。", en="{input_en} is not right: {why}.")

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_FILES = 12
_MOST_ROWS = 50
Offered = Mapping[str, frozenset[str]]
"""What an older version of the form offered, by input: still taken."""


def wrong(item: Input, why: object) -> Invalid:
    """The refusal of one input."""
    return Invalid(
        "field.input_wrong", field=item.name, input_zh=item.words.zh, input_en=item.words.en, why=str(why)[:80]
    )


def read(inputs: Sequence[Input], values: Mapping[str, Any], *, offered: Offered, partly: bool) -> dict[str, Any]:
    """The values by input, checked: only those that say something. ``partly``: only what changed was sent, so what is
    required may be absent. Names that the form does not know are left out; they stay in what is kept of the operation.
    Raises Invalid naming the first input at fault.
    """
    found: dict[str, Any] = {}
    for item in inputs:
        value = values.get(item.name)
        if value in (None, "", [], {}):
            if item.required and _asked(item, values) and not (partly and item.name not in values):
                raise Invalid("field.input_missing", field=item.name, input_zh=item.words.zh, input_en=item.words.en)
            if partly and item.name in values:
                found[item.name] = None
            continue
        found[item.name] = _READ[item.kind](item, value, offered.get(item.name, frozenset()))
    return found


def _asked(item: Input, values: Mapping[str, Any]) -> bool:
    if any(values.get(name) not in (None, "", [], {}) for name in item.unless):
        return False
    if item.shown_if is None:
        return True
    name, among = item.shown_if
    value = values.get(name)
    return bool(set(value) & set(among)) if isinstance(value, list) else value in among


def _text(item: Input, value: Any, _: frozenset[str]) -> str:
    if not isinstance(value, str):
        raise wrong(item, value)
    if len(value) > item.longest_text:
        raise wrong(item, f"> {item.longest_text}")
    return value.strip()


def _choice(item: Input, value: Any, once: frozenset[str]) -> str:
    if not isinstance(value, str) or value not in {code for code, _ in item.offered} | {*item.retired} | once:
        raise wrong(item, value)
    return value


def _choices(item: Input, value: Any, once: frozenset[str]) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise wrong(item, value)
    return tuple(dict.fromkeys(_choice(item, one, once) for one in value))


def _flag(item: Input, value: Any, _: frozenset[str]) -> bool:
    if not isinstance(value, bool):
        raise wrong(item, value)
    return value


def _number(item: Input, value: Any, _: frozenset[str]) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise wrong(item, value)
    if (item.least is not None and value < item.least) or (item.most is not None and value > item.most):
        raise wrong(item, value)
    return float(value)


def _date(item: Input, value: Any, _: frozenset[str]) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as broken:
        raise wrong(item, value) from broken


def _moment(item: Input, value: Any, _: frozenset[str]) -> datetime:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError as broken:
        raise wrong(item, value) from broken
    if at.tzinfo is None:
        raise wrong(item, value)
    return at


def _place(item: Input, value: Any, _: frozenset[str]) -> Spot:
    if not isinstance(value, dict):
        raise wrong(item, value)
    lon, lat = value.get("lon"), value.get("lat")
    address, accuracy = str(value.get("address") or "")[:200], value.get("accuracy_m")
    if lon is None and lat is None:
        return Spot(address=address)
    if not _within(lon, 180) or not _within(lat, 90):
        raise wrong(item, f"{lon}, {lat}")
    return Spot(float(lon), float(lat), address, float(accuracy) if _within(accuracy, 1e7) else None)


def _within(value: Any, most: float) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and abs(value) <= most


def _row(item: Input, value: Any, _: frozenset[str]) -> uuid.UUID | str:
    """The key of a row, to be found; or words, where words are taken."""
    told = value if isinstance(value, dict) else {"id": value}
    if told.get("id"):
        try:
            return uuid.UUID(str(told["id"]))
        except ValueError as broken:
            raise wrong(item, told["id"]) from broken
    words = str(told.get("text") or "").strip()[: item.longest_text]
    if not item.typed or not words:
        raise wrong(item, value)
    return words


def _rows(item: Input, value: Any, _: frozenset[str]) -> list[uuid.UUID | str]:
    """Several rows, each named once."""
    told = value if isinstance(value, list) else [value]
    if len(told) > (item.most or _MOST_ROWS):
        raise wrong(item, len(told))
    return list(dict.fromkeys(_row(item, one, _) for one in told))


def _files(item: Input, value: Any, _: frozenset[str]) -> list[dict[str, str]]:
    """Files named by what they contain: sha256 and name of each."""
    named = value if isinstance(value, list) else [value]
    if len(named) > (item.most or _MOST_FILES):
        raise wrong(item, len(named))
    found = []
    for one in named:
        if not isinstance(one, dict) or not _SHA256.fullmatch(str(one.get("sha256", ""))):
            raise wrong(item, "sha256")
        found.append({"sha256": str(one["sha256"]), "name": str(one.get("name") or item.words.zh)[:120]})
    return found


_READ: dict[str, Callable[[Input, Any, frozenset[str]], Any]] = {
    "text": _text,
    "long_text": _text,
    "choice": _choice,
    "choices": _choices,
    "flag": _flag,
    "number": _number,
    "date": _date,
    "datetime": _moment,
    "place": _place,
    "file": _files,
    **dict.fromkeys(APART, _files),
    **dict.fromkeys(ROWS, _row),
    "rows": _rows,
}
