"""Listeners and takers of the exchange: each follows from something done elsewhere, in the same transaction."""

from __future__ import annotations

from linli.operations.exchange.acts import answers, states, tickets
from linli.operations.exchange.acts.taking import take_answer, take_incident

__all__ = ["answers", "states", "take_answer", "take_incident", "tickets"]
