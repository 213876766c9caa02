"""Looking things up for the replay: the form of an act, rows as the author may see them, what he held before."""

from __future__ import annotations

import inspect
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q

from linli.field.forms.models import FormVersion
from linli.field.replay.models import Operation
from linli.field.replay.rules.answers import Answer
from linli.field.replay.rules.meeting import Sent, sent_from
from linli.field.replay.rules.reading import Offered
from linli.kernel import clock
from linli.kernel.acts import ACTS, Act, plain
from linli.kernel.crypto import seal, unseal
from linli.kernel.inputs import Input, Offline, Variant
from linli.kernel.scope import Actor, HeldPost
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.posts.rules import sees_there

_LOOK_BACK = timedelta(days=60)
"""Posts that ended longer ago than this give no claim, whatever a phone's clock says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The act that an operation names, and its form."""

    act: Act
    offline: Offline
    variant: Variant | None

    @property
    def inputs(self) -> tuple[Input, ...]:
        return self.variant.inputs if self.variant else self.offline.inputs

    @property
    def arguments(self) -> frozenset[str]:
        """What the act takes."""
        return frozenset(inspect.signature(inspect.unwrap(self.act.run)).parameters)

    @property
    def classes(self) -> dict[str, str]:
        """The class of conflict of each input."""
        return {item.name: item.conflict or self.offline.merges for item in self.inputs}


def asked_by(code: str) -> Asked | None:
    """The act and form that a code like ``matter.open:hazard`` names; None where there is none (any more)."""
    name, _, variant = code.partition(":")
    act = ACTS.get(name)
    if act is None or act.offline is None or bool(act.offline.variants) != bool(variant):
        return None
    found = act.offline.variant(variant) if variant else None
    return Asked(act, act.offline, found) if found or not variant else None


def offered_once(version: str) -> Offered:
    """The codes that a form offered in the version that the phone had."""
    form = FormVersion.objects.filter(pk=version).first() if version else None
    inputs = form.body.get("inputs", []) if form else []
    return {item["name"]: frozenset(one["code"] for one in item["choices"]) for item in inputs if item["choices"]}


def known_operations(author: uuid.UUID, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Operation]:
    """What is kept of these operations of an author."""
    return {row.op_id: row for row in Operation.objects.filter(author_id=author, op_id__in=list(ids))}


def settled_branches(author: uuid.UUID, device: uuid.UUID, branches: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How far each branch of a phone has come: another phone of the same author counts for itself."""
    mine = {"author_id": author, "device_id": device, "branch_id__in": set(branches)}
    rows = Operation.objects.filter(**mine).exclude(state=Operation.EARLIER)
    return dict(rows.values_list("branch_id").annotate(last=Max("seq")))


def waiting_in(
    author: uuid.UUID, device: uuid.UUID, branches: Iterable[uuid.UUID]
) -> dict[tuple[uuid.UUID, int], Operation]:
    """The operations of these branches of a phone that wait for an earlier one, by branch and number."""
    mine = {"author_id": author, "device_id": device, "branch_id__in": set(branches)}
    rows = Operation.objects.filter(**mine, state=Operation.EARLIER)
    return {(row.branch_id, row.seq): row for row in rows}


@dataclass(frozen=True, slots=True)
class Told:
    """A page of answers that were given while the phone was away."""

    answers: tuple[Answer, ...]
    cursor: str
    more: bool


def answers_since(actor: Actor, *, since: str, limit: int) -> Told:
    """The author's later answers after a cursor (time and key of the last one seen), oldest first."""
    rows = Operation.objects.filter(author_id=actor.id, later=True).order_by("answered_at", "id")
    at, _, key = since.partition(" ")
    try:
        seen = (datetime.fromisoformat(at), uuid.UUID(key)) if since else None
    except ValueError:
        seen = None
    if seen is not None:
        rows = rows.filter(Q(answered_at__gt=seen[0]) | Q(answered_at=seen[0], id__gt=seen[1]))
    found = list(rows[: limit + 1])
    page = found[:limit]
    cursor = f"{page[-1].answered_at.isoformat()} {page[-1].pk}" if page else since
    return Told(tuple(answer_of(row, replayed=True) for row in page), cursor, len(found) > limit)


def answer_of(row: Operation, *, replayed: bool) -> Answer:
    """The stored answer."""
    facts: dict[str, Any] = json.loads(opened_json(row.facts, row=row.pk, what="facts") or "{}")
    return Answer(
        id=str(row.op_id),
        answer=row.answer,
        code=row.code,
        facts=facts,
        number=row.number,
        record=row.record_id,
        version=row.version,
        held=row.state != Operation.ANSWERED,
        replayed=replayed,
    )


def body_of(row: Operation) -> Sent:
    """The operation as it came."""
    return sent_from(json.loads(opened_json(row.body, row=row.pk, what="body")))


def current_values(asked: Asked, row: Any) -> dict[str, Any]:
    """What a row says now in the fields of a form, as JSON has it."""
    if asked.offline.current is not None:
        return {name: _as_sent(value) for name, value in asked.offline.current(row).items()}
    return {item.name: _as_sent(getattr(row, item.name)) for item in asked.inputs if hasattr(row, item.name)}


def _as_sent(value: Any) -> Any:
    """A value in the form in which phones send it, to be compared."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: part for name, part in asdict(value).items() if part not in (None, "")}
    return {"id": str(value.pk)} if hasattr(value, "pk") else plain(value)


def row_for(model: Any, key: uuid.UUID, actors: Sequence[Actor]) -> Any:
    """The row, if one of these may see it; else None."""
    for actor in actors:
        found = model._default_manager.visible_to(actor).filter(pk=key).first()
        if found is not None:
            return found
    return None


def undecided_at(author: uuid.UUID, record: uuid.UUID | None) -> str | None:
    """Where it is still to be decided whether the author's own record is to be at all; what he wrote on it waits there
    too. None when nothing is.
    """
    if record is None:
        return None
    waiting = {"author_id": author, "record_id": record, "divergence__state": "open"}
    return Operation.objects.filter(**waiting).values_list("divergence__path", flat=True).first()


def as_then(actor: Actor, at: datetime | None) -> Actor:
    """The author with the posts that he held when he did it (or since), also those that have ended meanwhile."""
    now = clock.now()
    since = max(at or now - _LOOK_BACK, now - _LOOK_BACK)
    day = clock.shanghai(since).date() - timedelta(days=1)
    held = Post.objects.filter(person_id=actor.id, since__lte=clock.today()).filter(
        Q(until__isnull=True) | Q(until__gt=day)
    )
    posts = tuple(
        HeldPost(post.code, post.agency_id, post.agency.path, sees_there(post.code, post.agency.kind))
        for post in held.select_related("agency")
    )
    return replace(actor, posts=posts)


def author_named(key: uuid.UUID) -> Person | None:
    """The person who wrote an operation."""
    return Person.objects.filter(pk=key).first()


def sealed_json(value: str, *, row: uuid.UUID, what: str) -> bytes:
    """JSON text sealed for a row of this room."""
    return seal(value, context=f"field.{what}.{row}")


def opened_json(blob: Any, *, row: uuid.UUID, what: str) -> str:
    """What :func:`sealed_json` sealed; empty when nothing is kept."""
    return unseal(blob, context=f"field.{what}.{row}")


def offered_values(sent: Sent) -> Mapping[str, Any]:
    """The new values of an operation by field."""
    return {name: pair.get("new") for name, pair in sent.changed.items()}
