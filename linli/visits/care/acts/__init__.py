"""Opening a plan, naming carers, promising, visiting, looking again, ending; and forgetting what is personal."""

from __future__ import annotations

from linli.visits.care.acts.carers import name_carer, release_carer, take_over
from linli.visits.care.acts.plans import change_plan, end_plan, forget_ended, open_plan, review_plan, withdraw_consent
from linli.visits.care.acts.visiting import make_promise, settle_promise, visit_for_care

__all__ = [
    "change_plan",
    "end_plan",
    "forget_ended",
    "make_promise",
    "name_carer",
    "open_plan",
    "release_carer",
    "review_plan",
    "settle_promise",
    "take_over",
    "visit_for_care",
    "withdraw_consent",
]
