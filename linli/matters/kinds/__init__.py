"""One module per kind; its name here is all that makes it exist."""

from __future__ import annotations

from linli.matters.kinds import (
    appointment,
    community_info,
    dispute,
    hazard,
    help_request,
    incident,
    question,
    task,
    tip,
)
from linli.matters.kinds.rules import KINDS

for _module in (incident, tip, dispute, hazard, help_request, community_info, task, question, appointment):
    KINDS.add(_module.KIND.code, _module.KIND)

__all__ = ["KINDS"]
