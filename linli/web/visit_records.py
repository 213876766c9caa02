"""One entry in half a minute: recording a visit, and correcting one's own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.places.addresses.models import Address
from linli.places.homes.queries import home_by_code
from linli.places.occupants.models import Occupant, Residence
from linli.places.occupants.queries import masked
from linli.places.premises.models import Premises
from linli.places.premises.queries import premises_by_code
from linli.visits.plans.models import Stop
from linli.visits.plans.queries import stop_by_id
from linli.visits.records.acts import correct_visit, record_stop, record_visit
from linli.visits.records.models import Visit
from linli.visits.records.queries import people_behind, visit_by_id, visits_of
from linli.visits.records.rules import door_key
from linli.web.filling import carry_out, done, show_form, status_of
from linli.web.templatetags.linli_web import say
from linli.web.visit_forms import CorrectForm, ToldForm, VisitForm
from linli.web.visitor import actor_of, page
from linli.web.visits import RECORD, WALK, shown


@dataclass(frozen=True, slots=True)
class _Door:
    """What the address of the page names: registered premises or a home; nothing for a door yet to be said."""

    premises: Premises | None = None
    address: Address | None = None
    room: str = ""

    @property
    def key(self) -> str:
        if self.premises is None and self.address is None:
            return ""
        return door_key(
            premises=self.premises.pk if self.premises else None,
            address=self.address.pk if self.address else None,
            room=self.room,
        )

    @property
    def title(self) -> str:
        if self.premises is not None:
            return self.premises.name
        return f"{self.address.text}{self.room}" if self.address is not None else str(_("登记走访"))

    def facts(self, form: VisitForm, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The place as the act takes it, with what was corrected in the register."""
        if self.premises is not None:
            return {"premises": self.premises, "register": form.register(cleaned)}
        if self.address is not None:
            return {"address": self.address, "room": self.room}
        return form.where(cleaned)


def _door(request: HttpRequest, actor: Actor) -> _Door:
    if request.GET.get("premises"):
        return _Door(premises=premises_by_code(actor, request.GET["premises"]))
    if request.GET.get("home"):
        home = home_by_code(actor, request.GET["home"])
        return _Door(address=home.address, room=home.door)
    return _Door()


def _offered(actor: Actor, rows: list[Residence]) -> list[tuple[str, str]]:
    """People who may be named, masked, the flat with them where there are several."""
    found = []
    for row in rows:
        who = masked(actor, row.occupant)
        age = f" {who.age}{_('岁')}" if who.age is not None else ""
        flat = row.home.door if row.home else ""
        found.append((str(row.occupant_id), f"{who.name} {say(who.sex)}{age} {flat}".strip()))
    return found


def _named(actor: Actor, keys: list[str]) -> list[Occupant]:
    return list(Occupant.objects.visible_to(actor).filter(pk__in=keys).distinct())


@never_cache
@require_http_methods(["GET", "POST"])
@page(*RECORD)
def record(request: HttpRequest) -> HttpResponse:
    """One entry: the visit, and from it a hazard, a tip, a dispute, a request, news, a correction of the register."""
    actor = actor_of(request)
    asked = request.GET.get("stop", "")
    if asked:
        return _record_stop(request, actor, stop_by_id(actor, _key(asked)))
    where = _door(request, actor)
    behind = people_behind(actor, address=where.address, room=where.room, premises=where.premises)
    given = {name: request.GET[name] for name in ("place", "lon", "lat", "reason") if request.GET.get(name)}
    form = VisitForm(
        request.POST or None,
        premises=where.premises,
        known=bool(where.key),
        people=_offered(actor, behind),
        initial={"reason": "enterprise" if where.premises else "plain_talk", **given},
    )

    def deed(facts: dict[str, Any]) -> Visit:
        told = form.told(facts) | {"people": _named(actor, facts.get("people", []))}
        place = where.facts(form, facts)
        return record_visit(actor, reason=facts["reason"], visited_at=facts["visited_at"], **place, **told)

    made = carry_out(form, deed)
    if made is not None:
        return _recorded(request, made)
    return _form(request, form, title=where.title, door=where.key)


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as wrong:
        raise NotFound("row.unknown", what=text[:40]) from wrong


def _record_stop(request: HttpRequest, actor: Actor, stop: Stop) -> HttpResponse:
    due = stop.due
    behind = people_behind(actor, address=due.address, room=due.room, premises=due.premises)
    form = ToldForm(request.POST or None, people=_offered(actor, behind))

    def deed(facts: dict[str, Any]) -> Visit:
        told = form.told(facts) | {"people": _named(actor, facts.get("people", []))}
        return record_stop(actor, stop=stop, told=told)

    made = carry_out(form, deed)
    if made is not None:
        return _recorded(request, made)
    return _form(request, form, title=due.place, door=due.door, stop=stop)


def _recorded(request: HttpRequest, made: Visit) -> HttpResponse:
    opened = made.opened.count()
    said = _("已登记。") if not opened else _("已登记，并由此登记了%(n)s件事项。") % {"n": opened}
    done(request, said)
    if actor_of(request).holds(*WALK):
        return redirect("visits")
    return redirect("visit_door", key=made.door)


def _form(request: HttpRequest, form: ToldForm, *, title: str, door: str, stop: Stop | None = None) -> HttpResponse:
    last = visits_of(actor_of(request), door=door).first() if door else None
    context = {
        "form": form,
        "title": title,
        "stop": stop,
        "door": door,
        "last": shown(last) if last else None,
        "opens": [form[kind] for kind in ("hazard", "tip", "dispute", "help_request", "community_info")],
        "register": [form[name] for name in ("hazard_note", "usual_people") if name in form.fields],
        "crumbs": [(_("走访"), reverse("visits")), (title, "")],
    }
    return render(request, "web/visit_form.html", context, status=status_of(form))


@never_cache
@require_http_methods(["GET", "POST"])
@page(*RECORD)
def correct(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One's own record, corrected: what stood there is kept."""
    actor = actor_of(request)
    row = visit_by_id(actor, key)
    chosen = list(row.choices.all())
    named = [str(one) for one in row.named.values_list("occupant_id", flat=True)]
    offered = _offered(actor, people_behind(actor, address=row.address, room=row.room, premises=row.premises))
    beside = [one for one in named if one not in dict(offered)]
    initial = {
        **{name: getattr(row, name) for name in ("reason", "outcome", "people_met", "helped", "version")},
        "topics": [one.code for one in chosen if one.kind == "topic"],
        "given": [one.code for one in chosen if one.kind == "given"],
        "people": named,
        **row.said,
    }
    form = CorrectForm(request.POST or None, people=offered, initial=initial)

    def deed(facts: dict[str, Any]) -> Visit:
        values = form.values(facts)
        if "people" in form.fields:
            # Whom this page cannot offer any more stays named: moved since, or out of reach.
            met = facts["outcome"] == "met"
            stay = [one.occupant for one in row.named.select_related("occupant") if str(one.occupant_id) in beside]
            values["people"] = [*_named(actor, facts["people"]), *stay] if met else []
        return correct_visit(actor, visit=row, version=facts["version"], why=facts["why"], values=values)

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("已更正，原来的内容已留存。"))
        return redirect("visit", key=key)
    return show_form(
        request,
        form,
        title=_("更正走访记录"),
        submit=_("更正"),
        back=reverse("visit", args=[key]),
        crumbs=[(_("走访"), reverse("visit_list")), (row.place, reverse("visit", args=[key])), (_("更正"), "")],
        wide=("outcome", "topics", "given", "people", "words", "seen", "why"),
    )
