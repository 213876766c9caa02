"""What the pages of registers share: paging, the agency that answers, the choices of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.web.filling import Crumb, choices_of
from linli.web.staff import agencies_in_reach

PAGE_ROWS = 60


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> dict[str, Any]:
    """The rows of the page that is asked for, with the links to the pages beside it."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isdigit() and asked != "0" else 1
    shown = list(rows[(number - 1) * PAGE_ROWS : number * PAGE_ROWS + 1])
    links = {}
    for name, at, there in (("previous", number - 1, number > 1), ("next", number + 1, len(shown) > PAGE_ROWS)):
        onward = request.GET.copy()
        onward["page"] = str(at)
        links[name] = f"?{onward.urlencode()}" if there else ""
    return {"rows": shown[:PAGE_ROWS], "count": rows.count(), **links}


def agency_at(path: str) -> Agency | None:
    """The agency whose path this is."""
    return Agency.objects.filter(path=path).first()


def initial_of(row: Model, form: type[forms.Form]) -> dict[str, Any]:
    """A row's values as a form begins with them."""
    return {name: getattr(row, name) for name in form.base_fields if hasattr(row, name)}


class PlaceForm(forms.Form):
    """What premises and devices share."""

    def offer(self, *, kinds: Mapping[str, Words], actor: Actor | None, act: str) -> None:
        """Fill in the choices; without an ``actor`` the row is there, and keeps its code and its agency."""
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [("", "—"), *choices_of(dict(kinds))]
        if actor is None:
            del self.fields["code"], self.fields["agency"]
            return
        agency = self.fields["agency"]
        if isinstance(agency, forms.ChoiceField):
            agency.choices = [("", "—"), *agencies_in_reach(actor, act)]


def crumbs_under(home: str, title: str, *more: Crumb) -> list[Crumb]:
    """The way back to a list, and on."""
    return [(title, reverse(home)), *more]
