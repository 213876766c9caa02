"""Warnings for residents on the door's own pages: what is in force, and each with what to do."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.outreach.alerts.models import Alert
from linli.outreach.alerts.queries import public_alert, public_alerts
from linli.outreach.alerts.rules.declared import EVENTS, SEVERITY
from linli.web.portal.showing import open_door, show, told_language


def _shown(row: Alert, english: bool) -> dict[str, Any]:
    told = english and bool(row.headline_en)
    return {
        "row": row,
        "event": EVENTS[row.event].words,
        "severity": SEVERITY[row.severity],
        "areas": [one.words for one in row.areas.all()],
        "headline": row.headline_en if told else row.headline,
        "description": row.description_en if told else row.description,
        "instruction": row.instruction_en if told else row.instruction,
        "over": row.state != "published" or row.expires_at <= clock.now(),
    }


@require_safe
@open_door
def index(request: HttpRequest) -> HttpResponse:
    """What is in force, the most severe first."""
    english = told_language(request) == "en"
    rows = [_shown(row, english) for row in public_alerts(clock.now())]
    return show(request, "web/portal_alerts.html", {"rows": rows})


@require_safe
@open_door
def alert(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One warning; one that is over says so."""
    try:
        row = public_alert(key)
    except NotFound as unknown:
        raise Http404 from unknown
    return show(request, "web/portal_alert.html", {"one": _shown(row, told_language(request) == "en")})
