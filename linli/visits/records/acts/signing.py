"""An officer signs for what an auxiliary, an assistant or a grid worker has recorded, or sends it back (domain A7)."""

from __future__ import annotations

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import NotAllowed, declare
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.visits.records.acts.naming import confirm_named
from linli.visits.records.models import VISIT_LIFE, Visit

declare("visit.own_sign", zh="不能核签自己的记录。", en="Nobody signs for a record of his own.")


@act(
    "visit.countersign",
    zh="核签走访记录",
    en="countersign a visit",
    about="visit",
    within=lambda facts: facts["visit"].agency.path,
)
def countersign_visit(actor: Actor, *, visit: Visit) -> Visit:
    """Sign for a record: from now on it is official. Raises Conflict when somebody was first."""
    if visit.by_id == actor.id:
        raise NotAllowed("visit.own_sign")
    take(visit, VISIT_LIFE, "countersign", signed_by_id=actor.id, signed_at=clock.now())
    confirm_named(actor, visit)
    return visit


@act(
    "visit.send_back",
    zh="退回走访记录",
    en="send a visit back",
    about="visit",
    within=lambda facts: facts["visit"].agency.path,
)
def send_visit_back(actor: Actor, *, visit: Visit, why: str) -> Visit:
    """Send a record back to its author with what is wrong; it does not count until he has corrected it."""
    if visit.by_id == actor.id:
        raise NotAllowed("visit.own_sign")
    take(visit, VISIT_LIFE, "send_back", sent_back_why=why.strip()[:200])
    return visit
