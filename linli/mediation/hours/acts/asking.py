"""A resident books the lawyer in residence at the residents' door: a half hour, a receipt, an answer, a way back."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.crypto import blind_index
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.parties.rules import plain_phone
from linli.matters.public.acts import GUESSES, TooMany
from linli.matters.public.rules import code_from, typed_code
from linli.mediation.hours.models import LawyerBooking, LawyerHours
from linli.mediation.hours.queries import in_residence
from linli.mediation.hours.rules import BOOKING_LIFE, MOST_HELD, NUMBER_PREFIX, SHORTEST_PHONE

_ONCE, _FOLLOW, _PHONE = "mediation.booking.once", "mediation.booking.follow", "mediation.booking.phone"


def _code(once: str) -> str:
    """The follow code of a form, made of its own secret: an answer that got lost can be given again."""
    return code_from(blind_index(once, context=_FOLLOW).encode())


def _number(once: str) -> str:
    return NUMBER_PREFIX + code_from(blind_index(once, context=_ONCE).encode()).upper()


def _follow_index(number: str, code: str) -> str:
    return blind_index(f"{number} {code}", context=_FOLLOW)


def asked_before(once: str) -> LawyerBooking | None:
    """What was booked with this form before, its code in ``new_code``: on a slow line people press twice."""
    rows = LawyerBooking.objects.filter(once_index=blind_index(once, context=_ONCE))
    row = rows.select_related("person", "room").first()
    if row is not None:
        row.new_code = _code(once)
    return row


def asked_by_code(number: str, code: str) -> LawyerBooking | None:
    """The booking with this number and code: for who made it. Raises TooMany after ten wrong codes for a number."""
    key = number.strip().upper()[:20]
    wait_s = GUESSES.take(key, clock.now().timestamp())
    if wait_s:
        raise TooMany("public.guesses", minutes=max(1, round(wait_s / 60)), again_in_s=int(wait_s) + 1)
    index = _follow_index(key, typed_code(code))
    found = LawyerBooking.objects.filter(code_index=index, number=key).select_related("person", "room").first()
    if found is not None:
        GUESSES.give_back(key)
    return found


@act("lawyer_booking.ask", zh="群众预约律师", en="a resident books a lawyer")
def ask_lawyer(
    actor: Actor, *, hours: LawyerHours, begins_at: datetime, name: str, phone: str, once: str, about: str = ""
) -> LawyerBooking:
    """A free half hour within a lawyer's hours. Number and follow code stand on the row (``new_code``), the code is
    stored as a digest only. Raises Conflict when somebody was first, Invalid for a time that is not free, without a
    name or a telephone, or when this telephone holds two bookings already.
    """
    if not name.strip():
        raise Invalid("fact.missing", field="name")
    digits = plain_phone(phone)
    if len(digits) < SHORTEST_PHONE:
        raise Invalid("public.phone", field="phone")
    index = blind_index(digits, context=_PHONE)
    held = LawyerBooking.objects.filter(phone_index=index, state="booked", begins_at__gte=clock.now())
    if held.count() >= MOST_HELD:
        raise Invalid("lawyer.enough", most=MOST_HELD, field="phone")
    free = [at for one in in_residence(hours.room) if one.person.pk == hours.person_id for at in one.free]
    if begins_at not in free:
        there = LawyerBooking.objects.filter(person_id=hours.person_id, begins_at=begins_at)
        if there.exclude(state="cancelled").exists():
            raise Conflict("lawyer.taken", field="slot")
        raise Invalid("lawyer.not_open", field="slot")
    number = _number(once)
    row = LawyerBooking(
        id=new_id(), person=hours.person, room=hours.room, begins_at=begins_at, at=clock.now(), number=number,
        once_index=blind_index(once, context=_ONCE), code_index=_follow_index(number, _code(once)), phone_index=index,
    )  # fmt: skip
    for field, text in (("name", name[:60]), ("phone", digits), ("about", about[:400])):
        row.put(field, text)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise Conflict("lawyer.taken", field="slot") from twice
    row.new_code = _code(once)
    return row


@act("lawyer_booking.give_back", zh="群众取消预约", en="a resident gives a booking back", about="booking")
def give_back(actor: Actor, *, booking: LawyerBooking) -> LawyerBooking:
    """Whoever has number and code cancels; the half hour is free again. Raises Conflict when it is over."""
    take(booking, BOOKING_LIFE, "cancel")
    return booking


@act("lawyer_booking.answer", zh="回复预约人", en="answer who booked", about="booking")
def tell_asker(actor: Actor, *, booking: LawyerBooking, words: str) -> LawyerBooking:
    """A few words that whoever booked reads with number and code: what to bring, another time. Raises Invalid without
    words or where nobody could read them, NotAllowed for somebody else's booking.
    """
    if not LawyerBooking.objects.visible_to(actor).filter(pk=booking.pk).exists():
        raise NotAllowed("lawyer.not_yours")
    if not words.strip() or not booking.number:
        raise Invalid("fact.missing", field="words")
    booking.put("answer", words[:400])
    LawyerBooking.objects.filter(pk=booking.pk).update(answer_sealed=booking.answer_sealed)
    return booking
