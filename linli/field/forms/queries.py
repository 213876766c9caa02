"""The forms of an actor."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from linli.field.forms.rules import digest, form_of
from linli.kernel.acts import ACTS, may
from linli.kernel.inputs import label_of
from linli.kernel.packs import PARTS
from linli.kernel.scope import Actor


def forms_of(actor: Actor) -> dict[str, Any]:
    """Every form that one of the actor's posts may use, in the order of the phone, with a version of the whole."""
    types: dict[str, list[str]] = defaultdict(list)
    for one in sorted(PARTS.values(), key=lambda one: one.order):
        types[label_of(one.model)].append(one.type)
    forms = [
        form_of(act.name, act.words, act.offline, variant, types)
        for act in ACTS.values()
        if act.offline is not None and may(actor, act.name, None)
        for variant in (act.offline.variants() if act.offline.variants else (None,))
        if variant is None or not variant.posts or actor.holds(*variant.posts)
    ]
    forms.sort(key=lambda form: (form["order"], form["act"]))
    return {"version": digest([form["version"] for form in forms]), "forms": forms}
