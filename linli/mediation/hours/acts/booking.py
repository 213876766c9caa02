"""Setting a lawyer's hours at a room, booking half an hour, and saying what came of it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, system
from linli.kernel.workflow import take
from linli.matters.parties.rules import plain_phone
from linli.mediation.hours.models import LawyerBooking, LawyerHours
from linli.mediation.hours.queries import in_residence
from linli.mediation.hours.rules import BOOKING_LIFE, ROOM_POSTS, check_hours
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.works.jobs.acts import hourly

ERASER = system("mediation")
KEPT = timedelta(days=90)


def _may_set(actor: Actor, person_id: uuid.UUID, room: Agency) -> bool:
    return person_id == actor.id or any(
        post.code in ROOM_POSTS and room.path.startswith(post.path) for post in actor.posts
    )


@act("lawyer_hours.write", zh="登记律师坐班时间", en="write a lawyer's hours at a room", keeps=("weekday",))
def write_hours(
    actor: Actor, *, person: Person, room: Agency, weekday: int, from_minute: int, until_minute: int
) -> LawyerHours:
    """He is there every week from now on. Raises Invalid for somebody who is no lawyer or hours that cannot be,
    Conflict when they overlap with others of his.
    """
    if not _may_set(actor, person.pk, room):
        raise NotAllowed("lawyer.not_yours")
    check_hours(weekday, from_minute, until_minute)
    if not Post.objects.held_on(clock.today()).filter(person=person, code="lawyer").exists():
        raise Invalid("lawyer.not_one", who=person.name, field="person")
    Person.objects.select_for_update().get(pk=person.pk)
    others = LawyerHours.objects.filter(person=person, weekday=weekday, until__isnull=True)
    if others.filter(from_minute__lt=until_minute, until_minute__gt=from_minute).exists():
        raise Conflict("lawyer.overlaps", field="from")
    return LawyerHours.objects.create(
        person=person,
        room=room,
        weekday=weekday,
        from_minute=from_minute,
        until_minute=until_minute,
        since=clock.now(),
    )


@act("lawyer_hours.end", zh="取消律师坐班时间", en="end a lawyer's hours", about="hours")
def end_hours(actor: Actor, *, hours: LawyerHours) -> LawyerHours:
    """From now on; what is booked stays booked."""
    if not _may_set(actor, hours.person_id, hours.room):
        raise NotAllowed("lawyer.not_yours")
    LawyerHours.objects.filter(pk=hours.pk, until__isnull=True).update(until=clock.now(), version=F("version") + 1)
    hours.refresh_from_db()
    return hours


@act("lawyer_booking.make", zh="预约律师", en="book a lawyer")
def book(
    actor: Actor,
    *,
    person: Person,
    room: Agency,
    begins_at: datetime,
    name: str,
    phone: str = "",
    about: str = "",
) -> LawyerBooking:
    """A free half hour for a resident, who is asked for no more than a name. Raises Conflict when somebody was first,
    Invalid for a time at which he is not there.
    """
    if not _may_set(actor, person.pk, room):
        raise NotAllowed("lawyer.not_yours")
    if not name.strip():
        raise Invalid("fact.missing", field="name")
    free = [at for one in in_residence(room) if one.person.pk == person.pk for at in one.free]
    there = LawyerBooking.objects.filter(person=person, begins_at=begins_at).exclude(state="cancelled")
    if begins_at not in free and not there.exists():
        raise Invalid("lawyer.not_open", field="begins_at")
    row = LawyerBooking(id=new_id(), person=person, room=room, begins_at=begins_at, by_id=actor.id, at=clock.now())
    for field, text in (("name", name[:60]), ("phone", plain_phone(phone)), ("about", about[:400])):
        row.put(field, text)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise Conflict("lawyer.taken", field="begins_at") from twice
    return row


@act("lawyer_booking.move", zh="登记咨询结果", en="say what came of a booking", keeps=("move",), about="booking")
def move_booking(actor: Actor, *, booking: LawyerBooking, move: str) -> LawyerBooking:
    """Held, missed or cancelled: by the lawyer, who wrote it down, or the room for what came in at the door."""
    if not LawyerBooking.objects.visible_to(actor).filter(pk=booking.pk).exists():
        raise NotAllowed("lawyer.not_yours")
    if move not in {one.name for one in BOOKING_LIFE.moves}:
        raise Invalid("fact.wrong", field="move", why=move[:12])
    take(booking, BOOKING_LIFE, move)
    return booking


def _old() -> QuerySet[LawyerBooking]:
    return LawyerBooking.objects.filter(begins_at__lt=clock.now() - KEPT)


@act("lawyer_booking.erase", zh="删除过期的律师预约", en="erase old bookings of lawyers")
def erase_old(actor: Actor) -> int:
    """Bookings of more than ninety days ago go. Returns how many."""
    return _old().delete()[0]


@hourly("mediation.bookings")
def erase_each_hour(payload: dict[str, Any]) -> None:
    """The hourly round; nothing to do leaves no entry."""
    if _old().exists():
        erase_old(ERASER)
