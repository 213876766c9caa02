"""What contact cards ask of a day: cards that no longer say who is there, doors that are left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from linli.kernel.claims import Claim, ClaimSource, Line, OwnSource, Waiting, Weight
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.visits.cards.queries.batches import GridCards, cards_of
from linli.visits.cards.rules import CHANGED

MOST_LINES = 8


def _stale(actor: Actor, at: datetime, most: int) -> Waiting:
    rows = [one for one in cards_of(actor) if one.stale]
    return Waiting([_claim(one) for one in rows[:most]], len(rows))


def _claim(one: GridCards) -> Claim:
    zh = "、".join(CHANGED[code].zh for code in one.stale)
    en = ", ".join(CHANGED[code].en for code in one.stale)
    return Claim(
        key=f"cards:{one.face.grid.code}",
        title=one.face.grid.name,
        url=f"/cards/grids/{one.face.grid.code}/print",
        why=Words(f"联系卡要重印：{zh}", f"contact cards to print anew: {en}"),
    )


def _grids(actor: Actor, at: datetime) -> Sequence[Line]:
    return [_line(one) for one in cards_of(actor)[:MOST_LINES]]


def _line(one: GridCards) -> Line:
    if one.batch is None:
        return Line(one.face.grid.name, Words("还没印", "not printed yet"), "/cards")
    done, doors = one.done, one.batch.doors_count
    note = Words(f"已到户 {done} / {doors}", f"{done} of {doors} doors")
    return Line(one.face.grid.name, note, f"/cards/batches/{one.batch.pk}")


CLAIM_SOURCES = (
    ClaimSource(
        code="cards.stale",
        words=Words("要重印的联系卡", "contact cards to print anew"),
        weight=Weight.TASK,
        posts=("community_officer",),
        find=_stale,
        rest="/cards?show=stale",
    ),
)
OWN_SOURCES = (
    OwnSource(
        code="cards",
        words=Words("联系卡", "contact cards"),
        icon="clipboard-check",
        posts=("community_officer", "auxiliary", "assistant"),
        find=_grids,
        rest="/cards",
    ),
)
