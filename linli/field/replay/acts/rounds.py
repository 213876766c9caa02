"""Every hour: what has waited long enough is done as it is, faults are tried again, old answers are forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from linli.field.conflicts.models import Divergence
from linli.field.replay.acts.stepping import again, now_from
from linli.field.replay.models import Operation
from linli.field.replay.queries import author_named
from linli.field.replay.rules.meeting import HELD_FOR
from linli.kernel import clock
from linli.org.posts.queries import person_actor
from linli.works.jobs.acts import hourly

KEEP_ANSWERS = timedelta(days=400)
"""A phone that comes back after a year is still told what became of what it sent."""
KEEP_BODIES = timedelta(days=30)
_AT_ONCE = 200


@hourly("field.work_waiting")
def work_waiting(payload: dict[str, Any]) -> None:
    """Do what waited too long for an earlier one, and what a fault of ours stopped."""
    late = Q(state=Operation.EARLIER, received_at__lt=clock.now() - HELD_FOR)
    for row in list(
        Operation.objects.filter(late | Q(state=Operation.FAULT)).order_by("received_at", "seq")[:_AT_ONCE]
    ):
        person = author_named(row.author_id)
        if person is not None:
            with transaction.atomic():
                again(now_from(person_actor(person, door="field", device=str(row.device_id)), row.device_id), row)


@hourly("field.forget_old")
def forget_old(payload: dict[str, Any]) -> None:
    """Contents go after a month when nobody has to decide on them, answers after a year and a month."""
    now = clock.now()
    done = Operation.objects.filter(state=Operation.ANSWERED, received_at__lt=now - KEEP_BODIES).exclude(body=b"")
    settled = done.exclude(divergence__state="open")
    Operation.objects.filter(pk__in=list(settled.values_list("pk", flat=True)[: _AT_ONCE * 10])).update(
        body=b"", facts=b""
    )
    decided = Divergence.objects.filter(settled_at__lt=now - KEEP_BODIES).exclude(fields=b"")
    Divergence.objects.filter(pk__in=list(decided.values_list("pk", flat=True)[: _AT_ONCE * 10])).update(fields=b"")
    old = Operation.objects.filter(received_at__lt=now - KEEP_ANSWERS).exclude(divergence__state="open")
    Operation.objects.filter(pk__in=list(old.values_list("pk", flat=True)[: _AT_ONCE * 10])).delete()
