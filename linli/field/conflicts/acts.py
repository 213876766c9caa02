"""Settling what phone and server say differently."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.db.models import F

from linli.field.conflicts.models import DIVERGENCE_LIFE, Divergence
from linli.field.conflicts.queries import sent_of
from linli.field.replay.acts.doing import Outcome, do
from linli.field.replay.acts.keeping import await_files
from linli.field.replay.acts.stepping import one_at_a_time
from linli.field.replay.models import Operation
from linli.field.replay.queries import author_named, opened_json, sealed_json
from linli.field.replay.rules.meeting import Sent, true_time
from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, Refusal, declare
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.org.posts.queries import person_actor

declare(
    "field.content_gone", zh="这条内容已按期删除，不能再采用。", en="Its content was erased when its time was over."
)
declare("field.cannot_take", zh="不能采用：{why_zh}", en="It cannot be taken: {why_en}")

CHOICES = {"mine": "take_mine", "server": "leave_server"}


@act(
    "field.settle",
    zh="处理手机并行改动",
    en="settle what a phone changed beside others",
    keeps=("choice",),
    about="divergence",
    within=lambda facts: facts["divergence"].path,
)
def settle(actor: Actor, *, divergence: Divergence, choice: str) -> Divergence:
    """Take the phone's values (``mine``) or leave the server's (``server``).

    Taken, the act runs as part of this decision and in its author's name: it stays his, and who let it in is in the
    trail. Of a light field the phone's value stands already: ``server`` puts the other back. Raises Conflict when
    somebody settled it before.
    """
    if choice not in CHOICES:
        raise Invalid("fact.wrong", field="choice", why=choice)
    operation, light = divergence.operation, divergence.reason == "light"
    one_at_a_time(operation.author_id)
    take(divergence, DIVERGENCE_LIFE, CHOICES[choice], settled_at=clock.now(), settled_by=actor.name)
    sent = sent_of(divergence)
    if (choice == "mine") != light:
        if sent is None:
            raise Invalid("field.content_gone")
        outcome = _carried_out(actor, divergence, _put_back(divergence, sent) if light else sent)
        await_files(actor, operation, outcome)
        _told(operation, "applied", choice, outcome)
    else:
        _told(operation, operation.answer, choice, None)
    return divergence


def _put_back(divergence: Divergence, sent: Sent) -> Sent:
    """The server's values of the fields that the phone overwrote."""
    fields = json.loads(opened_json(divergence.fields, row=divergence.pk, what="fields") or "{}")
    return replace(sent, changed={name: {"new": told["server"]} for name, told in fields.items()})


def _carried_out(actor: Actor, divergence: Divergence, sent: Sent) -> Outcome:
    """The act, in its author's name with the posts of who decides."""
    operation = divergence.operation
    person = author_named(operation.author_id)
    if person is None:
        raise Invalid("row.unknown", what=divergence.author_name)
    author = person_actor(person, door="field", purpose=f"由{actor.name}采用", device=str(operation.device_id))
    lent = replace(author, posts=(*author.posts, *actor.posts))
    at = true_time(operation.device_at, operation.offset_s, operation.received_at)
    outcome = do(lent, sent, at=at, force=True)
    if outcome.answer not in ("applied", "duplicate"):
        words = Refusal(outcome.code, **outcome.facts).words
        raise Conflict("field.cannot_take", why_zh=words.zh, why_en=words.en)
    return outcome


def _told(operation: Operation, answer: str, choice: str, outcome: Outcome | None) -> None:
    """The author's phone hears of it when it asks for answers."""
    facts: dict[str, Any] = json.loads(opened_json(operation.facts, row=operation.pk, what="facts") or "{}")
    facts["settled"] = choice
    changes: dict[str, Any] = {
        "answer": answer,
        "facts": sealed_json(json.dumps(facts, ensure_ascii=False), row=operation.pk, what="facts"),
        "answered_at": clock.now(),
        "later": True,
    }
    if outcome is not None and outcome.row is not None:
        changes["version"] = getattr(outcome.row, "version", F("version"))
        changes["number"] = str(getattr(outcome.row, "number", "") or "")[:32]
    Operation.objects.filter(pk=operation.pk).update(**changes)
    operation.refresh_from_db()
