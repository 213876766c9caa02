"""The phone's door: what it did without a network, and what became of it."""

from __future__ import annotations

import gzip
import uuid
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field
from pydantic_core import to_json

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered_once
from linli.field.devices.queries import is_wiped
from linli.field.inbox.acts import take_batch
from linli.field.inbox.rules import MOST_OPERATIONS
from linli.field.replay.queries import answers_since
from linli.kernel import clock
from linli.kernel.scope import Actor

router = Router(tags=["field"])

_WORTH_PACKING = 1_000


class Batch(Schema):
    """What a phone did: ``operations`` in the order in which they were done, ``sent_at`` the phone's own clock,
    ``waiting`` how many it still holds after these.
    """

    device: uuid.UUID
    sent_at: str = Field("", max_length=40)
    waiting: int | None = Field(None, ge=0, le=1_000_000)
    operations: list[Any] = Field(max_length=MOST_OPERATIONS)


@router.post("/field/operations", summary="What a phone did without a network")
def operations(request: ApiRequest, sent: Batch) -> HttpResponse:
    """One of five answers for each operation: applied, duplicate, conflict, rejected, retry.

    The batch is stored before it is worked on. Each operation is an ordinary act with its own right; its answer is kept
    with the change and repeated when it comes again (``replayed``). One that fails takes no other along.
    """
    actor = in_field(request.auth, sent.device)

    def deed() -> dict[str, Any]:
        told = take_batch(
            actor, device=sent.device, operations=sent.operations, sent_at=sent.sent_at, waiting=sent.waiting
        )
        return {
            "answers": [one.as_json() for one in told],
            "server_at": clock.now(),
            "wipe": is_wiped(sent.device),
        }

    answer = answered_once(request.ticket, deed, keep=_to_repeat)
    return small(request, answer)


@router.get("/field/answers", summary="What became of earlier operations")
def answers(request: ApiRequest, device: uuid.UUID, since: str = "", limit: int = 200) -> HttpResponse:
    """Answers that were given after the phone had gone: what was held is done, what diverged is settled."""
    page = answers_since(request.auth, since=since, limit=max(1, min(limit, 500)))
    body = {
        "items": [one.as_json() for one in page.answers],
        "cursor": page.cursor,
        "more": page.more,
        "wipe": is_wiped(device),
    }
    return small(request, told(body))


def _to_repeat(body: dict[str, Any]) -> bool:
    """Whether the answer may be kept whole: all is final, and no values of fields are in it."""
    return all(one["answer"] != "retry" and not one["facts"] for one in body["answers"])


def in_field(actor: Actor, device: uuid.UUID) -> Actor:
    """The same person at the phone's door."""
    return replace(actor, door="field", device=str(device))


def told(body: Any, status: int = 200) -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(to_json(body, inf_nan_mode="null"), status=status, content_type="application/json")


def small(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The same answer packed, for a line of 100 kbit/s, when the phone takes it so."""
    takes = request.headers.get("Accept-Encoding", "")
    answer.headers["Vary"] = "Accept-Encoding, Cookie"
    answer.headers["Cache-Control"] = "private, no-store"
    if "gzip" in takes and len(answer.content) >= _WORTH_PACKING and "Content-Encoding" not in answer.headers:
        answer.content = gzip.compress(answer.content, 6, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
    return answer
