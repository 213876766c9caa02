"""Forms as phones get them. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from linli.kernel.inputs import Input, Offline, Variant, label_of
from linli.kernel.words import Words

SHORT = 12


def form_of(
    name: str, words: Words, offline: Offline, variant: Variant | None, types: Mapping[str, list[str]]
) -> dict[str, Any]:
    """One form with its version, which is a digest of all that it says. ``types``: the item types of the pack by
    model, so that a phone can offer rows that it took along.
    """
    code = f"{name}:{variant.code}" if variant else name
    said = variant.words if variant else words
    form = {
        "act": code,
        **said.as_json(),
        "verb": words.as_json(),
        "icon": (variant.icon if variant else "") or offline.icon,
        "group": offline.group,
        "order": offline.order,
        "creates": label_of(offline.creates) or None,
        "subject": label_of(offline.subject) or None,
        "when": {name: list(values) for name, values in _when(offline, variant).items()},
        "to": (variant.to if variant else "") or offline.to or None,
        "merges": offline.merges,
        "follows": list(offline.follows),
        "quick": variant.quick if variant else "",
        "inputs": [input_of(item, types) for item in (variant.inputs if variant else offline.inputs)],
    }
    return form | {"version": digest(form)}


def _when(offline: Offline, variant: Variant | None) -> dict[str, Sequence[str]]:
    when: dict[str, Sequence[str]] = {}
    if offline.states:
        when["state"] = offline.states
    if offline.kinds:
        when["kind"] = offline.kinds
    return when | dict(variant.when if variant else {})


def input_of(item: Input, types: Mapping[str, list[str]]) -> dict[str, Any]:
    """One input with everything that a phone needs to draw and check it."""
    offered = item.offered if item.kind in ("choice", "choices") else ()
    shown = {"input": item.shown_if[0], "in": list(item.shown_if[1])} if item.shown_if else None
    return {
        "name": item.name,
        "kind": item.kind,
        **item.words.as_json(),
        "hint": item.hint.as_json() if item.hint else None,
        "required": item.required,
        "choices": [{"code": code, **words.as_json()} for code, words in offered],
        "default": item.default,
        "least": item.least,
        "most": item.most,
        "longest": item.longest_text if item.kind in ("text", "long_text") else None,
        "of": label_of(item.of) or None,
        "from": types.get(label_of(item.of), []),
        "typed": item.typed,
        "personal": item.personal,
        "shown_if": shown,
        "unless": list(item.unless),
    }


def digest(value: Any) -> str:
    """A short name for what a form or a set of forms says."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:SHORT]


def fits(form: Mapping[str, Any], *, model: str, data: Mapping[str, Any]) -> bool:
    """Whether the act of a form works on such a row as it stands."""
    if form["subject"] != model:
        return False
    return all(data.get(name) in values for name, values in form["when"].items())
