"""Sending a task down, letting it through the gate, answering it, looking at what was answered, ending it."""

from __future__ import annotations

from linli.matters.tasks.acts.answering import attach_to_receipt, read_task, report_task
from linli.matters.tasks.acts.checking import check_receipt, draw_sample
from linli.matters.tasks.acts.ending import close_task, recall_task
from linli.matters.tasks.acts.sending import allow, approve_task, issue_task, refuse_task, spread_step
from linli.matters.tasks.acts.telling import tell_step

__all__ = [
    "allow",
    "approve_task",
    "attach_to_receipt",
    "check_receipt",
    "close_task",
    "draw_sample",
    "issue_task",
    "read_task",
    "recall_task",
    "refuse_task",
    "report_task",
    "spread_step",
    "tell_step",
]
