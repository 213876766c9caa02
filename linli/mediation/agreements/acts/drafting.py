"""Writing an agreement, and changing it as long as nobody has signed. A signed one gets a supplement."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Max

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.mediation.agreements.models import Agreement, Instalment
from linli.mediation.agreements.rules import AGREEMENT_LIFE, AgreementFacts
from linli.mediation.cases.acts.standing import standing_of
from linli.mediation.cases.models import MediationCase
from linli.mediation.procedures.rules import procedure_of

_DRAFTS = ("lead", "mediator", "officer")


@act("agreement.draft", zh="起草调解协议", en="draft an agreement")
def draft_agreement(
    actor: Actor,
    *,
    case: MediationCase,
    facts: AgreementFacts,
    supplements: Agreement | None = None,
    row_id: Any = None,
) -> Agreement:
    """The statutory contents, nobody's signature yet. An agreement in effect is changed by another that supplements it.
    Raises Invalid naming the part that is missing, Conflict while another is being signed.
    """
    _must_draft(actor, case)
    facts.check(clock.today())
    if Agreement.objects.filter(case=case, state__in=("drafted", "signing")).exists():
        raise Conflict("agreement.pending")
    earlier = Agreement.objects.filter(case=case, state="in_effect").order_by("number").first()
    if case.state == "agreed" and supplements is None:
        supplements = earlier
    if supplements is not None and (supplements.case_id != case.pk or supplements.state != "in_effect"):
        raise Conflict("agreement.not_yet")
    words = procedure_of(case.procedure).words
    if facts.oral and not procedure_of(case.procedure).oral:
        raise Invalid("procedure.no_oral", procedure_zh=words.zh, procedure_en=words.en, field="oral")
    number = (Agreement.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0) + 1
    row = Agreement(
        id=row_id or new_id(),
        case=case,
        number=number,
        supplements=supplements,
        procedure=case.procedure,
        oral=facts.oral,
        drafted_at=clock.now(),
        perform_by=facts.perform_by,
    )
    row.put(facts.plain())
    row.save(force_insert=True)
    _put_instalments(row, facts)
    return row


def _must_draft(actor: Actor, case: MediationCase) -> None:
    if standing_of(actor, case).part not in _DRAFTS:
        raise Conflict("mediation.not_lead")
    if case.state not in ("mediating", "agreed"):
        raise Conflict("session.not_accepted" if case.state == "opened" else "mediation.over")


def _put_instalments(row: Agreement, facts: AgreementFacts) -> None:
    Instalment.objects.filter(agreement=row).delete()
    given = [(one.due_on, one.by_side) for one in facts.instalments] or [(facts.perform_by, "b")]
    Instalment.objects.bulk_create(
        [
            Instalment(agreement=row, place=place, side=side, due_on=due_on)
            for place, (due_on, side) in enumerate(given, start=1)
        ]
    )


@act("agreement.change", zh="修改协议草稿", en="change a draft", about="agreement")
def change_draft(actor: Actor, *, agreement: Agreement, version: int, facts: AgreementFacts) -> Agreement:
    """Other words, as long as nobody has signed. Raises Conflict ``agreement.fixed`` afterwards, or when somebody has
    changed it meanwhile.
    """
    _must_draft(actor, agreement.case)
    facts.check(clock.today())
    copy = Agreement(id=agreement.pk)
    copy.put(facts.plain())
    changed = Agreement.objects.filter(pk=agreement.pk, state="drafted", version=version).update(
        text_sealed=copy.text_sealed,
        digest=copy.digest,
        perform_by=facts.perform_by,
        version=F("version") + 1,
    )
    agreement.refresh_from_db()
    if not changed:
        raise Conflict("mediation.changed" if agreement.state == "drafted" else "agreement.fixed")
    _put_instalments(agreement, facts)
    return agreement


@act("agreement.drop", zh="放弃协议草稿", en="drop a draft", about="agreement")
def drop_draft(actor: Actor, *, agreement: Agreement) -> Agreement:
    """It came to nothing; whoever signed it is bound to nothing. Raises Conflict when it is in effect."""
    _must_draft(actor, agreement.case)
    take(agreement, AGREEMENT_LIFE, "drop")
    return agreement
