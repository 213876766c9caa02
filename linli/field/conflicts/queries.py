"""What waits for a decision, and the three values side by side."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from linli.field.conflicts.models import Divergence
from linli.field.replay.queries import asked_by, body_of, opened_json
from linli.field.replay.rules.meeting import Sent
from linli.kernel.claims import Claim, ClaimSource, Waiting, Weight, waiting
from linli.kernel.errors import NotFound
from linli.kernel.inputs import Input
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words


def divergences(actor: Actor, *, state: str = "open") -> QuerySet[Divergence]:
    """What waits (or was settled) where one answers, newest first."""
    return Divergence.objects.visible_to(actor).filter(state=state).select_related("operation")


def divergence_by_id(actor: Actor, key: uuid.UUID) -> Divergence:
    """One in reach; raises NotFound."""
    found = Divergence.objects.visible_to(actor).select_related("operation").filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def words_of(act: str) -> Words:
    """What an operation was, in both languages."""
    asked = asked_by(act)
    if asked is None:
        return Words(act, act)
    if asked.variant is None:
        return asked.act.words
    return Words(f"{asked.act.words.zh}：{asked.variant.words.zh}", f"{asked.act.words.en}: {asked.variant.words.en}")


def sent_of(row: Divergence) -> Sent | None:
    """The operation as it came; None when its content was erased after it was settled."""
    return body_of(row.operation) if row.operation.body else None


def side_by_side(row: Divergence) -> list[dict[str, Any]]:
    """For each field: its words, mine (the phone's), the server's, the original. Where nothing diverged by field, what
    the phone brought stands alone.
    """
    inputs = {item.name: item for item in _inputs(row.operation.act)}
    fields: dict[str, dict[str, Any]] = json.loads(opened_json(row.fields, row=row.pk, what="fields") or "{}")
    sent = sent_of(row)
    if not fields and sent is not None:
        fields = {name: {"mine": pair.get("new"), "was": pair.get("old")} for name, pair in sent.changed.items()}
    return [
        {"name": name, "words": _words(inputs, name), **_told(inputs.get(name), told)} for name, told in fields.items()
    ]


def _inputs(act: str) -> tuple[Input, ...]:
    asked = asked_by(act)
    return asked.inputs if asked else ()


def _words(inputs: dict[str, Input], name: str) -> Words:
    return inputs[name].words if name in inputs else Words(name, name)


def _told(item: Input | None, values: dict[str, Any]) -> dict[str, str]:
    return {side: _in_words(item, values.get(side)) for side in ("mine", "server", "was")}


def _in_words(item: Input | None, value: Any) -> str:
    """A value as people read it: choices by their words, places by their address or point."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_in_words(item, one) for one in value)
    if isinstance(value, dict):
        point = f"{value['lon']:.5f}, {value['lat']:.5f}" if value.get("lon") is not None else ""
        return str(value.get("address") or value.get("text") or value.get("name") or point or value.get("id", ""))
    names = dict(item.offered) if item is not None and item.kind in ("choice", "choices") else {}
    return str(names.get(str(value), value))


_DECIDE = ("station_chief", "station_desk", "community_officer")


def _claims(actor: Actor, at: datetime, most: int) -> Waiting:
    """Those that one decides on, the oldest first; one's own elsewhere wait for somebody else."""
    here = tuple(post.path for post in actor.posts if post.code in _DECIDE)
    return waiting(divergences(actor).filter(below("path", here)).order_by("at", "pk"), most, _claim)


def _claim(row: Divergence) -> Claim:
    what, why = words_of(row.operation.act), Divergence.REASONS[row.reason]
    return Claim(
        key=f"divergence:{row.pk}",
        title=row.record_name or what.zh,
        url=f"/divergences/{row.pk}",
        why=Words(f"{what.zh}：{why.zh}", f"{what.en}: {why.en}"),
    )


CLAIM_SOURCES = (
    ClaimSource(
        code="field.divergences",
        words=Words("手机并行改动待决定", "changes from phones to decide on"),
        weight=Weight.TASK,
        posts=_DECIDE,
        find=_claims,
        rest="/divergences",
    ),
)
