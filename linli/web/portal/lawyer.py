"""Booking the lawyer in residence: a free half hour, a receipt, the answer, and giving it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.kernel.errors import Invalid, Refusal
from linli.matters.public.acts import RESIDENT, let_in
from linli.matters.public.rules import shown_code
from linli.mediation.hours.acts import ask_lawyer, asked_before, asked_by_code, give_back
from linli.mediation.hours.models import LawyerBooking, LawyerHours
from linli.mediation.hours.queries import InResidence, in_residence
from linli.mediation.hours.rules import BOOKING_LIFE
from linli.org.agencies.models import Agency
from linli.web.filling import blame
from linli.web.portal.door import carried, chosen_place, room_of
from linli.web.portal.report import FAULTS, refused_whole, say_day
from linli.web.portal.showing import TRAP, form_proof, open_door, proof_fault, show
from linli.web.templatetags.linli_web import say

_OFFERED = 40


class AskForm(forms.Form):
    """Which half hour, who comes, and roughly what about."""

    slot = forms.CharField(required=False, max_length=90)
    name = forms.CharField(required=False, max_length=60)
    phone = forms.CharField(required=False, max_length=32)
    about = forms.CharField(required=False, max_length=400)

    def chosen(self) -> tuple[LawyerHours, datetime]:
        """Whose hours and when. Raises Invalid when nothing that is there was chosen."""
        key, _space, at = self.cleaned_data["slot"].partition(" ")
        try:
            hours = LawyerHours.objects.select_related("person", "room").get(pk=UUID(key), until__isnull=True)
            return hours, datetime.fromisoformat(at)
        except (ValueError, LawyerHours.DoesNotExist):
            raise Invalid("public.slot", field="slot") from None


class FollowForm(forms.Form):
    """Number and code, and whether it is given back."""

    number = forms.CharField(max_length=20)
    code = forms.CharField(max_length=20)
    do = forms.CharField(required=False, max_length=10)


def _offered(there: list[InResidence]) -> list[tuple[str, str]]:
    """Free half hours by time; a lawyer's name hangs out at the room."""
    pairs = sorted(((at, one) for one in there for at in one.free), key=lambda pair: (pair[0], pair[1].person.name))
    return [
        (f"{one.hours[0].pk} {at.isoformat()}", f"{at:%m-%d} {say_day(at)} {at:%H:%M} · {one.person.name}")
        for at, one in pairs[:_OFFERED]
    ]


def _page(request: HttpRequest, room: Agency | None, **more: Any) -> HttpResponse:
    there = in_residence(room) if room else []
    elsewhere = {one.room.code: one.room.name for one in in_residence() if one.free} if not there else {}
    context = {
        "room": room,
        "slots": _offered(there),
        "elsewhere": [(name, carried(request, room=code, card="", at="", grid="")) for code, name in elsewhere.items()],
        "carried": carried(request),
        "proof": form_proof(),
        "values": {},
        "errors": {},
        **more,
    }
    return show(request, "web/door_lawyer.html", context, status=422 if context["errors"] else 200)


@open_door
@require_http_methods(["GET", "HEAD", "POST"])
def lawyer(request: HttpRequest) -> HttpResponse:
    """One short form; sent twice it is one booking."""
    room = room_of(chosen_place(request))
    if request.method != "POST":
        return _page(request, room)
    try:
        form = AskForm(request.POST)
    except (SuspiciousOperation, MultiPartParserError):
        return refused_whole(request)
    once = request.POST.get("once", "")[:64]
    before = asked_before(once) if len(once) >= 16 else None
    if before is not None:
        return _taken(request, before)
    fault = proof_fault(request.POST.get("opened", ""), trap=request.POST.get(TRAP, ""))
    if fault or len(once) < 16:
        form.add_error(None, FAULTS.get(fault, FAULTS["old"])())
    elif form.is_valid():
        try:
            hours, at = form.chosen()
            let_in("lawyer", hours.room.code)
            told = {name: form.cleaned_data[name] for name in ("name", "phone", "about")}
            return _taken(request, ask_lawyer(RESIDENT, hours=hours, begins_at=at, once=once, **told))
        except Refusal as refusal:
            blame(form, refusal)
    proof = {**form_proof(), **({"once": once} if len(once) >= 16 else {})}
    return _page(request, room, proof=proof, values=form.data, errors=form.errors)


def _taken(request: HttpRequest, row: LawyerBooking) -> HttpResponse:
    context = {"booking": row, "code": shown_code(row.new_code), "carried": carried(request)}
    return show(request, "web/door_lawyer_sent.html", context)


@open_door
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """The booking by number and code: when, where, what was answered; a button that gives it back."""
    if request.method != "POST":
        return _ask(request)
    try:
        form = FollowForm(request.POST)
    except (SuspiciousOperation, MultiPartParserError):
        return refused_whole(request)
    if not form.is_valid():
        return _ask(request, _("请填写编号和查询码。"), form.data, status=422)
    values, said = form.cleaned_data, ""
    try:
        found = asked_by_code(values["number"], values["code"])
        if found is None:
            return _ask(request, _("编号和查询码对不上，请再看一遍。"), form.data, status=404)
        if values["do"] == "cancel":
            give_back(RESIDENT, booking=found)
            said = _("已取消，这个时间让给别人了。")
    except Refusal as refusal:
        return _ask(request, str(say(refusal.words)), form.data, status=refusal.status)
    context = {
        "booking": found,
        "code": values["code"],
        "state": BOOKING_LIFE.state(found.state).words,
        "answer": found.told("answer") if found.answer_sealed else "",
        "said": said,
        "carried": carried(request),
    }
    return show(request, "web/door_lawyer_follow.html", context)


def _ask(request: HttpRequest, trouble: str = "", values: Any = None, *, status: int = 200) -> HttpResponse:
    context = {"trouble": trouble, "values": values or {}, "carried": carried(request), "booking": None}
    return show(request, "web/door_lawyer_follow.html", context, status=status)
