"""Who must sign, one agreement of one's own case, and what asks for a mediator's day."""

from __future__ import annotations

from linli.mediation.agreements.queries.seen import agreement_seen, instalment_seen, look_seen, signers_of

__all__ = ["agreement_seen", "instalment_seen", "look_seen", "signers_of"]
