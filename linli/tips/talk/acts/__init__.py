"""Giving a tip and writing again; reading, answering, closing, passing on; sealing anew, and forgetting."""

from __future__ import annotations

from linli.tips.talk.acts.desk import answer_tip, leave_out, move_tip, note_opened, pass_on
from linli.tips.talk.acts.giving import give_tip, write_again
from linli.tips.talk.acts.keeping import end_lost_envelopes, erase_old, seal_anew

__all__ = [
    "answer_tip",
    "end_lost_envelopes",
    "erase_old",
    "give_tip",
    "leave_out",
    "move_tip",
    "note_opened",
    "pass_on",
    "seal_anew",
    "write_again",
]
