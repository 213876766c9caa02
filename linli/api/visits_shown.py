"""Visits, weeks, inspections and campaigns as the API shows them; the caller has found them by ``visible_to``."""

from __future__ import annotations

from datetime import date

from linli.api.shown import Shown, agency_ref
from linli.visits.inspections.models import INSPECTION_LIFE, Inspection
from linli.visits.plans.models import Due, Stop, Week
from linli.visits.records.models import VISIT_LIFE, Visit
from linli.visits.records.queries import Met, reason_words
from linli.visits.records.rules import OUTCOMES


def due_shown(row: Due) -> Shown:
    """A door on the list."""
    return {
        "id": row.pk,
        "reason": {"code": row.reason, **reason_words(row.reason).as_json()},
        "place": row.place,
        "premises": row.premises.code if row.premises else None,
        "agency": agency_ref(row.agency),
        "grid": row.grid_code or None,
        "lon": row.lon,
        "lat": row.lat,
        "due_on": row.due_on,
        "last_on": row.last_on,
        "tries": row.tries,
        "campaign": row.campaign.code if row.campaign else None,
    }


def stop_shown(row: Stop) -> Shown:
    """A door of a week."""
    return {
        "id": row.pk,
        "day": row.day,
        "turn": row.turn,
        "walk_s": row.walk_s,
        "why": {"zh": row.why_zh, "en": row.why_en},
        "state": row.state,
        "due": due_shown(row.due),
        "version": row.version,
    }


def week_shown(row: Week | None, monday: date) -> Shown:
    """A week with its doors; without a plan there are none."""
    if row is None:
        return {"monday": monday, "made_at": None, "stops": []}
    stops = row.stops.select_related("due__agency", "due__premises", "due__campaign")
    return {
        "monday": row.monday,
        "made_at": row.made_at,
        "walk_s": row.walk_s,
        "by_road": row.by_road,
        "left_over": row.left_over,
        "away": row.away,
        "version": row.version,
        "stops": [stop_shown(one) for one in stops.order_by("day", "turn")],
    }


def visit_shown(row: Visit, *, said: bool = True) -> Shown:
    """A visit; ``said`` False leaves the free words out."""
    chosen = [(one.kind, one.code) for one in row.choices.all()]
    return {
        "id": row.pk,
        "reason": {"code": row.reason, **reason_words(row.reason).as_json()},
        "outcome": {"code": row.outcome, **OUTCOMES[row.outcome].as_json()},
        "state": {"code": row.state, **VISIT_LIFE.state(row.state).words.as_json()},
        "visited_at": row.visited_at,
        "by": row.by_name,
        "agency": agency_ref(row.agency),
        "place": row.place,
        "door": row.door,
        "premises": row.premises.code if row.premises else None,
        "lon": row.lon,
        "lat": row.lat,
        "people_met": row.people_met,
        "helped": row.helped,
        "topics": [code for kind, code in chosen if kind == "topic"],
        "given": [code for kind, code in chosen if kind == "given"],
        "said": row.said if said else None,
        "opened": [one.matter.number for one in row.opened.select_related("matter")],
        "sent_back_why": row.sent_back_why or None,
        "version": row.version,
    }


def named_shown(met: Met) -> Shown:
    """Whom a visit names: masked people; how many are out of the reader's reach, and how many were erased since."""
    people = [
        {"id": one.id, "name": one.name, "sex": one.sex.as_json(), "age": one.age, "young": one.young}
        for one in met.people
    ]
    return {"people": people, "people_hidden": met.hidden, "people_gone": met.gone}


def inspection_shown(row: Inspection) -> Shown:
    """An inspection with its findings."""
    return {
        "id": row.pk,
        "visit": row.visit_id,
        "place": row.place,
        "premises": row.premises.code if row.premises else None,
        "trade": {"code": row.trade, **Inspection.TRADES[row.trade].as_json()},
        "outcome": {"code": row.outcome, **Inspection.OUTCOMES[row.outcome].as_json()},
        "state": {"code": row.state, **INSPECTION_LIFE.state(row.state).words.as_json()},
        "inspected_at": row.inspected_at,
        "by": row.by_name,
        "agency": agency_ref(row.agency),
        "checklist": row.checklist or None,
        "edition": row.edition,
        "findings": {one.code: {"result": one.result, "note": one.note} for one in row.findings.all()},
        "put_right_by": row.put_right_by,
        "notice_no": row.notice_no or None,
        "seized_yuan": row.seized_yuan,
        "seized_what": row.seized_what or None,
        "rechecks": row.rechecks_id,
        "version": row.version,
    }
