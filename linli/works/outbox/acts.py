"""Queueing a message in the act's transaction. Sending is the worker's job (``channels``): a dead channel never slows
the desk.
"""

from __future__ import annotations

from typing import Any

from linli.kernel import clock
from linli.kernel.crypto import seal
from linli.kernel.ids import new_id
from linli.works.jobs.acts import schedule
from linli.works.outbox.models import Message


def queue_message(
    *, channel: str, template: str, address: str, body: dict[str, Any], subject_type: str, subject_id: str
) -> Message:
    """Store the message and the job that sends it, in the caller's transaction."""
    key = new_id()
    message = Message.objects.create(
        id=key,
        channel=channel,
        template=template,
        address=seal(address, context=f"works.message.address.{key}"),
        body=body,
        subject_type=subject_type,
        subject_id=subject_id,
        queued_at=clock.now(),
    )
    schedule("outbox.send", due_at=clock.now(), payload={"message": str(key)}, key=f"outbox:{key}")
    return message
