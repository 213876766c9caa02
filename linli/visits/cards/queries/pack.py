"""The doors that a phone takes along."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.visits.cards.models import CardDoor
from linli.visits.cards.rules import DONE, OUTCOMES

MOST_CARRIED = 300


def _due(actor: Actor) -> Sequence[tuple[uuid.UUID, int]]:
    rows = CardDoor.objects.visible_to(actor).filter(batch__state="going_out").exclude(outcome__in=DONE)
    return list(rows.order_by("batch__made_at", "place").values_list("pk", "version")[:MOST_CARRIED])


def _carried(actor: Actor, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, Shown]:
    rows = CardDoor.objects.visible_to(actor).filter(pk__in=keys).select_related("address", "batch")
    return {row.pk: _door_shown(row) for row in rows}


def _door_shown(row: CardDoor) -> Shown:
    said = OUTCOMES.get(row.outcome, Words("待发", "to be brought"))
    return Shown(
        group="along",
        title=row.text,
        lines=[{"zh": f"联系卡 {row.batch.grid_code}", "en": f"contact card {row.batch.grid_code}"}],
        kind="card_door",
        state=row.outcome or "left_to_do",
        state_words=said.as_json(),
        lon=row.address.lon,
        lat=row.address.lat,
        address=row.text,
    )


part(
    Part(
        type="card_door",
        model=CardDoor,
        words=Words("联系卡待发门户", "doors for contact cards"),
        order=70,
        due=_due,
        shown=_carried,
        most=MOST_CARRIED,
    )
)
