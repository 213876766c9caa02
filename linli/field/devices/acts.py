"""Registering a phone, wiping it, hearing from it."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import F

from linli.field.devices.models import Phone
from linli.field.devices.queries import own_phone
from linli.field.devices.rules import GOOD_FOR, kept_facts
from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.crypto import seal, unseal
from linli.kernel.errors import Conflict, NotFound, declare
from linli.kernel.news import listen
from linli.kernel.scope import Actor
from linli.org.people.models import Person
from linli.volunteers.entering.acts import VolunteerLeft

declare("field.device_taken", zh="该设备编号已属于另一位用户。", en="This device id belongs to another person.")
declare("field.person_only", zh="只有本人可以登记手机。", en="Only a person can register a phone.")
declare("field.not_wiped", zh="这部手机没有停用。", en="This phone is not wiped.")
declare("field.wiped_already", zh="这部手机此前已停用。", en="This phone was wiped before.")

_HEARD_EVERY = timedelta(minutes=1)


@act("phone.register", zh="登记手机", en="register a phone")
def register_phone(actor: Actor, *, device: uuid.UUID, title: str, said: Mapping[str, Any], session: str = "") -> Phone:
    """Register the phone of the person who is signed in; again it is renewed. Raises Conflict when the id is another's
    or the phone was wiped.
    """
    person = Person.objects.filter(pk=actor.id).first()
    if person is None:
        raise NotFound("field.person_only")
    now = clock.now()
    found = Phone.objects.filter(pk=device).first()
    if found is not None and found.person_id != actor.id:
        raise Conflict("field.device_taken")
    if found is not None and found.wiped_at is not None:
        raise Conflict("field.erase", wipe=True)
    row = found or Phone(pk=device, person=person, registered_at=now, recovery=_fresh_recovery(device))
    row.name, row.facts, row.path = title[:80], kept_facts(said), _works_at(actor)
    row.contact_at, row.expires_at = now, now + GOOD_FOR
    if session:
        row.session = seal(session, context=f"field.phone.session.{device}")
    row.save()
    return row


def _fresh_recovery(device: uuid.UUID) -> bytes:
    return seal(secrets.token_hex(32), context=f"field.phone.recovery.{device}")


def _works_at(actor: Actor) -> str:
    """Where the phone is looked after: the deepest agency of its owner's posts."""
    return next(iter(sorted((post.path for post in actor.posts), key=len, reverse=True)), "/")


@act(
    "phone.wipe",
    zh="擦除手机",
    en="wipe a phone",
    about="phone",
    within=lambda facts: facts["phone"].path,
)
def wipe_phone(actor: Actor, *, phone: Phone) -> Phone:
    """A stolen or lost phone: it erases itself at its next contact, its session ends now, and what it still sends waits
    for a person.
    """
    changed = Phone.objects.filter(pk=phone.pk, wiped_at__isnull=True).update(
        wiped_at=clock.now(), wiped_by=actor.name, session=b"", version=F("version") + 1
    )
    if not changed:
        raise Conflict("field.wiped_already")
    if phone.session:
        Session.objects.filter(pk=_session_of(phone)).delete()
    phone.refresh_from_db()
    return phone


@act(
    "phone.readmit",
    zh="恢复手机使用",
    en="take a wiped phone back",
    about="phone",
    within=lambda facts: facts["phone"].path,
)
def readmit_phone(actor: Actor, *, phone: Phone) -> Phone:
    """A phone that was found again: after a whole sign-in its owner sets a new PIN, and what it still held is opened
    and sent. What came while it was closed stays with the office. Raises Conflict for a phone that was not wiped.
    """
    changed = Phone.objects.filter(pk=phone.pk, wiped_at__isnull=False).update(
        wiped_at=None, wiped_by="", erased_at=None, version=F("version") + 1
    )
    if not changed:
        raise Conflict("field.not_wiped")
    phone.refresh_from_db()
    return phone


@listen(VolunteerLeft)
def on_volunteer_left(item: VolunteerLeft) -> None:
    """The phones of a volunteer who has left erase themselves, and the house forgets what it knew of them."""
    for phone in Phone.objects.filter(person=item.person, wiped_at__isnull=True):
        wipe_phone(item.actor, phone=phone)
    Phone.objects.filter(person=item.person).update(name="", facts={}, recovery=b"", session=b"")


def note_erased(device: uuid.UUID) -> bool:
    """The phone says that it has erased itself. No act: a wiped phone is nobody's, and only the first word counts."""
    return bool(
        Phone.objects.filter(pk=device, wiped_at__isnull=False, erased_at__isnull=True).update(erased_at=clock.now())
    )


def hear_from(
    actor: Actor, *, device: uuid.UUID, waiting: int | None = None, offset_s: float | None = None, session: str = ""
) -> Phone | None:
    """The phone was there: when, how much it still holds, how far its clock is off, in which session. No act: contact
    is telemetry, as positions are. None when it is not this person's phone.
    """
    row, now = own_phone(actor, device), clock.now()
    if row is None:
        return None
    facts: dict[str, Any] = {"contact_at": now, "expires_at": max(row.expires_at, now + GOOD_FOR)}
    if waiting is not None:
        facts |= {"waiting": waiting, "delivered_at": now}
    if offset_s is not None:
        facts["offset_s"] = offset_s
    if session and row.wiped_at is None and _session_of(row) != session:
        facts["session"] = seal(session, context=f"field.phone.session.{device}")
    if waiting is not None or "session" in facts or now - row.contact_at >= _HEARD_EVERY:
        Phone.objects.filter(pk=row.pk).update(**facts)
    return row


def _session_of(row: Phone) -> str:
    return unseal(row.session, context=f"field.phone.session.{row.pk}")
