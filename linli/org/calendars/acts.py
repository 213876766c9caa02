"""Opening and closing the address of one's own calendar."""

from __future__ import annotations

import secrets

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, declare
from linli.kernel.scope import Actor
from linli.org.calendars.models import CalendarLink
from linli.org.people.acts import token_digest
from linli.org.people.models import Person

declare("calendar.nobody", zh="只有人员才有自己的日历。", en="Only a person has a calendar of his own.")
declare("calendar.none", zh="您没有日历订阅地址。", en="You have no calendar address.")


@act("calendar.open", zh="生成日历订阅地址", en="open one's calendar address")
def open_calendar(actor: Actor) -> str:
    """A new secret address of one's own calendar; shown once, an earlier one ends. Returns its last part."""
    if not Person.objects.filter(pk=actor.id, left_on__isnull=True).exists():
        raise Conflict("calendar.nobody")
    word = secrets.token_urlsafe(32)
    facts = {"digest": token_digest(word), "made_at": clock.now()}
    CalendarLink.objects.update_or_create(person_id=actor.id, defaults=facts)
    return word


@act("calendar.close", zh="停用日历订阅地址", en="close one's calendar address")
def close_calendar(actor: Actor) -> None:
    """The address ends at once. Raises Conflict ``calendar.none``."""
    gone, _ = CalendarLink.objects.filter(person_id=actor.id).delete()
    if not gone:
        raise Conflict("calendar.none")
