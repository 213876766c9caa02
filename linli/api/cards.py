"""Contact cards: grids with their cards, designs, batches, the tick at a door."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, agency_ref, bilingual
from linli.visits.cards.acts import deliver_card, print_cards
from linli.visits.cards.models import BATCH_LIFE, CardBatch, CardDoor
from linli.visits.cards.queries import (
    GridCards,
    batch_by_id,
    cards_of,
    design_by_id,
    designs_for,
    door_by_id,
    doors_of,
    grid_in_reach,
)
from linli.visits.cards.rules import CHANGED, LAYOUTS, OUTCOMES

router = Router(tags=["cards"])


class NewBatch(Schema):
    """Cards of one grid, printed with a design."""

    grid: str = Field(max_length=24)
    design: uuid.UUID


class Tick(Schema):
    """What came of a door: handed, left, absent, declined or gone."""

    outcome: str = Field(max_length=12)
    cards: int = Field(1, ge=0, le=200)


def _grid(one: GridCards) -> Shown:
    face = one.face
    return {
        "grid": face.grid.code,
        "name": face.grid.name,
        "room": agency_ref(face.room),
        "officer": face.officer.name if face.officer else None,
        "phone": face.phone or None,
        "batch": one.batch.pk if one.batch else None,
        "doors": one.batch.doors_count if one.batch else 0,
        "done": one.done,
        "stale": [{"code": code, **bilingual(CHANGED[code])} for code in one.stale],
    }


def _batch(row: CardBatch) -> Shown:
    return {
        "id": row.pk,
        "grid": row.grid_code,
        "state": {"code": row.state, **bilingual(BATCH_LIFE.state(row.state).words)},
        "officer": row.officer_name or None,
        "room": row.room_name,
        "phone": row.phone or None,
        "doors": row.doors_count,
        "made_at": row.made_at,
        "version": row.version,
    }


def _door(row: CardDoor) -> Shown:
    return {
        "id": row.pk,
        "address": row.text,
        "lon": row.address.lon,
        "lat": row.address.lat,
        "place": row.place,
        "outcome": {"code": row.outcome, **bilingual(OUTCOMES[row.outcome])} if row.outcome else None,
        "cards": row.cards,
        "at": row.at,
        "by": row.by_name or None,
        "version": row.version,
    }


@router.get("/cards", response=dict[str, Any], summary="Grids of one's rooms with their contact cards")
def grids(request: ApiRequest, stale: bool = False) -> HttpResponse:
    """``stale``: only those whose printed cards no longer say who is there."""
    return answered({"items": [_grid(one) for one in cards_of(request.auth) if one.stale or not stale]})


@router.get("/cards/designs", response=dict[str, Any], summary="Designs that may be printed")
def designs(request: ApiRequest) -> HttpResponse:
    """Of one's own agencies, those above and those below."""
    rows = designs_for(request.auth)
    items = [
        {
            "id": row.pk,
            "name": row.name,
            "layout": {"code": row.layout, **bilingual(LAYOUTS[row.layout])},
            "agency": agency_ref(row.agency),
            "call_for": row.call_for,
            "supervision_phone": row.supervision_phone,
        }
        for row in rows
    ]
    return answered({"items": items})


@router.post("/cards/batches", response={201: dict[str, Any]}, summary="Print a grid's cards: the list of its doors")
def print_new(request: ApiRequest, sent: NewBatch) -> HttpResponse:
    """The batch before it is replaced; the QR stays the same for ever."""
    actor = request.auth
    face, design = grid_in_reach(actor, sent.grid), design_by_id(actor, sent.design)
    return once(request.ticket, 201, lambda: _batch(print_cards(actor, face=face, design=design)))


@router.get("/cards/batches/{batch}", response=dict[str, Any], summary="A batch with its doors in walking order")
def batch(request: ApiRequest, batch: uuid.UUID, left: bool = False) -> HttpResponse:
    """``left``: only the doors to which somebody must still go."""
    row = batch_by_id(request.auth, batch)
    return answered(_batch(row) | {"items": [_door(one) for one in doors_of(row, left=left)]})


@router.post("/cards/doors/{door}", response=dict[str, Any], summary="What came of a door")
def tick(request: ApiRequest, door: uuid.UUID, sent: Tick) -> HttpResponse:
    """Said again it replaces what was said."""
    actor = request.auth
    found = door_by_id(actor, door)
    return once(
        request.ticket, 200, lambda: _door(deliver_card(actor, door=found, outcome=sent.outcome, cards=sent.cards))
    )
