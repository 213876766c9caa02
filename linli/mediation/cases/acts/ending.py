"""The ways a case ends without an agreement, and the last step of one that was kept."""

from __future__ import annotations

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.ledger.models import Matter
from linli.matters.links.acts import link_matters
from linli.matters.routing.acts import take_call
from linli.mediation.agreements.models import Agreement, FollowUp
from linli.mediation.agreements.rules import AGREEMENT_LIFE
from linli.mediation.cases.acts.following import HOUSE, close_matter, reopen_matter, settle_matter
from linli.mediation.cases.acts.standing import LONGEST_TEXT, must_lead, standing_of
from linli.mediation.cases.models import MediationCase
from linli.mediation.cases.rules import ENDINGS, LIFE, SAID_ENDINGS
from linli.mediation.sessions.models import MediationSession
from linli.mediation.sessions.rules import SESSION_LIFE

declare(
    "mediation.follow_up_first",
    zh="还有回访没有做，做完再结案。",
    en="A follow-up is still to come: the case is closed after it.",
)


@act("mediation.end", zh="终止调解", en="end mediation", keeps=("reason",), about="case")
def end_case(actor: Actor, *, case: MediationCase, reason: str, words: str = "") -> MediationCase:
    """It ends without an agreement that is kept; the other routes are explained on the notice (art. 26). Raises Invalid
    without a reason, Conflict when it is over.
    """
    must_lead(actor, case)
    if reason not in SAID_ENDINGS or (reason == "not_performed") != (case.state == "agreed"):
        raise Invalid("fact.missing", field="reason")
    _end(case, reason, words)
    return case


def end_for_refusal(case: MediationCase) -> None:
    """A party has clearly refused: mediation must not go on (People's Mediation Law art. 17). Inside that act."""
    _end(case, "refused", "")


@act("mediation.report_crime", zh="涉嫌违法犯罪报公安", en="pass a possible offence to the police", about="case")
def report_crime(actor: Actor, *, case: MediationCase, what: str) -> Matter:
    """A possible offence goes to the police at once, as a call of its own tied to the dispute, and mediation ends
    (art. 25). Any member does this, whoever leads. Returns the call.
    """
    standing_of(actor, case)
    if not what.strip():
        raise Invalid("fact.missing", field="what")
    matter = case.matter
    sent = {"narrative": what[:LONGEST_TEXT], "lon": matter.lon, "lat": matter.lat, "address": matter.address}
    told = {key: value for key, value in sent.items() if value not in (None, "")}
    call = take_call(HOUSE, sent=told, source="mediation")
    link_matters(actor, one=call, other=matter, relation="related")
    _end(case, "crime", "")
    return call


def _end(case: MediationCase, reason: str, words: str) -> None:
    sealed = case.sealed_end_words(words[:LONGEST_TEXT])
    take(case, LIFE, "end", end_reason=reason, ended_at=clock.now(), end_words_sealed=sealed)
    for session in MediationSession.objects.filter(case=case, state="planned"):
        take(session, SESSION_LIFE, "cancel")
    for agreement in Agreement.objects.filter(case=case, state__in=("drafted", "signing")):
        take(agreement, AGREEMENT_LIFE, "drop")
    for running in MediationSession.objects.filter(case=case, state="running"):
        take(running, SESSION_LIFE, "finish", ended_at=clock.now())
    if reason == "not_performed":
        reopen_matter(case, ENDINGS[reason].zh)
    else:
        settle_matter(case, f"调解终止：{ENDINGS[reason].zh}")


@act("mediation.close", zh="调解结案", en="close a case", about="case")
def close_case(actor: Actor, *, case: MediationCase) -> MediationCase:
    """Kept, and every look that was planned has been taken. Raises Conflict while one is still to come."""
    must_lead(actor, case)
    if FollowUp.objects.filter(case=case, done_on__isnull=True).exists():
        raise Conflict("mediation.follow_up_first")
    take(case, LIFE, "close", ended_at=clock.now())
    close_matter(case)
    return case
