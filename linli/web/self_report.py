"""The door plate's page: residents, landlords and employers report without a sign-in. It never shows what is stored.

Plain HTML for an old telephone: no script, no cookie but the form's own. What is sent waits for the officer.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.kernel import clock
from linli.kernel.scope import system
from linli.org.registers.queries import spot_of
from linli.places.occupants.acts import submit_report
from linli.places.occupants.models import REPORT_LIFE, Report
from linli.places.occupants.queries import report_by_receipt
from linli.places.occupants.rules.declared import GUARDIAN, KINDS
from linli.places.occupants.rules.identity import ID_KINDS
from linli.places.occupants.rules.reporting import FIELD_WORDS, LONGEST, REPORTS
from linli.places.plates.models import DoorPlate
from linli.places.plates.queries import hanging_plate
from linli.visits.cards.rules import NEVER
from linli.web.filling import DateInput, carry_out, choices_of
from linli.web.templatetags.linli_web import say

PORTAL = system("residents' door")
_CHOICES = {"kind": KINDS, "id_kind": ID_KINDS, "guardian_basis": GUARDIAN}
_TRAP = "website"
"""A field that people do not see; who fills it in is no person."""


class ReportForm(forms.Form):
    """The fields of one kind of report; every one of them says what it is for."""

    def __init__(self, data: Any = None, *, kind: str) -> None:
        super().__init__(data, initial={"happened_on": clock.today(), "id_kind": "resident", "kind": "migrant"})
        asked = REPORTS[kind]
        for name in asked.fields:
            # Whoever has no paper at hand gives no number: the rule knows, not the browser.
            self.fields[name] = self._made(name, required=name in asked.required and name != "id_number")
        self.fields[_TRAP] = forms.CharField(required=False, max_length=1, label="")

    def _made(self, name: str, *, required: bool) -> forms.Field:
        label = say(FIELD_WORDS[name])
        if name in _CHOICES:
            choices = choices_of(_CHOICES[name], blank="" if required else "—")
            return forms.ChoiceField(label=label, required=required, choices=choices)
        if name == "happened_on":
            return forms.DateField(label=label, required=required, widget=DateInput())
        return forms.CharField(label=label, required=required, max_length=LONGEST.get(name, 50))


def _plate(token: str) -> DoorPlate:
    plate = hanging_plate(token)
    if plate is None:
        raise Http404
    return plate


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("lang", "")
    told = wanted if wanted in ("zh-hans", "en") else (translation.get_language() or "zh-hans")
    return "en" if told.startswith("en") else "zh-hans"


@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, token: str, kind: str = "") -> HttpResponse:
    """Choose what to report; fill it in; get a receipt. The address is that of the plate, and nothing else is shown."""
    with translation.override(_language(request)):
        plate = _plate(token)
        if kind and kind not in REPORTS:
            raise Http404
        form = ReportForm(request.POST or None, kind=kind) if kind else None
        sent = _sent(plate, kind, form) if form is not None else None
        context = {
            "plate": plate,
            "kind": kind,
            "asked": REPORTS.get(kind),
            "kinds": REPORTS.items(),
            "form": form,
            "receipt": sent.receipt if sent else "",
            "state": _state(request),
            "english": _language(request) == "en",
            "never": NEVER,
            "trap": _TRAP,
        }
        refused = form is not None and bool(form.errors)
        answer = render(request, "web/self_report.html", context, status=422 if refused else 200)
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _sent(plate: DoorPlate, kind: str, form: ReportForm) -> Report | None:
    spot = spot_of(plate.address)

    def deed(facts: dict[str, Any]) -> Report:
        facts.pop(_TRAP, None)
        told = {name: str(value) for name, value in facts.items() if value not in ("", None)}
        path = spot.agency_path or plate.agency_path
        return submit_report(
            PORTAL, kind=kind, address=plate.address, agency_path=path, told=told, plate=plate, grid_code=spot.grid_code
        )

    found: Report | None = carry_out(form, deed)
    return found


def _state(request: HttpRequest) -> str:
    """What became of a report, for whoever holds its receipt: its state, and no word of what was told."""
    receipt = request.GET.get("receipt", "").strip()[:20]
    if not receipt:
        return ""
    row = report_by_receipt(receipt)
    return say(REPORT_LIFE.state(row.state).words) if row else _("没有这张回执")
