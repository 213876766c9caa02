"""Remembering what was offered."""

from __future__ import annotations

from typing import Any

from linli.field.forms.models import FormVersion
from linli.kernel import clock

_remembered: set[str] = set()


def remember(forms: list[dict[str, Any]]) -> None:
    """Keep each version of a form that is served: a phone may come back with it when it is no longer offered.

    No act: a form is a declaration of the house's own, and what is kept is what it said.
    """
    new = {form["version"]: form for form in forms if form["version"] not in _remembered}
    if not new:
        return
    known = set(FormVersion.objects.filter(pk__in=new).values_list("pk", flat=True))
    rows = [
        FormVersion(version=version, act=form["act"], body=form, since=clock.now())
        for version, form in new.items()
        if version not in known
    ]
    FormVersion.objects.bulk_create(rows, ignore_conflicts=True)
    _remembered.update(known)
