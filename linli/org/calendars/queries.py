"""Whose calendar an address is, and the shifts in it."""

from __future__ import annotations

from datetime import datetime

from linli.kernel.scope import Actor
from linli.org.calendars.models import CalendarLink
from linli.org.people.acts import token_digest
from linli.org.people.models import Person
from linli.org.roster.models import Shift


def person_by_link(word: str) -> Person | None:
    """The person whose calendar is read under this word, while he works here; None for any other word."""
    found = CalendarLink.objects.filter(digest=token_digest(word), person__left_on__isnull=True)
    link = found.select_related("person").first()
    return link.person if link else None


def link_of(actor: Actor) -> CalendarLink | None:
    """One's own address, or None."""
    return CalendarLink.objects.visible_to(actor).first()


def own_shifts(actor: Actor, *, since: datetime, until: datetime) -> list[Shift]:
    """One's own shifts that touch a span of time; cancelled ones are not there."""
    rows = Shift.objects.filter(person_id=actor.id, cancelled=False, begins_at__lt=until, ends_at__gt=since)
    return list(rows.select_related("agency").order_by("begins_at"))
