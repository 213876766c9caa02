"""Which warnings stand, and how each reads for the world."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import shapely
from django.conf import settings
from django.db.models import Q, QuerySet

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.rooms.models import Responsibility
from linli.outreach.alerts.models import Alert
from linli.outreach.alerts.rules.cap import Message, polygons_of, reference
from linli.places.grid.models import Grid

CANCELLED_SHOWN = timedelta(days=1)
"""How long the feed says that a warning was called off."""
MOST_IN_FEED = 200


def alerts_of(actor: Actor, *, state: str = "") -> QuerySet[Alert]:
    """The warnings that staff sees, the newest first."""
    rows = Alert.objects.visible_to(actor).select_related("agency", "written_by", "approved_by")
    return rows.filter(state=state) if state else rows


def alert_by_id(actor: Actor, key: uuid.UUID) -> Alert:
    """One warning; hidden and absent look the same (NotFound)."""
    found = alerts_of(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def public_alerts(at: datetime) -> list[Alert]:
    """What is in force, and what was called off within a day: the most severe and newest first. For anybody."""
    rows = Alert.objects.public().filter(
        Q(state="published", expires_at__gt=at) | Q(state="cancelled", cancelled_at__gt=at - CANCELLED_SHOWN)
    )
    found = list(
        rows.select_related("agency").prefetch_related("areas__agency").order_by("-published_at")[:MOST_IN_FEED]
    )
    order = ("Extreme", "Severe", "Moderate", "Minor")
    return sorted(found, key=lambda row: (row.state == "cancelled", order.index(row.severity)))


def public_alert(key: uuid.UUID) -> Alert:
    """One warning that was published, also when it is over; NotFound otherwise. For anybody."""
    found = Alert.objects.public().filter(pk=key).select_related("agency").prefetch_related("areas__agency").first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def cap_message(alert: Alert, *, address: str) -> Message:
    """The message as it stands: the warning, or the one that calls it off. ``address`` is its page."""
    host = urlsplit(settings.LINLI_RESIDENTS_URL).hostname or "linli.invalid"
    told = Message(
        identifier=f"linli.{alert.pk}",
        sender=f"alerts@{host}",
        sender_name=alert.agency.name,
        sent_at=alert.published_at or alert.written_at,
        said=alert.said,
        expires_at=alert.expires_at,
        areas=tuple(row.area for row in alert.areas.all()),
        web=address,
    )
    if alert.state != "cancelled" or alert.cancelled_at is None:
        return told
    return Message(
        identifier=f"linli.{alert.pk}.cancel",
        sender=told.sender,
        sender_name=told.sender_name,
        sent_at=alert.cancelled_at,
        said=told.said,
        expires_at=alert.expires_at,
        areas=told.areas,
        web=address,
        references=reference(told),
        note=alert.cancel_reason,
    )


def outline_of(agency: Agency) -> tuple[str, ...]:
    """The area that an agency and those below it answer for today, as CAP polygons; empty when no grid is laid."""
    today = clock.today()
    paths = Agency.objects.at_work().below(agency.path).values("pk")
    held = Responsibility.objects.on(today).filter(agency_id__in=paths).values("grid_id")
    shapes = [row.shape for row in Grid.objects.on(today).filter(pk__in=held, kind="police").only("shape_wkb")]
    return polygons_of(shapely.union_all(shapes)) if shapes else ()
