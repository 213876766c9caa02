"""A verb is written once and has four doors: page, API, offline replay and command line call the same act.

``@act`` checks the right (post × act × scope), opens the transaction, does, and records in the same transaction.
Nothing is written outside an act, nothing is sent inside one.
"""

from __future__ import annotations

import functools
import inspect
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.db import transaction

from linli.kernel import clock
from linli.kernel.errors import NotAllowed
from linli.kernel.ids import new_id
from linli.kernel.inputs import APART, Offline
from linli.kernel.kept import forget_after
from linli.kernel.ports import PORTS, Deed
from linli.kernel.registry import Registry
from linli.kernel.scope import Actor
from linli.kernel.words import Words

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Act:
    """The declaration of a verb: how it is called in both languages, what the trail keeps, where it happens, and what
    a phone asks for that does it offline (None: it may not).
    """

    name: str
    words: Words
    keeps: tuple[str, ...]
    about: str
    within: Callable[[dict[str, Any]], str | None] | None
    offline: Offline | None
    run: Callable[..., Any]
    unrecorded: str = ""
    """Why the trail keeps no entry of it; empty for nearly every act."""


ACTS: Registry[Act] = Registry("acts")
_parent: ContextVar[uuid.UUID | None] = ContextVar("parent act", default=None)


def act(
    name: str,
    *,
    zh: str,
    en: str,
    keeps: tuple[str, ...] = (),
    about: str = "return",
    within: Callable[[dict[str, Any]], str | None] | None = None,
    offline: Offline | None = None,
    joins: bool = False,
    unrecorded: str = "",
) -> Callable[[Callable[Concatenate[Actor, P], R]], Callable[Concatenate[Actor, P], R]]:
    """Declare a verb.

    ``keeps`` names the arguments whose values the trail keeps: never personal data. ``about`` names the argument that
    is the subject, or ``return``. ``within`` gives the path where the right is needed, from the arguments (``None``:
    any post's). An act inside another is part of it and covered by its right: opening a room opens an agency. An act
    that ``joins`` a transaction takes no savepoint in it: whoever calls it lets its refusal pass, or sets one.
    ``offline`` says that a phone may do it without a network, and what it is asked for then. ``unrecorded`` is why the
    trail keeps no entry: one has a moment, and some were promised that nobody learns when they wrote.
    """

    def declare(run: Callable[Concatenate[Actor, P], R]) -> Callable[Concatenate[Actor, P], R]:
        signature = inspect.signature(run)
        if offline is not None:
            _check_offline(name, offline, set(signature.parameters))

        @functools.wraps(run)
        def done(actor: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
            facts = _facts_of(signature.bind(actor, *args, **kwargs))
            entry_id, above = new_id(), _parent.get()
            if above is None:
                _require(declared, actor, within(facts) if within else None)
            mark = _parent.set(entry_id)
            try:
                with transaction.atomic(savepoint=not joins):
                    result = run(actor, *args, **kwargs)
                    if not unrecorded:
                        _record(declared, actor, facts, result, entry_id, above)
                    forget_after(name)
            finally:
                _parent.reset(mark)
            return result

        declared = Act(name, Words(zh, en), keeps, about, within, offline, done, unrecorded)
        ACTS.add(name, declared)
        return cast("Callable[Concatenate[Actor, P], R]", done)

    return declare


def _facts_of(bound: inspect.BoundArguments) -> dict[str, Any]:
    """Every argument by its name, with what was left to its default."""
    bound.apply_defaults()
    return dict(bound.arguments)


def _check_offline(name: str, offline: Offline, arguments: set[str]) -> None:
    """A phone's form must fit the act: said when the house starts, not when the phone comes back."""
    wanted = {offline.subject_argument} - {""}
    if offline.creates is not None:
        wanted.add("row_id")
    if offline.prepare is None:
        wanted |= {item.name for item in offline.inputs if item.kind not in APART}
    if wanted - arguments:
        raise RuntimeError(f"{name} may be done offline, but takes no {sorted(wanted - arguments)}")


def may(actor: Actor, name: str, path: str | None) -> bool:
    """Whether the actor holds the right; pages ask this to say why a button is not there."""
    return actor.is_system or PORTS.rights(actor, name, path)


def _require(declared: Act, actor: Actor, path: str | None) -> None:
    if not may(actor, declared.name, path):
        words = declared.words
        raise NotAllowed("right.missing", act=declared.name, act_zh=words.zh, act_en=words.en, path=path or "/")


def _record(
    declared: Act, actor: Actor, facts: dict[str, Any], result: Any, entry_id: uuid.UUID, above: uuid.UUID | None
) -> None:
    subject = result if declared.about == "return" else facts[declared.about]
    device_at = facts.get("device_at")
    PORTS.trail(
        Deed(
            id=entry_id,
            act=declared.name,
            actor=actor,
            at=clock.now(),
            device_at=device_at if isinstance(device_at, datetime) else None,
            subject_type=subject._meta.label_lower if hasattr(subject, "_meta") else type(subject).__name__,
            subject_id=str(getattr(subject, "pk", "")),
            version=int(getattr(subject, "version", 0) or 0),
            paths=tuple(subject.scope_paths()) if hasattr(subject, "scope_paths") else ("/",),
            facts={name: plain(facts[name]) for name in declared.keeps if facts.get(name) is not None},
            parent_id=above,
        )
    )


def plain(value: Any) -> Any:
    """A kept fact as JSON holds it: rows by their key, times with offset."""
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return str(getattr(value, "pk", value))
