"""One operation: find, merge, read, call the act. What it refuses becomes one of the five answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.field.files.models import PhoneFile
from linli.field.replay.models import Operation
from linli.field.replay.queries import (
    Asked,
    as_then,
    asked_by,
    current_values,
    offered_once,
    offered_values,
    row_for,
    undecided_at,
)
from linli.field.replay.rules.meeting import Sent
from linli.field.replay.rules.merging import merge
from linli.field.replay.rules.reading import read, wrong
from linli.kernel import news
from linli.kernel.acts import may
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from linli.kernel.inputs import APART, ROWS, Followed, Given, Input
from linli.kernel.inputs import Sent as SentFile
from linli.kernel.scope import Actor

Triples = dict[str, dict[str, Any]]


@dataclass(slots=True)
class Outcome:
    """What came of an operation. ``reason`` says why a person must look (legal, light, state, scope, wiped)."""

    answer: str
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    row: Any = None
    state: str = Operation.ANSWERED
    reason: str = ""
    fields: Triples = field(default_factory=dict)
    path: str = ""
    files: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Files to come: the input that named each, and the file."""


class FileAwaited(Exception):
    """The act needs a file that has not arrived."""


def do(actor: Actor, sent: Sent, *, at: datetime | None, force: bool = False) -> Outcome:
    """Do an operation as its author. ``at``: when it was done, by the server's clock. ``force``: a person has decided
    that the phone's values are to be taken. Behind a savepoint; nothing is caught here but what has an answer.
    """
    asked = asked_by(sent.act)
    if asked is None:
        return Outcome("rejected", "field.no_such_act", {"act": sent.act})
    try:
        with transaction.atomic():
            return _done(actor, sent, asked, at, force)
    except FileAwaited:
        return Outcome("retry", "field.waits_for_file", state=Operation.FILE)
    except (NotAllowed, NotFound) as refusal:
        return _out_of_reach(actor, sent, asked, at, refusal)
    except Conflict as refusal:
        return _moved_on(actor, sent, asked, refusal)
    except Refusal as refusal:
        return Outcome("rejected", refusal.code, _facts(refusal))


def _facts(refusal: Refusal) -> dict[str, Any]:
    facts = refusal.as_problem()["facts"]
    return dict(facts) if isinstance(facts, dict) else {}


def _done(actor: Actor, sent: Sent, asked: Asked, at: datetime | None, force: bool) -> Outcome:
    """The operation by its form: merged with what others wrote, read, and given to the act."""
    subject = _subject(actor, sent, asked)
    if subject is None and asked.offline.creates is not None:
        taken = _there(sent, asked, actor)
        if taken is not None:
            return taken
    values, outcome = dict(offered_values(sent)), Outcome("applied")
    merging = subject is not None and asked.offline.merges != "append"
    if merging and not force:
        met = merge(sent.changed, current_values(asked, subject), asked.classes)
        if met.apart:
            facts = {"class": "legal", "fields": met.apart}
            return Outcome("conflict", "field.two_values", facts, subject, reason="legal", fields=met.apart)
        if not met.take:
            return Outcome("duplicate", "field.nothing_new", row=subject)
        values = {name: values[name] for name in met.take}
        if met.overwrote:
            outcome.reason, outcome.fields = "light", met.overwrote
            outcome.facts = {"class": "light", "overwrote": met.overwrote}
    filled = read(asked.inputs, values, offered=offered_once(sent.form_version), partly=merging)
    outcome.files = [
        (item.name, one) for item in asked.inputs if item.kind in APART for one in filled.pop(item.name, ())
    ]
    given = Given(
        values=_looked_up(actor, asked.inputs, filled, at),
        subject=subject,
        record=sent.record,
        variant=asked.variant.code if asked.variant else "",
        device_at=at,
    )
    outcome.row = _called(actor, sent, asked, given)
    if sent.cause is not None:
        news.announce(Followed(actor, outcome.row, sent.cause))
    return outcome


def _subject(actor: Actor, sent: Sent, asked: Asked) -> Any:
    model = asked.offline.subject
    if model is None:
        return None
    found = row_for(model, sent.record, [actor]) if sent.record else None
    if found is None:
        raise NotFound("row.unknown", what=str(sent.record or ""))
    return found


def _there(sent: Sent, asked: Asked, actor: Actor) -> Outcome | None:
    """A record with this key exists: delivered before under another id (a phone that rebuilt its list), or not his."""
    if sent.record is None:
        raise Invalid("field.unreadable", why="record")
    row = asked.offline.creates._default_manager.filter(pk=sent.record).first()
    if row is None:
        return None
    before = Operation.objects.filter(author_id=actor.id, record_id=sent.record, act=sent.act, answer="applied")
    if before.exists():
        return Outcome("duplicate", "field.record_there", row=row)
    return Outcome("rejected", "field.record_taken")


def _looked_up(actor: Actor, inputs: tuple[Input, ...], filled: dict[str, Any], at: datetime | None) -> dict[str, Any]:
    """The values with rows instead of keys and stored files instead of digests."""
    found = dict(filled)
    for item in inputs:
        value = filled.get(item.name)
        if value is None:
            continue
        if item.kind == "rows":
            found[item.name] = [_row_named(actor, item, one, at) for one in value]
        elif item.kind in ROWS and not isinstance(value, str):
            found[item.name] = _row_named(actor, item, value, at)
        elif item.kind == "file":
            found[item.name] = _stored(actor, value[0])
    return found


def _row_named(actor: Actor, item: Input, key: Any, at: datetime | None) -> Any:
    """The row as its author may see it, now or when he did it. Raises Invalid where there is none."""
    row = row_for(item.of, key, [actor]) or row_for(item.of, key, [as_then(actor, at)])
    if row is None:
        raise wrong(item, key)
    return row


def _stored(actor: Actor, named: dict[str, str]) -> SentFile:
    arrived = PhoneFile.objects.visible_to(actor).filter(sha256=named["sha256"]).select_related("stored").first()
    if arrived is None:
        raise FileAwaited
    return SentFile(named["sha256"], named["name"], arrived.stored)


def _called(actor: Actor, sent: Sent, asked: Asked, given: Given) -> Any:
    """Call the act; what it returns, or the row that it was done on when that is what is counted in versions."""
    offline = asked.offline
    facts = offline.prepare(actor, given) if offline.prepare else dict(given.values)
    if given.subject is not None:
        facts.setdefault(offline.subject_argument, given.subject)
    if "row_id" in asked.arguments:
        facts.setdefault("row_id", sent.record if offline.creates is not None else sent.id)
    if "device_at" in asked.arguments:
        facts.setdefault("device_at", given.device_at)
    result = asked.act.run(actor, **facts)
    return result if offline.creates is not None or given.subject is None else given.subject


def _out_of_reach(actor: Actor, sent: Sent, asked: Asked, at: datetime | None, refusal: Refusal) -> Outcome:
    """Refused to who he is today. If he might when he did it, it is kept for whoever answers now (待转交)."""
    then = as_then(actor, at)
    if isinstance(refusal, NotFound):
        model = asked.offline.subject
        row = row_for(model, sent.record, [then]) if model is not None and sent.record else None
        path = _path_of(row) if row is not None else undecided_at(actor.id, sent.record)
        if path is None:
            return Outcome("rejected", refusal.code, _facts(refusal))
        return Outcome("conflict", "field.handed_on", {"class": "scope"}, row, reason="scope", path=path)
    path = str(refusal.facts.get("path") or "")
    lost = set(then.posts) - set(actor.posts)
    if not lost or not may(then, asked.act.name, path or None):
        return Outcome("rejected", refusal.code, _facts(refusal))
    path = path or next(iter(sorted(post.path for post in lost)))
    return Outcome("conflict", "field.handed_on", {"class": "scope"}, reason="scope", path=path)


def _moved_on(actor: Actor, sent: Sent, asked: Asked, refusal: Conflict) -> Outcome:
    """Somebody was first. What has come to the same end needs nobody; what brings words of its own is kept for a
    person.
    """
    row = _subject(actor, sent, asked) if asked.offline.subject is not None else None
    there = refusal.facts.get("state") is not None and refusal.facts.get("state") == refusal.facts.get("target")
    if there and not any(isinstance(value, str) and value for value in offered_values(sent).values()):
        return Outcome("duplicate", "field.done_before", row=row)
    return Outcome("conflict", refusal.code, {**_facts(refusal), "class": "state"}, row, reason="state")


def _path_of(row: Any) -> str:
    return str(row.scope_paths()[0]) if hasattr(row, "scope_paths") else "/"
