"""What comes in at the residents' door: every report is a matter, and a photograph may follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.crypto import blind_index
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.rows import insert
from linli.kernel.scope import Actor
from linli.matters.files.acts import attach_file
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import open_matter
from linli.matters.ledger.models import Matter
from linli.matters.parties.models import party_of
from linli.matters.parties.rules import plain_phone
from linli.matters.public.acts.declared import NO_CONTACT, REPORTER, Contact
from linli.matters.public.models import PublicReport
from linli.matters.public.queries import Located, code_index, hours_of, narrowed, taken_slots
from linli.matters.public.rules import (
    FORMS,
    HAZARDS,
    LONGEST_TEXT,
    MOST_PHOTOS,
    READERS,
    Form,
    code_from,
    free_slots,
)
from linli.org.agencies.models import Agency
from linli.works.files.models import StoredFile

ONCE = "matters.public.once"
_SHORTEST_PHONE = 7


def already(once: str) -> PublicReport | None:
    """What was sent with this form before: on a slow line people press twice. Its code stands in ``new_code`` unless
    another was given since.
    """
    rows = PublicReport.objects.select_related("matter", "room")
    row = rows.filter(once_index=blind_index(once, context=ONCE)).first()
    if row is not None and code_index(row.matter.number, _code(once)) == row.code_index:
        row.new_code = _code(once)
    return row


def _code(once: str) -> str:
    """The follow code of a form: made of its own secret, so that an answer that got lost can be given again."""
    return code_from(blind_index(once, context="matters.public.follow").encode())


def check(
    form: str, *, text: str, sort: str, readers: str, contact: Contact, photos: int, room: Agency | None, slot: Any
) -> Form:
    """The declared form; raises Invalid for the first thing that is missing or too long, with its field."""
    declared = FORMS.get(form)
    if declared is None:
        raise Invalid("public.unknown_form", form=form[:20], field="form")
    if not text.strip():
        raise Invalid("public.empty", field="text")
    if len(text) > LONGEST_TEXT:
        raise Invalid("public.too_long", sent=len(text), most=LONGEST_TEXT, field="text")
    if readers not in READERS:
        raise Invalid("public.readers", field="readers")
    if form == "hazard" and sort not in HAZARDS:
        raise Invalid("public.sort", field="sort")
    if (contact.phone or contact.sms or declared.contact) and len(plain_phone(contact.phone)) < _SHORTEST_PHONE:
        raise Invalid("public.phone", field="phone")
    if photos > (MOST_PHOTOS if declared.photos else 0):
        raise Invalid("public.photos", most=MOST_PHOTOS if declared.photos else 0, field="photo")
    if declared.slot and room is None:
        raise Invalid("public.no_room", field="room")
    if declared.slot and slot is None:
        raise Invalid("public.slot", field="slot")
    return declared


@act("public.report", zh="群众来件", en="take a resident's report", keeps=("form", "source"), joins=True)
def take_report(
    actor: Actor,
    *,
    form: str,
    text: str,
    where: Located,
    once: str,
    sort: str = "",
    readers: str = "",
    contact: Contact = NO_CONTACT,
    slot_at: datetime | None = None,
    photos: Sequence[StoredFile] = (),
    source: str = "resident",
) -> PublicReport:
    """Open an ordinary matter for what a resident sent. ``where`` comes from ``queries.located``; a second report with
    the form's secret ``once`` breaks a constraint (``already`` gives the first). The follow code stands in
    ``new_code`` and is stored as a digest only. Raises Invalid naming the field; Conflict when the time was taken.
    """
    chosen = readers or (FORMS[form].readers if form in FORMS else "")
    room, asked = where.room, {"sort": sort, "readers": chosen}
    declared = check(form, text=text, **asked, contact=contact, photos=len(photos), room=room, slot=slot_at)
    if slot_at is not None and room is not None:
        _check_slot(room, slot_at)
    now, code = clock.now(), _code(once)
    matter = _opened(actor, declared, where, chosen, text=text.strip(), sort=sort, slot_at=slot_at, source=source)
    report = PublicReport(
        matter=matter,
        form=form,
        **asked,
        code_index=code_index(matter.number, code),
        once_index=blind_index(once, context=ONCE),
        sms=contact.sms,
        room=room,
        slot_at=slot_at,
        answer_due_at=now + timedelta(days=declared.answer_days),
        received_at=now,
    )
    report.new_code = code
    insert(report)
    _with_it(actor, matter, contact, photos)
    return report


def _with_it(actor: Actor, matter: Matter, contact: Contact, photos: Sequence[StoredFile]) -> None:
    if contact.name.strip() or contact.phone.strip():
        insert(party_of(matter, part=REPORTER, name=contact.name.strip()[:60], phone=plain_phone(contact.phone)))
    for number, photo in enumerate(photos, 1):
        attach_file(actor, matter=matter, file=photo, title=f"照片{number}{_ENDINGS.get(photo.media_type, '')}")


_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


def _opened(
    actor: Actor,
    declared: Form,
    where: Located,
    readers: str,
    *,
    text: str,
    sort: str,
    slot_at: datetime | None,
    source: str,
) -> Matter:
    details: dict[str, Any] = {declared.field: text}
    names = {item.name for item in KINDS[declared.kind].details}
    if sort and "type" in names:
        details["type"] = sort
    if slot_at is not None and "when" in names:
        details["when"] = f"{clock.shanghai(slot_at):%Y-%m-%d %H:%M}"
    columns: dict[str, Any] = {"warnings": list(where.warnings)}
    if readers == "officer" and where.officer is not None:
        columns["assignee"] = where.officer
    title = HAZARDS[sort][0].zh if sort in HAZARDS else f"群众{declared.words.zh}"
    return open_matter(
        actor,
        kind=declared.kind,
        title=title,
        details=details,
        place=narrowed(where, readers),
        source=source,
        columns=columns,
    )


def _check_slot(room: Agency, slot_at: datetime) -> None:
    now = clock.shanghai(clock.now())
    taken = taken_slots(room, clock.now())
    if slot_at in taken:
        raise Conflict("public.slot_taken", field="slot")
    if slot_at not in free_slots(hours_of(room), now, taken):
        raise Invalid("public.slot", field="slot")


@act(
    "public.add_photo",
    zh="群众补照片",
    en="add a resident's photograph",
    about="report",
)
def add_photo(actor: Actor, *, report: PublicReport, photo: StoredFile) -> PublicReport:
    """Hang a photograph that came later on the matter of a report; Invalid after the third."""
    held = report.matter.attachments.kept().count()
    if held >= MOST_PHOTOS:
        raise Invalid("public.photos", most=MOST_PHOTOS, field="photo")
    title = f"照片{held + 1}{_ENDINGS.get(photo.media_type, '')}"
    attach_file(actor, matter=report.matter, file=photo, title=title)
    return report
