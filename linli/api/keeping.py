"""Holding a matter whole beyond its term."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered, once
from linli.api.shown import Shown
from linli.kernel.errors import NotFound
from linli.matters.keeping.acts import end_hold, hold_matter
from linli.matters.keeping.models import Hold
from linli.matters.ledger.queries import matter_by_number

router = Router(tags=["keeping"])


class Held(Schema):
    """On what ground: a law, a case, a court's paper."""

    basis: str = Field(max_length=120)


@router.get("/matters/{number}/holds", summary="Holds of a matter")
def holds(request: ApiRequest, number: str) -> HttpResponse:
    """Who held it on what ground, the standing one last."""
    matter = matter_by_number(request.auth, number)
    rows = Hold.objects.visible_to(request.auth).filter(matter=matter)
    return answered({"items": [shown(row) for row in rows], "next": None})


@router.post("/matters/{number}/holds", response={201: dict[str, Any]}, summary="Hold a matter")
def hold(request: ApiRequest, number: str, sent: Held) -> HttpResponse:
    """It stays whole beyond the term of its kind until somebody lets it go."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    return once(request.ticket, 201, lambda: shown(hold_matter(actor, matter=matter, basis=sent.basis)))


@router.post("/matters/{number}/holds/end", summary="Let a matter go")
def let_go(request: ApiRequest, number: str) -> HttpResponse:
    """Its term counts again."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    row = Hold.objects.visible_to(actor).standing().filter(matter=matter).first()
    if row is None:
        raise NotFound("row.unknown", what=number)
    return once(request.ticket, 200, lambda: shown(end_hold(actor, hold=row)))


def shown(row: Hold) -> Shown:
    """A hold as clients read it."""
    return {
        "id": row.pk,
        "matter": row.matter.number,
        "basis": row.basis,
        "since_at": row.since_at,
        "by": row.by_name,
        "ended_at": row.ended_at,
        "ended_by": row.ended_by_name or None,
    }
