"""Queueing messages in the act's transaction, sending them from the worker, taking their receipts."""

from __future__ import annotations

from linli.works.outbox.acts.queueing import queue_message
from linli.works.outbox.acts.reporting import MessageAnswered, MessageDelivered, MessageFailed, take_receipt

__all__ = ["MessageAnswered", "MessageDelivered", "MessageFailed", "queue_message", "take_receipt"]
