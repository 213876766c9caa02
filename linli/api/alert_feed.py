"""``/alerts/``: warnings to residents for machines, without a sign-in: a feed (Atom) of CAP 1.2, one XML each."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from linli.api.problems import problem
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.outreach.alerts.models import Alert
from linli.outreach.alerts.queries import cap_message, public_alert, public_alerts
from linli.outreach.alerts.rules.cap import CAP_TYPE, Entry, atom_xml, cap_xml
from linli.outreach.alerts.rules.declared import EVENTS

FEED_TYPE = "application/atom+xml; charset=utf-8"
KEPT_S = 60
"""How long a reader or a cache may keep the feed: a warning is out within a minute."""


def outside(request: HttpRequest, path: str) -> str:
    """An address of ours as the world reaches it."""
    base = str(settings.LINLI_RESIDENTS_URL).rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """What is in force, and for a day what was called off."""
    now = clock.now()
    rows = public_alerts(now)
    latest = max((_at(row) for row in rows), default=now.replace(hour=0, minute=0, second=0, microsecond=0))
    written = atom_xml(
        title="警情提醒 Warnings to residents",
        address=outside(request, reverse("alert_feed")),
        at=latest,
        author="邻里 Linli",
        entries=[_entry(request, row) for row in rows],
    )
    return _answer(written, FEED_TYPE)


@require_safe
def cap(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One warning as a CAP 1.2 message: as published, or the message that calls it off."""
    try:
        row = public_alert(key)
    except NotFound as unknown:
        return problem(unknown)
    page = outside(request, f"/door/alerts/{row.pk}")
    return _answer(cap_xml(cap_message(row, address=page)), f"{CAP_TYPE}; charset=utf-8")


def _at(row: Alert) -> datetime:
    return row.cancelled_at or row.published_at or row.written_at


def _entry(request: HttpRequest, row: Alert) -> Entry:
    over, event = row.state == "cancelled", EVENTS[row.event].words.zh
    return Entry(
        key=str(row.pk),
        title=f"{'【解除】' if over else ''}{'【演习】' if row.drill else ''}【{event}】{row.headline}",
        summary=row.cancel_reason if over else row.instruction,
        at=_at(row),
        href=outside(request, reverse("alert_cap", args=[row.pk])),
        page=outside(request, f"/door/alerts/{row.pk}"),
    )


def _answer(written: bytes, kind: str) -> HttpResponse:
    answer = HttpResponse(written, content_type=kind)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
