"""Who stands how to a case, checked by every act on it."""

from __future__ import annotations

from linli.kernel.errors import Conflict, NotAllowed, NotFound
from linli.kernel.scope import Actor
from linli.mediation.cases.models import CaseMember, MediationCase

LONGEST_TEXT = 4000


def standing_of(actor: Actor, case: MediationCase) -> CaseMember:
    """The actor's part in a case. Raises NotFound for whoever is not named in it."""
    found = CaseMember.objects.now().filter(case=case, person_id=actor.id).first()
    if found is None:
        raise NotFound("row.unknown", what=str(case.pk))
    return found


def must_lead(actor: Actor, case: MediationCase) -> CaseMember:
    """Raises NotAllowed for a member who does not lead it."""
    found = standing_of(actor, case)
    if found.part != "lead":
        raise NotAllowed("mediation.not_lead")
    return found


def must_run(case: MediationCase) -> None:
    """Raises Conflict when it is over."""
    if case.is_over:
        raise Conflict("mediation.over")
