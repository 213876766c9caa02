"""Becoming a safety watcher (P14): an application that the room answers by a call, before anything is registered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.http import require_http_methods

from linli.kernel.errors import Refusal
from linli.matters.public.acts import RESIDENT, let_in
from linli.volunteers.asking.acts import apply_to_watch
from linli.web.filling import blame
from linli.web.portal.door import carried, chosen_place, room_of
from linli.web.portal.report import FAULTS, refused_whole
from linli.web.portal.showing import TRAP, form_proof, open_door, proof_fault, show


class WatcherForm(forms.Form):
    """Who wishes to, and when."""

    name = forms.CharField(required=False, max_length=60)
    phone = forms.CharField(required=False, max_length=32)
    free = forms.CharField(required=False, max_length=120)
    agreed = forms.BooleanField(required=False)


@open_door
@require_http_methods(["GET", "HEAD", "POST"])
def watcher(request: HttpRequest) -> HttpResponse:
    """One short form; the room calls back."""
    chosen = chosen_place(request)
    room = room_of(chosen)
    try:
        form = WatcherForm(request.POST if request.method == "POST" else None)
    except (SuspiciousOperation, MultiPartParserError):
        return refused_whole(request)
    context: dict[str, Any] = {"room": room, "carried": carried(request), "proof": form_proof()}
    if not form.is_bound:
        return show(request, "web/door_watcher.html", {**context, "values": {}, "errors": {}})
    once = request.POST.get("once", "")[:64]
    fault = proof_fault(request.POST.get("opened", ""), trap=request.POST.get(TRAP, ""))
    if fault or len(once) < 16:
        form.add_error(None, FAULTS.get(fault, FAULTS["old"])())
    elif form.is_valid():
        try:
            let_in("watcher", room.code if room else "")
            apply_to_watch(RESIDENT, room=room, once=once, **form.cleaned_data)
            return show(request, "web/door_watcher.html", {**context, "taken": True})
        except Refusal as refusal:
            blame(form, refusal)
    proof = {**context["proof"], "once": once or context["proof"]["once"]}
    return show(
        request,
        "web/door_watcher.html",
        {**context, "proof": proof, "values": form.data, "errors": form.errors},
        status=422,
    )
