"""The helpers of a request: who is at it, coming to help, saying what one did."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, bilingual
from linli.kernel.errors import Invalid
from linli.matters.helping.acts import end_part, join_help, leave_help
from linli.matters.helping.models import HELPING, Helper
from linli.matters.helping.queries import helper_by_id, helpers_of
from linli.matters.ledger.queries import matter_by_number

router = Router(tags=["outcomes"])


class Ended(Schema):
    """``way``: done or leave; what was done, or why one leaves it."""

    way: str = Field(max_length=8)
    word: str = Field(min_length=1, max_length=400)


@router.get("/matters/{number}/helpers", summary="Who helps")
def listed(request: ApiRequest, number: str) -> HttpResponse:
    """The named helpers of a request in the order in which they came."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    return answered({"items": [_shown(row) for row in helpers_of(actor, matter=matter)]})


@router.post("/matters/{number}/helpers", response={201: dict[str, Any]}, summary="Come to help")
def joined(request: ApiRequest, number: str) -> HttpResponse:
    """The first helper takes the request on; each further one stands beside him."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    return once(request.ticket, 201, lambda: _shown(join_help(actor, matter=matter)))


@router.post("/helpers/{helper_id}", summary="Say what one did, or leave it")
def ended(request: ApiRequest, helper_id: uuid.UUID, sent: Ended) -> HttpResponse:
    """Only by the helper himself. Who had taken the request on and leaves hands it back."""
    actor, helper = request.auth, helper_by_id(request.auth, helper_id)
    if sent.way not in ("done", "leave"):
        raise Invalid("fact.wrong", field="way", why=sent.way)
    deed = end_part if sent.way == "done" else leave_help
    return once(request.ticket, 200, lambda: _shown(deed(actor, helper=helper, word=sent.word)))


def _shown(row: Helper) -> Shown:
    return {
        "id": str(row.pk),
        "name": row.name,
        "post": row.post,
        "state": row.state,
        "state_words": bilingual(HELPING.state(row.state).words),
        "word": row.word,
        "joined_at": row.joined_at,
        "ended_at": row.ended_at,
    }
