"""Reports from outside: they wait, an officer takes them over field by field, or not. Nothing enters by itself."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.crypto import blind_index
from linli.kernel.errors import Conflict, Invalid, NotFound, declare
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.places.addresses.models import Address
from linli.places.homes.acts import home_at
from linli.places.homes.models import Home
from linli.places.homes.queries import term
from linli.places.homes.rules import due_after
from linli.places.occupants.acts.entering import change_occupant, register_occupant
from linli.places.occupants.acts.moving import begin_residence, end_residence
from linli.places.occupants.models import REPORT_LIFE, Occupant, Report, Residence
from linli.places.occupants.models.report import RECEIPT
from linli.places.occupants.queries.phone import REPORT_ON_PHONE
from linli.places.occupants.rules.checking import check_choice
from linli.places.occupants.rules.declared import SOURCES
from linli.places.occupants.rules.reporting import FIELD_WORDS, REPORTS, wrong_in
from linli.places.plates.models import DoorPlate

declare("report.wrong", zh="申报有误：{zh}。", en="The report is not right: {en}.")
declare("report.too_many", zh="此处待核实的申报太多，请直接联系社区民警。", en="Too many reports wait here; call us.")
declare("report.nobody", zh="请先选出是哪一位登记在册的人。", en="Say first which person on record this is about.")
declare("report.field", zh="这份申报没有“{field}”这一项。", en="This report has no field {field}.")

_MOST_WAITING = 30
"""Reports that may wait at one address: more is a joke or a fault, and an officer should hear of it otherwise."""
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@act(
    "report.submit",
    zh="提交登记申报",
    en="send a report for the register",
    keeps=("kind", "source"),
    within=lambda facts: facts["agency_path"],
    offline=REPORT_ON_PHONE,
)
def submit_report(
    actor: Actor,
    *,
    kind: str,
    address: Address,
    agency_path: str,
    told: dict[str, str],
    source: str = "",
    plate: DoorPlate | None = None,
    grid_code: str = "",
    row_id: UUID | None = None,
) -> Report:
    """Keep what somebody tells about an address until an officer decides; ``receipt`` on the row is for its sender
    alone and stored nowhere. Raises Invalid ``report.wrong`` at the first
    field that cannot be, Conflict when too many wait there.
    """
    check_choice("kind", kind, REPORTS)
    asked, today = REPORTS[kind], clock.today()
    given = {name: told[name].strip() for name in asked.fields if told.get(name, "").strip()}
    for wrong in wrong_in(kind, given, today=today):
        field = FIELD_WORDS[wrong.field]
        zh, en = f"{field.zh}：{wrong.words.zh}", f"{field.en}: {wrong.words.en}"
        raise Invalid("report.wrong", field=wrong.field, zh=zh, en=en)
    source = source or asked.source
    check_choice("source", source, SOURCES)
    if Report.objects.filter(address=address, state="waiting").count() >= _MOST_WAITING:
        raise Conflict("report.too_many")
    day = date.fromisoformat(given["happened_on"]) if "happened_on" in given else None
    receipt = "".join(secrets.choice(_SIGNS) for _ in range(10))
    row = Report(
        id=row_id or new_id(),
        kind=kind, address=address, plate=plate, receipt_index=blind_index(receipt, context=RECEIPT), source=source,
        sent_by_id=None if actor.is_system else actor.id, sent_by_name="" if actor.is_system else actor.name,
        agency_path=agency_path, grid_code=grid_code, received_at=clock.now(), happened_on=day,
        due_on=due_after(day, term(asked.term)) if day else None,
    )  # fmt: skip
    row.set_content(given)
    row.save(force_insert=True)
    row.receipt = receipt
    return row


@act(
    "report.refuse",
    zh="不采用申报",
    en="refuse a report",
    about="report",
    within=lambda facts: facts["report"].agency_path,
)
def refuse_report(actor: Actor, *, report: Report) -> Report:
    """The officer has looked, and it does not hold: nothing of it enters the register."""
    _require_seen(actor, report)
    take(report, REPORT_LIFE, "refuse", decided_at=clock.now(), decided_by_name=actor.name)
    return report


@act(
    "report.decide",
    zh="核实并采用申报",
    en="take a report over",
    keeps=("fields",),
    about="report",
    within=lambda facts: facts["report"].agency_path,
)
def decide_report(actor: Actor, *, report: Report, fields: Sequence[str], occupant: Occupant | None = None) -> Report:
    """Take the named fields over, and only those: into the record ``occupant``, or into a new one. What was not taken
    is not written anywhere. The one that decides is named in the trail.
    """
    _require_seen(actor, report)
    told = report.content
    for name in fields:
        if name not in told:
            raise Invalid("report.field", field=name)
    taken = {name: told[name] for name in fields}
    if report.kind in ("moved_out", "let_ended", "left_job"):
        person: Occupant | None = _ended(actor, report, occupant)
    elif report.kind == "corrected":
        person = _corrected(actor, report, occupant, taken)
    else:
        person = _moved_in(actor, report, occupant, taken)
    take(
        report, REPORT_LIFE, "take", decided_at=clock.now(), decided_by_name=actor.name, taken=list(fields),
        for_occupant=person,
    )  # fmt: skip
    return report


def _require_seen(actor: Actor, report: Report) -> None:
    if not Report.objects.visible_to(actor).filter(pk=report.pk).exists():
        raise NotFound("row.unknown", what=str(report.pk))


def _ended(actor: Actor, report: Report, occupant: Occupant | None) -> Occupant:
    if occupant is None:
        raise Invalid("report.nobody", field="occupant")
    held = Residence.objects.visible_to(actor).filter(occupant=occupant, address=report.address, until__isnull=True)
    found = held.first()
    if found is None:
        raise NotFound("row.unknown", what=str(occupant.pk))
    end_residence(actor, residence=found, until=report.happened_on or clock.today())
    return occupant


def _corrected(actor: Actor, report: Report, occupant: Occupant | None, taken: dict[str, str]) -> Occupant:
    if occupant is None:
        raise Invalid("report.nobody", field="occupant")
    for group, names in (("identity", ("name", "id_kind", "id_number")), ("contact", ("phone",))):
        values: dict[str, Any] = {name: taken[name] for name in names if name in taken}
        if "id_number" in values:
            values |= {"born_on": None, "sex": ""}
        if values:
            change_occupant(
                actor, occupant=occupant, version=occupant.version, group=group, values=values, source=report.source
            )
    return occupant


def _moved_in(actor: Actor, report: Report, occupant: Occupant | None, taken: dict[str, str]) -> Occupant:
    home = _home(actor, report, taken)
    since = date.fromisoformat(taken["happened_on"]) if "happened_on" in taken else clock.today()
    kind = taken.get("kind") or "migrant"
    relation = {"let": "tenant", "hired": "employee"}.get(report.kind, "other")
    where: dict[str, Any] = {
        "address": report.address, "home": home, "agency_path": report.agency_path, "grid_code": report.grid_code,
        "kind": kind, "since": since, "source": report.source, "relation": relation,
    }  # fmt: skip
    person: dict[str, Any] = {
        n: taken[n] for n in ("name", "id_kind", "id_number", "phone", "guardian_basis") if n in taken
    }
    if occupant is None:
        return register_occupant(actor, name=person.pop("name", ""), **person, **where)
    held = Residence.objects.filter(occupant=occupant, address=report.address, home=home, until__isnull=True)
    if not held.exists():
        begin_residence(actor, occupant=occupant, **where)
    return _corrected(actor, report, occupant, {n: v for n, v in person.items() if n != "guardian_basis"})


def _home(actor: Actor, report: Report, taken: dict[str, str]) -> Home | None:
    """The home behind the told door, made when it is not on record; a letting says who lets it."""
    if "room" not in taken and report.kind != "let":
        return None
    home = home_at(
        actor, address=report.address, room=taken.get("room", ""), agency_path=report.agency_path,
        grid_code=report.grid_code,
    )  # fmt: skip
    landlord = {name: taken[name] for name in ("landlord_name", "landlord_phone") if name in taken}
    if landlord:
        values = {f"{name}_sealed": home.sealed(name, text) for name, text in landlord.items()}
        told = {"use": "let", "source": report.source, "confirmed_on": clock.today()}
        Home.objects.filter(pk=home.pk).update(version=F("version") + 1, **values, **told)
    return home
