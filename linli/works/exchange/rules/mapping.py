"""A peer's own field names and codes made ours, by a declared table. Pure.

``[columns]`` ours = "their.path", ``[values.FIELD]`` "their code" = "our code". What the table does not name is
taken as it is.
"""

from __future__ import annotations

import tomllib
from typing import Any

from linli.kernel.errors import Invalid, declare

declare("peer.bad_map", zh="字段对照表有误：{why}。", en="The field map is wrong: {why}.")


def read_field_map(text: str) -> dict[str, Any]:
    """The table as read from TOML; raises Invalid ``peer.bad_map`` saying what is wrong and in which line."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise Invalid("peer.bad_map", why=str(wrong), field="field_map") from wrong
    columns, values = table.get("columns", {}), table.get("values", {})
    unknown = set(table) - {"columns", "values"}
    if unknown:
        raise Invalid("peer.bad_map", why=f"[{min(unknown)}]", field="field_map")
    if not isinstance(columns, dict) or not all(isinstance(path, str) for path in columns.values()):
        raise Invalid("peer.bad_map", why="[columns]", field="field_map")
    if not isinstance(values, dict) or not all(isinstance(one, dict) for one in values.values()):
        raise Invalid("peer.bad_map", why="[values]", field="field_map")
    return table


def as_ours(sent: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    """The facts of a peer's incident under our names and in our codes. Never raises: what is not there stays away."""
    ours = dict(sent)
    for name, path in table.get("columns", {}).items():
        found = _at(sent, path)
        if found is not None:
            _put(ours, name, found)
    for name, codes in table.get("values", {}).items():
        held = _at(ours, name)
        if held is not None and str(held) in codes:
            _put(ours, name, codes[str(held)])
    return ours


def _at(facts: Any, path: str) -> Any:
    for step in path.split("."):
        if not isinstance(facts, dict) or step not in facts:
            return None
        facts = facts[step]
    return facts


def _put(facts: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for step in above:
        inner = facts.get(step)
        facts[step] = dict(inner) if isinstance(inner, dict) else {}
        facts = facts[step]
    facts[last] = value
