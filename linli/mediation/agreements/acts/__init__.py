"""Drafting, signing, performing, confirming; looking again afterwards; and what is settled on the spot."""

from __future__ import annotations

from linli.mediation.agreements.acts.drafting import change_draft, draft_agreement, drop_draft
from linli.mediation.agreements.acts.keeping import ask_confirmation, fail_agreement, follow_up, note_ruling, perform
from linli.mediation.agreements.acts.signing import sign_agreement
from linli.mediation.agreements.acts.spot import settle_on_spot

__all__ = [
    "ask_confirmation",
    "change_draft",
    "draft_agreement",
    "drop_draft",
    "fail_agreement",
    "follow_up",
    "note_ruling",
    "perform",
    "settle_on_spot",
    "sign_agreement",
]
