"""The ledger follows a case: settled with the agreement, open again when it is not kept, closed at the end."""

from __future__ import annotations

from typing import Any

from linli.kernel.scope import system
from linli.matters.ledger.acts import carry_out
from linli.matters.ledger.models import Matter
from linli.mediation.cases.models import MediationCase

HOUSE = system("mediation")


def settle_matter(case: MediationCase, outcome: str) -> None:
    """The dispute is settled in the ledger too."""
    _step(case, "settle", {"outcome": outcome})


def reopen_matter(case: MediationCase, reason: str) -> None:
    """What was agreed is not kept: the dispute is open again."""
    _step(case, "reopen", {"reason": reason})


def close_matter(case: MediationCase) -> None:
    """Kept and looked after: closed."""
    _step(case, "close", {})


def give_matter(case: MediationCase, person_id: Any) -> None:
    """Who leads the case sees the dispute in the ledger as his own to do, and nothing else of its place."""
    _step(case, "assign", {"assignee_id": person_id})


def _step(case: MediationCase, name: str, facts: dict[str, Any]) -> None:
    """Whoever has moved the matter meanwhile has the last word there."""
    matter = Matter.objects.get(pk=case.matter_id)
    step = matter.workflow.move(name)
    if matter.state in step.sources:
        carry_out(HOUSE, matter=matter, step=step, facts=facts)
