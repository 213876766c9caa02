"""Work at the doors: cards, care, duty, hours, reports to the register, visits, inspections."""

from __future__ import annotations

Given = dict[str, frozenset[str]]
"""Post → the acts it carries."""

_CARDS = frozenset({"card.print", "card.deliver", "card.withdraw", "card.show_face"})
_DESIGN = frozenset({"card.design", "card.end_design"})
_CARER = frozenset({"care.visit", "care.promise", "care.settle_promise", "care.release_carer", "care.withdraw"})
"""What a named carer does; who is not named finds no plan to do it to."""
_CARE = _CARER | {"care.open", "care.name_carer", "care.change", "care.review", "care.end"}
_DUTY = frozenset({"duty.sign_on", "duty.sign_off"})
_OWN_HOURS = frozenset({"hours.see", "hours.correct", "hours.confirm"})
_DRAW = frozenset({"drawing.ask", "drawing.decide", "drawing.cancel"})
_CARDS_AND_CARE: Given = {
    "community_officer": _CARDS | _CARE | _DUTY | _OWN_HOURS | {"drawing.return"},
    "station_chief": _CARDS | _DESIGN | _CARE | {"care.take_over"} | _DUTY | _DRAW | {"drawing.return"},
    "station_desk": _DUTY,
    "auxiliary": _CARER | _DUTY | _OWN_HOURS | {"card.deliver"},
    "assistant": _CARER | _DUTY | _OWN_HOURS | {"card.deliver"},
    "liaison_cadre": _CARER,
    "grid_worker": _CARER,
    "information_officer": _CARER,
    "partner_officer": _CARER,
    "bureau_leader": _DRAW | _DESIGN,
    "dispatcher": frozenset({"drawing.ask", "drawing.cancel"}),
    "administrator": _CARDS | _DESIGN,
}

_TELLS = frozenset({"report.submit"})
"""Who sees people and may not enter them: what they write down waits for an officer (auxiliaries never act alone)."""
_REGISTER: Given = {
    **dict.fromkeys(("auxiliary", "assistant", "grid_worker", "information_officer", "liaison_cadre"), _TELLS),
    "station_desk": frozenset({"occupant.reveal", "report.submit"}),
    "bureau_leader": frozenset({"term.set"}),
    "administrator": frozenset(
        {"term.set", "address.open", "address.close", "home.lay_out", "plate.print", "plate.end", "firm.set"}
    ),
}

_VISIT = frozenset({"visit.record", "visit.correct", "visit.attach_file"})
"""Whoever goes to doors writes down what came of it; what helpers write counts when an officer has signed."""
_WALK = _VISIT | {"visit.record_stop", "visit.attach_at_stop", "visit.make_week", "visit.change_stop"}
_INSPECT = frozenset({"inspection.record", "inspection.attach_file"})
_SIGN = frozenset({"visit.countersign", "visit.send_back", "inspection.countersign", "inspection.send_back"})
_DOORS = frozenset({"visit.open_due", "visit.end_due", "inspection.recheck"})
_CAMPAIGN = frozenset({"visit.open_campaign", "visit.end_campaign"})
_VISITS: Given = {
    "community_officer": _WALK | _INSPECT | _SIGN | _DOORS,
    "station_chief": _WALK | _INSPECT | _SIGN | _DOORS | _CAMPAIGN,
    "station_desk": _VISIT | _INSPECT,
    "dispatcher": _VISIT,
    "auxiliary": _WALK | _INSPECT,
    "assistant": _WALK | _INSPECT,
    "information_officer": _VISIT,
    "grid_worker": _VISIT,
    "bureau_leader": _VISIT | _CAMPAIGN,
    "administrator": _CAMPAIGN | {"visit.set_reason", "checklist.declare"},
}

GIVEN: tuple[Given, ...] = (_CARDS_AND_CARE, _REGISTER, _VISITS)
