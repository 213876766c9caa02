"""After the effect: what is performed by when, the joint request to the court, and looking again whether it holds."""

from __future__ import annotations

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.mediation.agreements.models import Agreement, FollowUp, Instalment
from linli.mediation.agreements.rules import AGREEMENT_LIFE
from linli.mediation.cases.acts.ending import end_case
from linli.mediation.cases.acts.standing import LONGEST_TEXT, must_lead, standing_of
from linli.mediation.cases.models import MediationCase
from linli.mediation.cases.rules import LIFE
from linli.mediation.parties.rules import SIDES
from linli.mediation.procedures.rules import procedure_of
from linli.works.files.models import StoredFile


@act("agreement.perform", zh="登记履行", en="note that an instalment was performed", about="instalment")
def perform(actor: Actor, *, instalment: Instalment, proof: StoredFile | None = None) -> Instalment:
    """A side did what it owed by a day. With the last of them the agreement is kept, and the case with it. Raises
    Conflict when it is not in effect, or was noted already.
    """
    agreement = instalment.agreement
    standing_of(actor, agreement.case)
    Agreement.objects.select_for_update().get(pk=agreement.pk)
    agreement.refresh_from_db()
    if agreement.state != "in_effect":
        raise Conflict("agreement.not_yet")
    today = clock.today()
    rows = Instalment.objects.filter(pk=instalment.pk, done_on__isnull=True)
    if not rows.update(done_on=today, proof=proof, version=F("version") + 1):
        raise Conflict("mediation.changed")
    instalment.refresh_from_db()
    if not Instalment.objects.filter(agreement=agreement, done_on__isnull=True).exists():
        take(agreement, AGREEMENT_LIFE, "perform", performed_on=today)
        case = MediationCase.objects.get(pk=agreement.case_id)
        if not Agreement.objects.filter(case=case, state__in=("drafted", "signing", "in_effect")).exists():
            take(case, LIFE, "perform")
    return instalment


@act("agreement.fail", zh="登记未履行", en="note that an agreement is not kept", about="agreement")
def fail_agreement(actor: Actor, *, agreement: Agreement, words: str = "") -> Agreement:
    """It is not kept: the case ends with the routes that are left, and the dispute is open again in the ledger."""
    must_lead(actor, agreement.case)
    take(agreement, AGREEMENT_LIFE, "fail")
    end_case(actor, case=MediationCase.objects.get(pk=agreement.case_id), reason="not_performed", words=words)
    return agreement


@act("agreement.ask_confirmation", zh="申请司法确认", en="ask for judicial confirmation", about="agreement")
def ask_confirmation(actor: Actor, *, agreement: Agreement, sides: tuple[str, ...]) -> Agreement:
    """The parties ask the court together, within thirty days of the effect (People's Mediation Law art. 33, Civil
    Procedure Law art. 205). Raises Invalid when one side asks alone or the procedure knows no confirmation, Conflict
    with the day and the article when the period is over.
    """
    standing_of(actor, agreement.case)
    if not procedure_of(agreement.procedure).confirmable:
        raise Invalid("confirmation.not_this")
    if agreement.effective_at is None or agreement.confirm_by is None:
        raise Conflict("agreement.not_yet")
    if set(sides) != set(SIDES):
        raise Invalid("confirmation.jointly", field="sides")
    today = clock.today()
    if today > agreement.confirm_by:
        began = clock.shanghai(agreement.effective_at).date()
        facts = {"from_day": began.isoformat(), "day": agreement.confirm_by.isoformat(), "cited": agreement.clock}
        raise Conflict("confirmation.late", **facts)
    rows = Agreement.objects.filter(pk=agreement.pk, confirmation="none", state__in=("in_effect", "performed"))
    if not rows.update(confirmation="asked", confirmation_on=today, version=F("version") + 1):
        raise Conflict("confirmation.asked")
    agreement.refresh_from_db()
    return agreement


@act("agreement.note_ruling", zh="登记法院裁定", en="note the court's ruling", keeps=("ruling",), about="agreement")
def note_ruling(actor: Actor, *, agreement: Agreement, ruling: str, court: str) -> Agreement:
    """What the court ruled, with court and number. Refused, the parties may mediate again or sue."""
    standing_of(actor, agreement.case)
    if ruling not in ("confirmed", "refused") or not court.strip():
        raise Invalid("fact.missing", field="court" if ruling in ("confirmed", "refused") else "ruling")
    rows = Agreement.objects.filter(pk=agreement.pk, confirmation="asked")
    changed = rows.update(
        confirmation=ruling,
        confirmation_on=clock.today(),
        court_sealed=agreement.sealed_court(court[:LONGEST_TEXT]),
        version=F("version") + 1,
    )
    if not changed:
        raise Conflict("mediation.changed")
    agreement.refresh_from_db()
    return agreement


@act("mediation.follow_up", zh="回访", en="look again whether it holds", keeps=("holds",), about="look")
def follow_up(actor: Actor, *, look: FollowUp, holds: bool, words: str = "") -> FollowUp:
    """Somebody asked both sides again. Raises Conflict when this look was taken already."""
    standing_of(actor, look.case)
    rows = FollowUp.objects.filter(pk=look.pk, done_on__isnull=True)
    changed = rows.update(
        done_on=clock.today(),
        holds=holds,
        note_sealed=look.sealed_note(words[:LONGEST_TEXT]),
        by_id=actor.id,
        version=F("version") + 1,
    )
    if not changed:
        raise Conflict("mediation.changed")
    look.refresh_from_db()
    return look
