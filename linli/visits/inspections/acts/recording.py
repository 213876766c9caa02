"""Inspecting premises, checking again, signing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, NotAllowed
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.places.addresses.models import Address
from linli.places.premises.models import Premises
from linli.visits.checklists.queries import checklist_on
from linli.visits.checklists.rules import ChecklistFacts
from linli.visits.inspections.acts.phone import AGAIN, FILE, LOOKED
from linli.visits.inspections.models import INSPECTION_LIFE, Finding, Inspection
from linli.visits.inspections.rules import check_inspection, state_after
from linli.visits.records.acts import attach_to_visit, record_visit
from linli.visits.records.models import VisitFile
from linli.visits.records.rules import OFFICERS
from linli.works.files.models import StoredFile

_KEPT = ("outcome", "trade", "checklist", "put_right_by", "seized_yuan", "premises")


@act("inspection.record", zh="登记检查", en="record an inspection", keeps=_KEPT, offline=LOOKED)
def record_inspection(
    actor: Actor,
    *,
    outcome: str, trade: str = "",
    premises: Premises | None = None, address: Address | None = None, place: str = "",
    lon: float | None = None, lat: float | None = None,
    checklist: str = "", findings: Mapping[str, str] | None = None, notes: Mapping[str, str] | None = None,
    put_right_by: date | None = None, notice_no: str = "",
    seized_yuan: int | None = None, seized_what: str = "", remark: str = "", people_met: int = 1,
    opens: Mapping[str, str] | None = None, rechecks: Inspection | None = None,
    inspected_at: datetime | None = None, device_at: datetime | None = None, row_id: Any = None,
) -> Inspection:  # fmt: skip
    """Record an inspection with its outcome; the visit that it is goes into the visits by the same entry.

    ``findings``: pass, fail or na by item of the ``checklist``'s present edition, ``notes`` a word on an item.
    ``seized_yuan``: value of fakes, in whole yuan. What is to be put right has a day. Raises Invalid naming the field.
    """
    at = inspected_at or device_at or clock.now()
    kind = trade or (premises.kind if premises else "")
    listed = checklist_on(checklist, clock.today()) if checklist else None
    found = {code: result for code, result in (findings or {}).items() if result}
    check_inspection(
        outcome=outcome, trade=kind, on=clock.shanghai(at).date(), put_right_by=put_right_by, seized_yuan=seized_yuan,
        seized_what=seized_what, findings=found, items=_codes(listed),
    )  # fmt: skip
    visit = record_visit(
        actor, reason="inspection", people_met=people_met, premises=premises, address=address, place=place, lon=lon,
        lat=lat, opens=opens, visited_at=at, device_at=device_at,
    )  # fmt: skip
    made = Inspection.objects.create(
        id=row_id or new_id(), visit=visit, premises=premises, trade=kind, place=visit.place, agency=visit.agency,
        by_id=actor.id, by_name=actor.name, inspected_at=at, outcome=outcome,
        checklist=listed.code if listed else "", edition=listed.edition if listed else None,
        state=state_after(outcome, signed=actor.holds(*OFFICERS)),
        put_right_by=put_right_by if outcome == "put_right" else None, notice_no=notice_no.strip()[:40],
        seized_yuan=seized_yuan if outcome == "seized" else None, seized_what=seized_what.strip()[:120],
        note=remark.strip(), rechecks=rechecks,
    )  # fmt: skip
    _find(made, found, notes or {})
    return made


def _find(made: Inspection, found: Mapping[str, str], notes: Mapping[str, str]) -> None:
    Finding.objects.bulk_create(
        Finding(inspection=made, code=code, result=result, note=notes.get(code, "").strip()[:200])
        for code, result in found.items()
    )


def _codes(listed: ChecklistFacts | None) -> frozenset[str]:
    return frozenset(item.code for item in listed.items) if listed else frozenset()


@act(
    "inspection.recheck",
    zh="复查",
    en="check again",
    keeps=("passed", "put_right_by"),
    about="inspection",
    offline=AGAIN,
)
def recheck(
    actor: Actor,
    *,
    inspection: Inspection,
    passed: bool,
    put_right_by: date | None = None,
    remark: str = "",
    device_at: datetime | None = None,
    row_id: Any = None,
) -> Inspection:
    """Look whether it was put right: an inspection of its own. Failed, it gets a new day, or without one is handed on.

    Raises Conflict when nothing waits, NotAllowed for whoever may not sign.
    """
    if not actor.holds(*OFFICERS):
        raise NotAllowed("inspection.by_officer")
    if inspection.state != "to_put_right":
        raise Conflict("inspection.no_recheck")
    take(inspection, INSPECTION_LIFE, "pass" if passed else "fail")
    where: dict[str, Any] = {"premises": inspection.premises} if inspection.premises else {"place": inspection.place}
    return record_inspection(
        actor,
        outcome="in_order" if passed else "put_right" if put_right_by else "handed_on",
        trade=inspection.trade,
        put_right_by=put_right_by,
        remark=remark,
        device_at=device_at,
        row_id=row_id,
        rechecks=inspection,
        lon=inspection.visit.lon,
        lat=inspection.visit.lat,
        **where,
    )


@act(
    "inspection.countersign",
    zh="核签检查记录",
    en="countersign an inspection",
    about="inspection",
    within=lambda facts: facts["inspection"].agency.path,
)
def countersign_inspection(actor: Actor, *, inspection: Inspection) -> Inspection:
    """Sign for what an auxiliary or assistant has recorded. Raises Conflict when somebody was first."""
    if inspection.by_id == actor.id:
        raise NotAllowed("visit.own_sign")
    move = "sign_to_put_right" if inspection.outcome == "put_right" else "sign_closed"
    take(inspection, INSPECTION_LIFE, move, signed_by_id=actor.id, signed_at=clock.now())
    return inspection


@act(
    "inspection.send_back",
    zh="退回检查记录",
    en="send an inspection back",
    about="inspection",
    within=lambda facts: facts["inspection"].agency.path,
)
def send_inspection_back(actor: Actor, *, inspection: Inspection, why: str) -> Inspection:
    """It does not count; its author records it anew."""
    if inspection.by_id == actor.id:
        raise NotAllowed("visit.own_sign")
    take(inspection, INSPECTION_LIFE, "send_back", sent_back_why=why.strip()[:200])
    return inspection


@act(
    "inspection.attach_file",
    zh="附检查照片",
    en="attach a file to an inspection",
    keeps=("file",),
    about="inspection",
    offline=FILE,
)
def attach_to_inspection(
    actor: Actor,
    *,
    inspection: Inspection,
    file: StoredFile,
    title: str = "",
    device_at: datetime | None = None,
    row_id: Any = None,
) -> VisitFile:
    """Hang a stored file on one's own inspection: it lies with the visit that it is."""
    return attach_to_visit(actor, visit=inspection.visit, file=file, title=title, device_at=device_at, row_id=row_id)
