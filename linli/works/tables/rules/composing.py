"""A map put together from what somebody chose on a page, as the TOML that a map file holds. Pure."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from linli.kernel.errors import Invalid


def composed(
    more: str,
    *,
    columns: Mapping[str, str],
    sheet: str = "",
    keep: tuple[str, ...] = (),
    by: str = "",
    missing: str = "",
    found: str = "",
) -> str:
    """``more`` (TOML: values, fixed, options) with the chosen columns (ours → theirs), sheet and policy in it.

    Raises ``Invalid("table.map")`` when ``more`` is no TOML.
    """
    try:
        data: dict[str, Any] = tomllib.loads(more)
    except tomllib.TOMLDecodeError as fault:
        raise Invalid("table.map", file="", where="TOML", why=str(fault), field="more") from fault
    data["columns"] = {ours: theirs for ours, theirs in columns.items() if theirs}
    options = dict(data.get("options", {}))
    options |= {"sheet": sheet} if sheet else {}
    options["keep"] = list(keep)
    data["options"] = {name: value for name, value in options.items() if value not in ("", [])}
    chosen = {"by": by, "missing": missing, "found": found}
    data["match"] = {name: value for name, value in chosen.items() if value}
    return written(data)


def rest_of(text: str) -> str:
    """What of a map no page offers for choice: words of theirs, fixed values, how the file is written."""
    data = tomllib.loads(text)
    options = {name: value for name, value in data.get("options", {}).items() if name not in ("sheet", "keep")}
    return written({"values": data.get("values", {}), "fixed": data.get("fixed", {}), "options": options})


def written(data: Mapping[str, Any]) -> str:
    """Tables of texts, numbers and lists as TOML; empty ones are left out."""
    lines: list[str] = []
    for section, entries in data.items():
        plain = {name: value for name, value in entries.items() if not isinstance(value, dict)}
        if plain:
            lines += [f"[{section}]", *(f"{_quoted(name)} = {_value(value)}" for name, value in plain.items()), ""]
        for name, inner in entries.items():
            if isinstance(inner, dict) and inner:
                head = f"[{section}.{_quoted(name)}]"
                lines += [head, *(f"{_quoted(theirs)} = {_value(ours)}" for theirs, ours in inner.items()), ""]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return text if text.isascii() and text.replace("_", "").isalnum() else json.dumps(text, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
