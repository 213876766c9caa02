"""Sending something: one form a page, nothing lost when it is refused, sent twice is one report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.kernel.prepared import foreseen
from linli.kernel.together import together
from linli.matters.ledger.acts import NUMBER
from linli.matters.links.queries import Known, known_nearby
from linli.matters.public.acts import RESIDENT, Contact, already, check, let_in, take_report
from linli.matters.public.models import PublicReport
from linli.matters.public.queries import Located, Told, hours_of, located, taken_slots
from linli.matters.public.rules import (
    FORMS,
    HAZARDS,
    LONGEST_PLACE,
    LONGEST_TEXT,
    READERS,
    Form,
    free_slots,
    shown_code,
)
from linli.web.filling import blame
from linli.web.portal.door import Chosen, carried, chosen_place, room_of
from linli.web.portal.photos import held_photos, kept_photos, signed_photos
from linli.web.portal.showing import TRAP, form_proof, open_door, proof_fault, show
from linli.web.templatetags.linli_web import say
from linli.works.channels.queries import has_way_out

MOST_BYTES = 40_000_000
"""A form with three photographs; more is refused unread."""
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


class ReportForm(forms.Form):
    """The fields of one form; how long and whether they are needed the act says, in one voice for page and Open311."""

    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_TEXT}))
    place = forms.CharField(required=False, max_length=LONGEST_PLACE)
    name = forms.CharField(required=False, max_length=60)
    phone = forms.CharField(required=False, max_length=32)
    sms = forms.BooleanField(required=False)
    readers = forms.CharField(required=False, max_length=8)
    sort = forms.CharField(required=False, max_length=12)
    slot = forms.CharField(required=False, max_length=40)
    once = forms.CharField(required=False, max_length=64)
    opened = forms.CharField(required=False, max_length=200)
    anyway = forms.CharField(required=False, max_length=1)

    def __init__(self, data: Any, *, declared: Form) -> None:
        super().__init__(data)
        self.declared = declared

    def slot_at(self) -> datetime | None:
        """The chosen time."""
        try:
            at = datetime.fromisoformat(self.cleaned_data["slot"])
        except ValueError:
            return None
        return at if at.tzinfo is not None else None


class _Given(NamedTuple):
    """What a form gave, as the act wants it."""

    facts: dict[str, Any]
    where: Located


@open_door
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """One form: filled in, sent, answered with the number and the code to follow it by."""
    declared = FORMS.get(code)
    if declared is None:
        raise Http404
    chosen = chosen_place(request)
    if request.method != "POST":
        return _asked(request, declared, chosen, ReportForm(None, declared=declared), form_proof())
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise SuspiciousOperation("more than three photographs")
        form = ReportForm(request.POST, declared=declared)
        form.files = request.FILES
    except (SuspiciousOperation, MultiPartParserError, ValueError):
        return refused_whole(request)
    return _sent(request, declared, chosen, form)


def refused_whole(request: HttpRequest) -> HttpResponse:
    """More than the door takes, or not to be read: said clearly, with what to do instead."""
    return show(request, "web/door_refused.html", {"most": LONGEST_TEXT, "carried": carried(request)}, status=413)


def _sent(request: HttpRequest, declared: Form, chosen: Chosen, form: ReportForm) -> HttpResponse:
    proof = {"opened": request.POST.get("opened", ""), "once": request.POST.get("once", "")[:64]}
    before = already(proof["once"]) if len(proof["once"]) >= 16 else None
    if before is not None:
        return _answered(request, declared, before)
    photos = held_photos(request.POST.getlist("held"))
    try:
        fault = proof_fault(proof["opened"], trap=request.POST.get(TRAP, ""))
        if fault or len(proof["once"]) < 16:
            form.add_error(None, FAULTS.get(fault, FAULTS["old"])())
            proof = {"opened": form_proof()["opened"], "once": proof["once"] or form_proof()["once"]}
        if form.is_valid():
            given = _given(declared, chosen, form, photos=len(photos))
            photos = [*photos, *kept_photos(request, already=len(photos))]
            near = _near(declared, form, given.where)
            if near:
                return _asked(request, declared, chosen, form, proof, photos=photos, near=near)
            let_in(declared.code, given.where.room.code if given.where.room else "")
            return _answered(request, declared, _taken(given, proof["once"], photos))
    except Refusal as refusal:
        blame(form, refusal)
        return _asked(request, declared, chosen, form, proof, photos=photos, status=refusal.status)
    return _asked(request, declared, chosen, form, proof, photos=photos, status=422)


FAULTS = {
    "trap": lambda: _("请再按一次“提交”。您写的都还在。"),
    "fast": lambda: _("请看一遍，再按一次“提交”。您写的都还在。"),
    "old": lambda: _("这一页放得太久了，请再按一次“提交”。您写的都还在。"),
}


def _given(declared: Form, chosen: Chosen, form: ReportForm, *, photos: int) -> _Given:
    """Understood before the write lock: an address is looked for longer than a report is stored."""
    values = form.cleaned_data
    told = Told(
        address_id=chosen.told.address_id,
        text=values["place"].strip(),
        grid=chosen.told.grid,
        room=chosen.told.room,
    )
    where = located(told, clock.now())
    if chosen.told.room is not None and where.room is None and where.place.lon is None:
        where = located(Told(room=chosen.told.room, text=told.text), clock.now())
    contact = Contact(values["name"], values["phone"], values["sms"])
    facts = {
        "form": declared.code,
        "text": values["text"],
        "sort": values["sort"],
        "readers": values["readers"] or declared.readers,
        "contact": contact,
        "slot_at": form.slot_at() if declared.slot else None,
    }
    check(
        declared.code,
        text=facts["text"],
        sort=facts["sort"],
        readers=facts["readers"],
        contact=contact,
        photos=photos,
        room=where.room,
        slot=facts["slot_at"],
    )
    return _Given(facts, where)


def _near(declared: Form, form: ReportForm, where: Located) -> list[Known]:
    """Open hazards beside this one that somebody reported already; asked once, before it is sent."""
    place = where.place
    if declared.kind != "hazard" or form.cleaned_data["anyway"] or place.lon is None or place.lat is None:
        return []
    said = form.cleaned_data["text"]
    return known_nearby(
        kind=declared.kind, lon=place.lon, lat=place.lat, said=said, at=clock.now(), sort=form.cleaned_data["sort"]
    )


def _taken(given: _Given, once: str, photos: Sequence[Any]) -> PublicReport:
    def deed() -> PublicReport:
        return take_report(RESIDENT, **given.facts, where=given.where, once=once, photos=photos)

    try:
        with foreseen(NUMBER):
            return together(deed)
    except IntegrityError:
        # The same form at the same moment, by another thread: one report, and its answer twice. Or the same time.
        first = already(once)
        if first is not None:
            return first
        raise Refusal("public.slot_taken", field="slot") from None


def _answered(request: HttpRequest, declared: Form, row: PublicReport) -> HttpResponse:
    context = {
        "form_words": declared.words,
        "report": row,
        "number": row.matter.number,
        "code": shown_code(row.new_code) if row.new_code else "",
        "days": declared.answer_days,
        "room": row.room,
        "readers": READERS[row.readers],
        "carried": carried(request),
    }
    return show(request, "web/door_sent.html", context)


def _asked(
    request: HttpRequest,
    declared: Form,
    chosen: Chosen,
    form: ReportForm,
    proof: dict[str, str],
    *,
    photos: Sequence[Any] = (),
    near: Sequence[Known] = (),
    status: int = 200,
) -> HttpResponse:
    room = room_of(chosen)
    values = form.data if form.is_bound else {}
    context = {
        "declared": declared,
        "form": form,
        "values": values,
        "errors": form.errors if form.is_bound else {},
        "proof": proof,
        "chosen": chosen,
        "room": room,
        "sorts": [(code, words) for code, (words, _group) in HAZARDS.items()] if declared.code == "hazard" else [],
        "readers": READERS.items(),
        "reader": values.get("readers") or declared.readers,
        "slots": _slots(room) if declared.slot and room else [],
        "held": signed_photos(photos),
        "photos": photos,
        "near": near,
        "most": LONGEST_TEXT,
        "by_sms": has_way_out("sms"),
        "carried": carried(request),
    }
    return show(request, "web/door_form.html", context, status=status)


def _slots(room: Any) -> list[tuple[str, str]]:
    now = clock.now()
    local = clock.shanghai(now)
    free = free_slots(hours_of(room), local, taken_slots(room, now))
    return [(at.isoformat(), f"{at:%m-%d} {say_day(at)} {at:%H:%M}") for at in free]


def say_day(at: datetime) -> str:
    """The day of the week in the reader's language."""
    return str(say((WEEKDAYS[at.weekday()], f"{at:%a}")))
