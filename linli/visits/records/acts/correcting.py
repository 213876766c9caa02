"""Correcting one's own record, never silently; hanging a voice note or a picture on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.ids import new_id
from linli.kernel.inputs import Given, Offline, asked
from linli.kernel.scope import Actor
from linli.places.occupants.models import Occupant
from linli.visits.plans.models import Stop
from linli.visits.reasons.queries import reason as reason_of
from linli.visits.records.acts.naming import confirm_named, name_people
from linli.visits.records.models import Visit, VisitChoice, VisitFile, VisitOccupant, VisitVersion
from linli.visits.records.rules import OFFICERS, SEALED, check_visit, people_counted
from linli.works.files.models import StoredFile
from linli.works.files.rules import clean_name

declare("visit.none_yet", zh="这一户还没有走访记录。", en="There is no visit of this door yet.")
declare("visit.changed", zh="这条记录刚被改过，请刷新后再改。", en="This record has just been changed; reload first.")

_PLAIN = ("reason", "outcome", "people_met", "helped", "visited_at")


@act("visit.correct", zh="更正走访记录", en="correct a visit", keeps=("visit",), about="visit")
def correct_visit(actor: Actor, *, visit: Visit, version: int, why: str, values: Mapping[str, Any]) -> Visit:
    """Set other values in one's own record; what stood there before is kept with the reason.

    ``values``: reason, outcome, people_met, helped, visited_at, topics, given, people (on record at this door) with
    live_here, and the free words by name. What an
    officer had signed for waits for a sign again, unless its author is an officer. Raises NotAllowed for another
    person's record, Conflict when ``version`` is not the present one, Invalid naming the field.
    """
    if visit.by_id != actor.id:
        raise NotAllowed("visit.not_author")
    if not why.strip():
        raise Invalid("visit.why", field="why")
    chosen = {kind: _codes(visit, kind) for kind in ("topic", "given")}
    plain = {name: values.get(name, getattr(visit, name)) for name in _PLAIN}
    topics = tuple(values.get("topics", chosen["topic"]))
    given = tuple(values.get("given", chosen["given"]))
    reason_of(plain["reason"], clock.today())
    known = list(visit.named.select_related("occupant").order_by("pk"))
    people = _people_after(known, values, met=plain["outcome"] == "met")
    plain["people_met"] = people_counted(plain["people_met"], outcome=plain["outcome"], named=len(people))
    check_visit(
        outcome=plain["outcome"],
        people_met=plain["people_met"],
        helped=plain["helped"],
        topics=topics,
        given=given,
        visited_at=plain["visited_at"],
        now=clock.now(),
    )
    said = visit.said
    before = {name: _as_text(getattr(visit, name)) for name in _PLAIN}
    before |= {"topics": chosen["topic"], "given": chosen["given"], **said}
    before["people"] = [str(one.occupant_id) for one in known]
    kept = Visit(id=visit.pk)
    kept.set_said({name: str(values.get(name, said.get(name, ""))).strip() for name in SEALED})
    state = "official" if actor.holds(*OFFICERS) else "waiting"
    signed = None if state == "waiting" else visit.signed_by_id
    facts = {"state": state, "signed_by": signed, "sent_back_why": "", "words_sealed": kept.words_sealed, **plain}
    if not Visit.objects.filter(pk=visit.pk, version=version).update(version=F("version") + 1, **facts):
        raise Conflict("visit.changed")
    _keep(actor, visit, version, why, before)
    _choose_anew(visit, {"topic": topics, "given": given})
    visit.refresh_from_db()
    _name_anew(actor, visit, known, list(people.values()), live_here=bool(values.get("live_here")))
    return visit


def _people_after(known: list[VisitOccupant], values: Mapping[str, Any], *, met: bool) -> dict[UUID, Occupant]:
    """Whom the visit names from now on, by the row that stands for them: those given, else those it named, if met."""
    told = values.get("people", [one.occupant for one in known] if met else [])
    return {row.merged_into_id or row.pk: row for row in told}


def _keep(actor: Actor, visit: Visit, version: int, why: str, before: dict[str, Any]) -> None:
    """What stood there, with who replaced it and why."""
    row = VisitVersion(
        visit=visit, number=version, why=why.strip()[:200], changed_at=clock.now(), changed_by_name=actor.name
    )
    row.set_before(before)
    row.save(force_insert=True)


def _codes(visit: Visit, kind: str) -> list[str]:
    return sorted(VisitChoice.objects.filter(visit=visit, kind=kind).values_list("code", flat=True))


def _choose_anew(visit: Visit, chosen: dict[str, tuple[str, ...]]) -> None:
    VisitChoice.objects.filter(visit=visit).delete()
    rows = [
        VisitChoice(visit=visit, kind=kind, code=code)
        for kind, codes in chosen.items()
        for code in dict.fromkeys(codes)
    ]
    VisitChoice.objects.bulk_create(rows)


def _name_anew(
    actor: Actor, visit: Visit, known: list[VisitOccupant], people: list[Occupant], *, live_here: bool
) -> None:
    """Whoever is named no more goes; whoever is named now is looked for at the door. Those who stay are not asked for
    again: they may have moved since.
    """
    stays = {row.pk for row in people}
    visit.named.exclude(occupant__in=stays).delete()
    held = {one.occupant_id for one in known}
    name_people(visit, [row for row in people if row.pk not in held], live_here=live_here)
    if live_here:
        visit.named.update(lives_here=True)
        confirm_named(actor, visit)


def _as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    sent = given.values["file"]
    return {"file": sent.row, "title": given.values.get("title") or sent.name}


def _file_on(model: Any) -> Offline:
    return Offline(
        inputs=(
            asked("file", "file", "文件", "file", required=True),
            asked("title", "text", "名称", "name", longest=120),
        ),
        subject=model,
        prepare=_from_phone,
        icon="paperclip",
        order=70,
    )


@act(
    "visit.attach_file",
    zh="附走访语音或照片",
    en="attach a file to a visit",
    keeps=("file",),
    about="visit",
    offline=_file_on(Visit),
)
def attach_to_visit(
    actor: Actor,
    *,
    visit: Visit,
    file: StoredFile,
    title: str = "",
    device_at: datetime | None = None,
    row_id: Any = None,
) -> VisitFile:
    """Hang a stored file on one's own visit. Raises NotAllowed for another person's."""
    if visit.by_id != actor.id:
        raise NotAllowed("visit.not_author")
    row, _ = VisitFile.objects.get_or_create(
        visit=visit, file=file, defaults={"id": row_id or new_id(), "name": clean_name(title or "文件")}
    )
    return row


@act(
    "visit.attach_at_stop",
    zh="附计划走访的语音或照片",
    en="attach a file to a planned visit",
    keeps=("file",),
    about="stop",
    offline=_file_on(Stop),
)
def attach_at_stop(
    actor: Actor,
    *,
    stop: Stop,
    file: StoredFile,
    title: str = "",
    device_at: datetime | None = None,
    row_id: Any = None,
) -> VisitFile:
    """Hang a stored file on one's latest visit of a door of one's week. Raises Conflict when there is none yet."""
    visit = Visit.objects.filter(due_id=stop.due_id, by_id=actor.id).order_by("-recorded_at").first()
    if visit is None:
        raise Conflict("visit.none_yet")
    return attach_to_visit(actor, visit=visit, file=file, title=title, device_at=device_at, row_id=row_id)
