"""What comes in at the residents' door, and what goes back: every report is a matter, and gets an answer."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.crypto import blind_index
from linli.kernel.errors import Conflict, Invalid, NotAllowed, Refusal, declare
from linli.kernel.rows import insert
from linli.kernel.scope import Actor, system
from linli.matters.files.acts import attach_file
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import open_matter
from linli.matters.ledger.models import Matter, MatterShare, MattersRewritten
from linli.matters.parties.models import Party, party_of
from linli.matters.parties.rules import plain_phone
from linli.matters.public.models import PublicReport
from linli.matters.public.queries import Located, code_index, hours_of, narrowed, report_by_code, taken_slots
from linli.matters.public.rules import (
    FORMS,
    HAZARDS,
    LONGEST_TEXT,
    MOST_PHOTOS,
    OPINIONS,
    READERS,
    Buckets,
    Form,
    code_from,
    free_slots,
)
from linli.org.agencies.models import Agency
from linli.org.posts.models import Post
from linli.works.files.models import StoredFile

RESIDENT = system("resident")
"""Whoever has not signed in. Who it is, the house does not know."""
REPORTER = "reporter"
ONCE = "matters.public.once"
_LONGEST_ANSWER, _LONGEST_PUBLIC, _SHORTEST_PHONE = 2_000, 500, 7
_AT_ONCE, _EACH_S = 300.0, 5.0
_GUESSES, _GUESSES_EACH_S = 10.0, 10.0 / 3600
INTAKE = Buckets(capacity=_AT_ONCE, per_s=_EACH_S)
"""By form and area: 300 at once, 5 a second from then on."""
GUESSES = Buckets(capacity=_GUESSES, per_s=_GUESSES_EACH_S)
"""Wrong follow codes by number: ten, then one every six minutes."""

declare("public.unknown_form", zh="没有这种表单：{form}。", en="There is no form {form}.")
declare("public.empty", zh="请写几个字，说说是什么事。", en="Please say in a few words what it is about.")
declare(
    "public.too_long",
    zh="写了{sent}个字，最多{most}个字。请缩短，或直接到警务室说。",
    en="{sent} characters; at most {most}. Shorten it, or come to the police room.",
)
declare("public.phone", zh="请留一个能打通的电话，至少7位数字。", en="Please leave a telephone number that works.")
declare("public.readers", zh="请选择谁可以看。", en="Please choose who may read it.")
declare("public.sort", zh="请选择是哪一类。", en="Please choose what sort it is.")
declare("public.photos", zh="照片最多{most}张。", en="At most {most} photographs.")
declare("public.no_room", zh="请先选警务室。", en="Choose a police room first.")
declare("public.slot", zh="请选一个时段。", en="Please choose a time.")
declare("public.slot_taken", zh="这个时段刚被约走，请另选一个。", en="This time has just been taken; choose another.")
declare(
    "public.too_many",
    zh="这里一下子收到太多，您的这一份还没有收下。请{minutes}分钟后再按一次；着急就打警务室电话，有危险拨110。",
    en="Too much came in at once and yours is not taken yet. Press again in {minutes} min; in danger call 110.",
)
declare(
    "public.kept_from_room",
    zh="报告人要求不让村里和警务室的人看。请直接交给社区民警或派出所的民警。",
    en="The sender asked that the room does not read this; give it to an officer by name, or keep it at the station.",
)
declare("public.outside", zh="位置不在任何警格，已归{agency}。", en="In no grid; it goes to {agency}.")
declare("public.rated", zh="这件事已经评过了，谢谢。", en="An opinion on this was given already. Thank you.")
declare("public.not_settled", zh="事情还在办，办完再评。", en="It is still being dealt with.")
declare("public.opinion", zh="请选一项。", en="Please choose one.")
declare("public.only_hazards", zh="只有隐患可以公开。", en="Only hazards are made public.")
declare(
    "public.guesses", zh="试得太多，请{minutes}分钟后再试，或到警务室问。", en="Too many tries; again in {minutes} min."
)


class TooMany(Refusal):
    """More than is taken at once; ``again_in_s`` says when to come again."""

    status = 429


@dataclass(frozen=True, slots=True)
class Contact:
    """How whoever sent it may be reached, if he wishes to be."""

    name: str = ""
    phone: str = ""


def let_in(form: str, area: str) -> None:
    """Take one from the bucket of a form and an area; raises TooMany saying when to come again."""
    wait_s = INTAKE.take(f"{form} {area}", clock.now().timestamp())
    if wait_s:
        raise TooMany("public.too_many", minutes=max(1, round(wait_s / 60)), again_in_s=int(wait_s) + 1)


def found_by_code(number: str, code: str) -> PublicReport | None:
    """The report with this number and follow code, or None. After ten wrong codes for a number an hour raises TooMany,
    whatever the code is: who guesses on learns nothing.
    """
    key = number.strip().upper()[:32]
    wait_s = GUESSES.take(key, clock.now().timestamp())
    if wait_s:
        raise TooMany("public.guesses", minutes=max(1, round(wait_s / 60)), again_in_s=int(wait_s) + 1)
    found = report_by_code(key, code)
    if found is not None:
        GUESSES.give_back(key)
    return found


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
    if (contact.phone or declared.contact) and len(plain_phone(contact.phone)) < _SHORTEST_PHONE:
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
    contact: Contact = Contact(),
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


@act(
    "public.answer",
    zh="答复群众",
    en="answer a resident",
    about="report",
    within=lambda facts: facts["report"].matter.scope_paths()[0],
)
def answer_report(actor: Actor, *, report: PublicReport, text: str) -> PublicReport:
    """Write what the sender reads by his follow code; a later answer takes the place of the former one."""
    plain = text.strip()
    if not plain:
        raise Invalid("public.empty", field="text")
    if len(plain) > _LONGEST_ANSWER:
        raise Invalid("public.too_long", sent=len(plain), most=_LONGEST_ANSWER, field="text")
    PublicReport.objects.filter(pk=report.pk).update(
        answer=plain, answered_at=clock.now(), answered_by_name=actor.name, version=F("version") + 1
    )
    report.refresh_from_db()
    return report


@act(
    "public.publish",
    zh="公开隐患",
    en="make a hazard public",
    keeps=("shown",),
    about="report",
    within=lambda facts: facts["report"].matter.scope_paths()[0],
)
def publish_report(actor: Actor, *, report: PublicReport, text: str, shown: bool = True) -> PublicReport:
    """Let everybody read ``text`` of a hazard through Open311, or take it back. The sender's own words never leave."""
    if report.form != "hazard":
        raise Invalid("public.only_hazards", field="text")
    plain = text.strip()
    if len(plain) > _LONGEST_PUBLIC:
        raise Invalid("public.too_long", sent=len(plain), most=_LONGEST_PUBLIC, field="text")
    PublicReport.objects.filter(pk=report.pk).update(
        published_text=plain if shown else "",
        published_at=clock.now() if shown else None,
        version=F("version") + 1,
    )
    report.refresh_from_db()
    return report


@act(
    "public.renew_code",
    zh="补发查询码",
    en="give a new follow code",
    about="report",
    within=lambda facts: facts["report"].matter.scope_paths()[0],
)
def renew_code(actor: Actor, *, report: PublicReport) -> PublicReport:
    """At the counter, for whoever lost his code: the old one ends. The new one stands in ``report.new_code``, shown
    once, stored nowhere.
    """
    code = code_from(secrets.token_bytes(16))
    PublicReport.objects.filter(pk=report.pk).update(
        code_index=code_index(report.matter.number, code), version=F("version") + 1
    )
    report.refresh_from_db()
    report.new_code = code
    return report


@act("public.give_opinion", zh="群众评价", en="say what one thinks of the outcome", keeps=("opinion",), about="report")
def give_opinion(actor: Actor, *, report: PublicReport, opinion: str, text: str = "") -> PublicReport:
    """What the sender says of the outcome, once, after it was settled or answered (P13). Of the matter, not of anybody.

    Raises Conflict when an opinion was given before or it is still being dealt with.
    """
    if opinion not in OPINIONS:
        raise Invalid("public.opinion", field="opinion")
    plain = text.strip()
    if len(plain) > _LONGEST_PUBLIC:
        raise Invalid("public.too_long", sent=len(plain), most=_LONGEST_PUBLIC, field="opinion_text")
    if not is_settled(report):
        raise Conflict("public.not_settled")
    changed = PublicReport.objects.filter(pk=report.pk, opinion_at__isnull=True).update(
        opinion=opinion, opinion_text=plain, opinion_at=clock.now(), version=F("version") + 1
    )
    if not changed:
        raise Conflict("public.rated")
    report.refresh_from_db()
    return report


def is_settled(report: PublicReport) -> bool:
    """Whether its sender may say what he thinks of it."""
    return report.answered_at is not None or report.matter.closed_at is not None or report.matter.state == "settled"


def contact_of(report: PublicReport) -> Party | None:
    """Who sent it, if he said so; the caller has found the report by ``visible_to`` and notes the look."""
    return Party.objects.filter(matter_id=report.matter_id, part=REPORTER).first()


_KEYS = frozenset({"agency", "agency_id", "assignee", "assignee_id"})
_POLICE = ("community_officer", "station_desk", "station_chief", "bureau_leader", "dispatcher", "tip_reader")


@news.listen(MattersRewritten)
def keep_readers(told: MattersRewritten) -> None:
    """What was not meant for the people of the room does not come to them, whoever gives it away."""
    if not _KEYS & told.columns:
        return
    rows = PublicReport.objects.filter(matter__line__in=told.lines).exclude(readers="room")
    for row in rows.select_related("matter__agency", "matter__assignee"):
        matter = row.matter
        shared = MatterShare.objects.filter(matter=matter, agency__kind__in=Agency.ROOM_KINDS).exists()
        if shared or (matter.agency is not None and matter.agency.is_room):
            raise NotAllowed("public.kept_from_room")
        if matter.assignee_id is None:
            continue
        held = Post.objects.held_on(clock.today()).filter(person_id=matter.assignee_id, code__in=_POLICE)
        if not held.exists():
            raise NotAllowed("public.kept_from_room")
