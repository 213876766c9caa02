"""Noting a look. It is a record of reading, so it is written by the door that shows the data, in a transaction of its
own.
"""

from __future__ import annotations

from django.db import transaction

from linli.kernel import clock
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor
from linli.trail.reads.models import Read

declare("read.purpose_missing", zh="查看个人信息须有事由。", en="A look at a person's data needs a purpose.")


def note_read(actor: Actor, *, subject_type: str, subject_id: str, purpose: str) -> None:
    """Store who looked at whose data and why; raises Invalid ``read.purpose_missing`` without a purpose."""
    if not purpose.strip():
        raise Invalid("read.purpose_missing")
    with transaction.atomic():
        Read.objects.create(
            actor_id=actor.id,
            actor_name=actor.name,
            subject_type=subject_type,
            subject_id=subject_id,
            purpose=purpose[:200],
            at=clock.now(),
        )
