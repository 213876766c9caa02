"""Open entries of the ledger on the phone; the forms by which one is opened or moved, made from its kind."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from linli.kernel.inputs import Choice, Input, Variant, asked
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import Move
from linli.matters.helping.models import HELPING, Helper
from linli.matters.kinds import KINDS
from linli.matters.kinds.rules import Field, Kind
from linli.matters.ledger.models import Matter
from linli.matters.levels.rules import level_or_first
from linli.matters.routing.queries import categories

_MOST = 300
_AS_INPUT = {"text": "text", "number": "number", "choice": "choice", "flag": "flag", "moment": "datetime"}
_LONGEST_FACT = 400
CALL = "incident"
"""A call is taken by its own act, which understands whatever is sent; and it moves with its orders."""

PLACE = asked("place", "place", "地点", "place")
PHOTOS = asked("photos", "photo", "照片", "photos", most=6)
VOICE = asked("voice", "voice", "语音", "voice", most=1)


def _input(detail: Field) -> Input:
    return Input(
        detail.name,
        _AS_INPUT[detail.kind],
        detail.words,
        required=detail.required,
        choices=detail.choices,
        retired=detail.retired,
        personal=detail.personal,
    )


_QUICK = {"hazard": PHOTOS.name, "community_info": VOICE.name}
"""What is begun with one tap from the phone's first page, and by what: seen, or said."""
SAID_BY = (PHOTOS.name, VOICE.name)
"""A photo or a voice may stand for words: a report takes no writing."""
AS_ATTACHED = "见所附照片或语音"


def _opens(kind: Kind) -> Variant:
    details = [
        replace(item, unless=SAID_BY) if item.required and item.kind == "text" else item
        for item in map(_input, kind.details)
    ]
    inputs = (asked("title", "text", "标题", "title", longest=160), *details, PLACE, PHOTOS, VOICE)
    return Variant(kind.code, kind.words, inputs, posts=kind.opens, icon=kind.icon, quick=_QUICK.get(kind.code, ""))


def in_words(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """The details of a kind that a photo or voice said instead of words, with a word that says where to look."""
    required = (item for item in KINDS[kind].details if item.required and item.kind == "text")
    return values | {item.name: AS_ATTACHED for item in required if not values.get(item.name)}


@functools.cache
def opened_on_phone() -> tuple[Variant, ...]:
    """A form for each kind, but calls."""
    return tuple(_opens(kind) for kind in KINDS.values() if kind.code != CALL)


@functools.cache
def moved_on_phone() -> tuple[Variant, ...]:
    """A form for each step that a person takes; who it is assigned to is decided at a desk."""
    return tuple(
        _moves(kind, move)
        for kind in KINDS.values()
        if kind.code != CALL
        for move in kind.workflow.moves
        if not move.machine and "assignee_id" not in move.needs
    )


def _moves(kind: Kind, move: Move) -> Variant:
    inputs = [_said(kind, name, required=name in move.needs) for name in move.facts]
    if move.name in kind.pictured:
        inputs.append(PHOTOS)
    when = {"kind": (kind.code,), "state": move.sources}
    return Variant(f"{kind.code}.{move.name}", move.words, tuple(inputs), posts=move.may, when=when, to=move.target)


def _said(kind: Kind, name: str, *, required: bool) -> Input:
    """What a step asks for, as its kind declares it; words have room to be written out."""
    declared = kind.fact(name) or Field(name, Words(name, name))
    if declared.kind == "text":
        return Input(name, "long_text", declared.words, required=required, longest=_LONGEST_FACT)
    return Input(
        name,
        _AS_INPUT[declared.kind],
        declared.words,
        required=required,
        choices=declared.choices,
        retired=declared.retired,
        personal=declared.personal,
    )


def categories_offered() -> tuple[Choice, ...]:
    """The categories of calls as they stand now."""
    return tuple((row.code, Words(row.zh, row.en)) for row in categories())


def _due(actor: Actor) -> list[tuple[uuid.UUID, int]]:
    """What is one's own to do first, then what is open where one works, newest first."""
    open_now = Matter.objects.visible_to(actor).still_open().order_by("-received_at")
    mine = list(open_now.filter(assignee_id=actor.id).values_list("pk", "version")[:_MOST])
    held = {post.agency_id for post in actor.posts}
    near = open_now.filter(agency_id__in=held).exclude(assignee_id=actor.id)
    return [*mine, *near.values_list("pk", "version")[: _MOST - len(mine)]]


def _shown(actor: Actor, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, Shown]:
    rows = list(Matter.objects.visible_to(actor).filter(pk__in=keys).select_related("agency"))
    shown = {row.pk: _one(actor, row) for row in rows}
    asked_for = [row.pk for row in rows if row.kind == "help_request"]
    if asked_for:
        mine = Helper.objects.filter(matter_id__in=asked_for, person_id=actor.id, state=HELPING.initial)
        at_it = set(mine.values_list("matter_id", flat=True))
        for key in asked_for:
            shown[key]["at_it"] = "yes" if key in at_it else "no"
    return shown


def _one(actor: Actor, row: Matter) -> Shown:
    kind, state = KINDS[row.kind], row.workflow.state(row.state)
    lines: list[Any] = [kind.words.as_json()]
    lines += [
        str(row.details[item.name]) for item in kind.details if item.kind == "text" and row.details.get(item.name)
    ]
    return {
        "group": "today" if row.assignee_id == actor.id else "along",
        "title": row.title or kind.words.zh,
        "lines": lines,
        "kind": row.kind,
        "state": row.state,
        "state_words": state.words.as_json(),
        "at": row.received_at,
        "due_at": row.due_at,
        "lon": row.lon,
        "lat": row.lat,
        "address": row.address,
        "number": row.number,
        "priority": row.priority,
        "level": level_or_first(row.level) if kind.rises else "",
    }


part(Part("matter", Matter, Words("事项", "matters"), 20, _due, _shown, most=_MOST))
