"""What an actor's phone needs now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linli.field.forms.queries import forms_of
from linli.field.forms.rules import fits
from linli.field.packs.rules import Key
from linli.kernel.inputs import label_of
from linli.kernel.packs import PARTS, Part
from linli.kernel.scope import Actor


def parts() -> list[Part]:
    """Every declared part, smallest needed first."""
    return sorted(PARTS.values(), key=lambda one: (one.order, one.type))


def due_now(actor: Actor, forms_version: str) -> list[tuple[Key, str]]:
    """Type, key and version of each row that the phone needs, in the order of need. A row's buttons come with it, so
    other forms are another version.
    """
    return [
        ((one.type, str(key)), f"{version}/{forms_version}")
        for one in parts()
        for key, version in list(one.due(actor))[: one.most]
    ]


def items(actor: Actor, keys: Sequence[Key], versions: dict[Key, str], forms: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows as a phone shows them, with the acts that it may offer on each now."""
    found: dict[Key, dict[str, Any]] = {}
    for one in parts():
        wanted = [key for kind, key in keys if kind == one.type]
        shown = one.shown(actor, wanted) if wanted else {}
        model = label_of(one.model)
        for key, data in shown.items():
            acts = [form["act"] for form in forms["forms"] if fits(form, model=model, data=data)]
            found[one.type, str(key)] = {**data, "model": model, "acts": acts}
    return [
        {"type": kind, "id": key, "version": _whole(versions[kind, key]), "data": found[kind, key]}
        for kind, key in keys
        if (kind, key) in found
    ]


def _whole(version: str) -> Any:
    plain = version.rpartition("/")[0]
    return int(plain) if plain.isdigit() else plain


def pack_forms(actor: Actor) -> dict[str, Any]:
    """The forms that decide which buttons an item has."""
    return forms_of(actor)
