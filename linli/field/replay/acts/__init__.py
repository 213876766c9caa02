"""Replaying what phones bring; and the rounds that look after what waits."""

from __future__ import annotations

from linli.field.replay.acts.hanging import hang_arrived, hang_file
from linli.field.replay.acts.rounds import forget_old, work_waiting
from linli.field.replay.acts.stepping import Coming, again, now_from, replay

__all__ = ["Coming", "again", "forget_old", "hang_arrived", "hang_file", "now_from", "replay", "work_waiting"]
