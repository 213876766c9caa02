"""Mediation for who works in a case; for everybody else a case does not exist, and answers that are kept say nothing
of it. What others may know of a dispute is its face, at the matter.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, agency_ref, bilingual
from linli.kernel.errors import NotFound
from linli.matters.ledger.queries import matter_by_number
from linli.matters.parties.rules import masked_phone
from linli.mediation.agreements.models import Agreement, FollowUp, Instalment
from linli.mediation.agreements.rules import AGREEMENT_LIFE, CONFIRMATION
from linli.mediation.cases.acts import grade_case, open_case
from linli.mediation.cases.models import CaseMember, MediationCase
from linli.mediation.cases.queries import attention, case_seen, cases_of, face_of, signs_of
from linli.mediation.cases.queries.faces import Face
from linli.mediation.cases.rules import CAUSES, ENDINGS, LIFE, PARTS, SOURCES, CaseFacts
from linli.mediation.parties.models import Disputant
from linli.mediation.parties.rules import CONSENT, SIDES
from linli.mediation.procedures.rules import PROCEDURES
from linli.mediation.schemes.queries import in_force
from linli.mediation.schemes.rules import propose
from linli.mediation.sessions.acts import plan_session
from linli.mediation.sessions.models import MediationSession
from linli.mediation.sessions.rules import SESSION_LIFE
from linli.trail.reads.acts import note_read

router = Router(tags=["mediation"])
CHIEFS = ("station_chief", "bureau_leader", "station_desk", "dispatcher")


class NewCase(Schema):
    """Begin to mediate a dispute of the ledger."""

    number: str = Field(max_length=32)
    cause: str = Field("other", max_length=12)
    source: str = Field("party", max_length=12)
    households: int | None = Field(None, ge=0)
    answer_by: date | None = None
    amount_yuan: int | None = Field(None, ge=0)
    signs: list[str] = Field(default_factory=list, max_length=16)
    language: str = Field("", max_length=16)


class Graded(Schema):
    """The colour that somebody decides; ``version`` is the case's that he had before him."""

    version: int
    colour: str = Field(max_length=16)
    why: str = Field("", max_length=400)


class NewSession(Schema):
    """A meeting: in a room (its code), elsewhere in words, or by a link."""

    begins_at: AwareDatetime
    minutes: int = Field(60, ge=10, le=480)
    room: str = Field("", max_length=64)
    place: str = Field("", max_length=160)
    link: str = Field("", max_length=300)


def _said(code: str, table: dict[str, Any]) -> Shown | None:
    return {"code": code, **bilingual(table[code])} if code in table else None


def _listed(case: MediationCase) -> Shown:
    procedure = PROCEDURES.get(case.procedure)
    return {
        "id": case.pk,
        "number": case.matter.number,
        "title": case.matter.title,
        "agency": agency_ref(case.agency),
        "cause": _said(case.cause, CAUSES),
        "source": _said(case.source, SOURCES),
        "colour": case.colour or None,
        "tone": case.tone or None,
        "colour_due_on": case.colour_due_on,
        "state": {"code": case.state, **bilingual(LIFE.state(case.state).words)},
        "procedure": {"code": procedure.code, **bilingual(procedure.words)} if procedure else None,
        "mediate_by": case.mediate_by,
        "clock": case.clock or None,
        "version": case.version,
    }


def _party(one: Disputant) -> Shown:
    phone = one.told("phone")
    return {
        "id": one.pk,
        "side": _said(one.side, SIDES),
        "name": one.told("name"),
        "phone": masked_phone(phone) if phone else None,
        "is_body": one.is_body,
        "consent": _said(one.consent, CONSENT),
        "rights_at": one.rights_at,
    }


def _agreement(one: Agreement) -> Shown:
    return {
        "id": one.pk,
        "number": one.number,
        "supplements": one.supplements_id,
        "state": {"code": one.state, **bilingual(AGREEMENT_LIFE.state(one.state).words)},
        "oral": one.oral,
        "digest": one.digest,
        "contents": one.contents,
        "effective_at": one.effective_at,
        "perform_by": one.perform_by,
        "confirm_by": one.confirm_by,
        "clock": one.clock or None,
        "confirmation": _said(one.confirmation, CONFIRMATION),
        "instalments": [
            {"due_on": row.due_on, "side": row.side, "done_on": row.done_on}
            for row in Instalment.objects.filter(agreement=one)
        ],
    }


def _whole(case: MediationCase) -> Shown:
    proposal = propose(in_force(), signs_of(case))
    members = CaseMember.objects.now().filter(case=case).select_related("person").order_by("since")
    return _listed(case) | {
        "households": case.households,
        "answer_by": case.answer_by,
        "amount_yuan": case.amount_yuan,
        "language": case.language or None,
        "ended": _said(case.end_reason, ENDINGS),
        "proposed": {"colour": proposal.row.code, "reasons": [bilingual(words) for words in proposal.reasons]},
        "members": [{"name": one.person.name, "part": _said(one.part, PARTS)} for one in members],
        "parties": [_party(one) for one in Disputant.objects.filter(case=case)],
        "sessions": [
            {
                "id": one.pk,
                "begins_at": one.begins_at,
                "ends_at": one.ends_at,
                "room": one.room.code if one.room else None,
                "state": {"code": one.state, **bilingual(SESSION_LIFE.state(one.state).words)},
            }
            for one in MediationSession.objects.filter(case=case).select_related("room")
        ],
        "agreements": [_agreement(one) for one in Agreement.objects.filter(case=case)],
        "follow_ups": [
            {"due_on": one.due_on, "done_on": one.done_on, "holds": one.holds}
            for one in FollowUp.objects.filter(case=case)
        ],
    }


def _face(face: Face) -> Shown:
    return {
        "number": face.number,
        "title": face.title,
        "tone": face.tone or None,
        "state": bilingual(face.state),
        "lead": face.lead or None,
        "danger": face.danger or None,
        "due_on": face.due_on,
        "late": face.late,
        "why": [bilingual(words) for words in face.why],
    }


@router.get("/mediation/cases", response=dict[str, Any], summary="Cases of mediation that name the caller")
def index(request: ApiRequest, over: bool = False) -> HttpResponse:
    """Nobody else's; the two hundred that were opened last."""
    return answered({"items": [_listed(one) for one in cases_of(request.auth, over=over)[:200]]})


@router.post("/mediation/cases", response={201: dict[str, Any]}, summary="Begin to mediate a dispute")
def new(request: ApiRequest, sent: NewCase) -> HttpResponse:
    """Whoever begins it leads it."""
    actor = request.auth
    told = sent.dict()
    matter = matter_by_number(actor, told.pop("number"))
    facts = CaseFacts(**{**told, "signs": tuple(told["signs"])})

    def deed() -> Shown:
        case = open_case(actor, matter=matter, facts=facts)
        return {"id": case.pk, "number": matter.number, "version": case.version}

    return once(request.ticket, 201, deed)


@router.get("/mediation/cases/{case}", response=dict[str, Any], summary="One case; each look stands in its record")
def one(request: ApiRequest, case: uuid.UUID) -> HttpResponse:
    """404 for everybody who is not named in it. What was said in sessions and private notes is on the page only."""
    seen = case_seen(request.auth, case)
    note_read(request.auth, subject_type="mediation.case", subject_id=str(case), purpose="调解")
    return answered(_whole(seen.case))


@router.post("/mediation/cases/{case}/colour", response={201: dict[str, Any]}, summary="Decide a dispute's colour")
def grade(request: ApiRequest, case: uuid.UUID, sent: Graded) -> HttpResponse:
    """Against the proposal with a reason; 409 when the case has changed or a session runs."""
    actor = request.auth
    seen = case_seen(actor, case)

    def deed() -> Shown:
        made = grade_case(actor, case=seen.case, **sent.dict())
        return {"id": made.pk, "proposed": made.proposed, "colour": made.colour, "tone": made.tone}

    return once(request.ticket, 201, deed)


@router.post("/mediation/cases/{case}/sessions", response={201: dict[str, Any]}, summary="Plan a session")
def session(request: ApiRequest, case: uuid.UUID, sent: NewSession) -> HttpResponse:
    """The parties are invited by their channels."""
    actor = request.auth
    seen = case_seen(actor, case)
    told = sent.dict()
    code = told.pop("room")
    room = agency_named(actor, code) if code else None

    def deed() -> Shown:
        row = plan_session(actor, case=seen.case, room=room, **told)
        return {"id": row.pk, "begins_at": row.begins_at, "ends_at": row.ends_at, "state": row.state}

    return once(request.ticket, 201, deed)


@router.get("/mediation/attention", response=dict[str, Any], summary="Open disputes that want a chief's eye")
def wanting(request: ApiRequest) -> HttpResponse:
    """From outside: colour, who leads, days; nothing of what was said or by whom."""
    actor = request.auth
    found = attention(actor) if actor.holds(*CHIEFS) else []
    return answered({"items": [_face(face) for face in found]})


@router.get("/matters/{number}/mediation", response=dict[str, Any], summary="A dispute under mediation, from outside")
def outside(request: ApiRequest, number: str) -> HttpResponse:
    """What whoever is sent to the door may know. 404 where nobody mediates it."""
    face = face_of(request.auth, matter_by_number(request.auth, number))
    if face is None:
        raise NotFound("row.unknown", what=number)
    return answered(_face(face))
