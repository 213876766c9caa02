"""Who must sign, and one agreement of one's own case."""

from __future__ import annotations

import uuid

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.mediation.agreements.models import Agreement, FollowUp, Instalment
from linli.mediation.parties.models import Disputant
from linli.mediation.procedures.rules import procedure_of


def signers_of(agreement: Agreement) -> list[str]:
    """The signatures that put it in effect: every party, and whom the procedure asks for. A spoken one is signed by the
    mediator who wrote it down (People's Mediation Law art. 28).
    """
    procedure = procedure_of(agreement.procedure)
    if agreement.oral:
        return ["mediator"]
    parties = Disputant.objects.filter(case=agreement.case_id).values_list("pk", flat=True)
    return [*(f"party:{key}" for key in parties), *procedure.signers]


def agreement_seen(actor: Actor, key: uuid.UUID) -> Agreement:
    """One agreement of a case that names the actor. Raises NotFound."""
    rows = Agreement.objects.visible_to(actor).select_related("case", "case__matter")
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def instalment_seen(actor: Actor, key: uuid.UUID) -> Instalment:
    """One instalment of such an agreement. Raises NotFound."""
    found = Instalment.objects.visible_to(actor).select_related("agreement__case").filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def look_seen(actor: Actor, key: uuid.UUID) -> FollowUp:
    """One planned look of such a case. Raises NotFound."""
    found = FollowUp.objects.visible_to(actor).select_related("case").filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found
