"""The same request sent twice is done once and answered twice (IETF Idempotency-Key draft).

Every POST carries a key. The work and the stored answer land in one transaction: a kill before the commit leaves
nothing
and the retry is the first; a kill after it leaves the answer to repeat. A refusal changes nothing and keeps no answer.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from pydantic_core import to_json

from linli.api.problems import TooLarge, Unreadable
from linli.kernel.errors import Conflict, Invalid, Refusal
from linli.kernel.scope import Actor
from linli.kernel.together import together
from linli.works.receipts.acts import find_receipt, hold_and_find, hold_key, keep_receipt

_LONGEST_KEY = 255
_LONGEST_ROUTE = 200


@dataclass(frozen=True, slots=True)
class Ticket:
    """One key of one caller on one route, with the digest of the body it came with."""

    caller: str
    route: str
    key: str
    body_digest: str

    @property
    def name(self) -> tuple[str, str, str]:
        return (self.caller, self.route, self.key)


def body_of(request: HttpRequest) -> bytes:
    """The body; raises TooLarge or Unreadable."""
    try:
        return request.body
    except RequestDataTooBig as big:
        raise TooLarge("request.too_large", limit_kb=(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1000) from big
    except UnreadablePostError as broken:
        raise Unreadable("request.unreadable", why="the connection broke") from broken


def ticket_for(request: HttpRequest, actor: Actor) -> Ticket:
    """The key of this request; raises a Refusal when it is missing or too long."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise Refusal("receipt.missing_key")
    if len(key) > _LONGEST_KEY:
        raise Invalid("receipt.long_key")
    route = request.path
    if len(route) > _LONGEST_ROUTE:
        route = hashlib.sha256(route.encode()).hexdigest()
    return Ticket(str(actor.id), route, key.replace("\x00", ""), hashlib.sha256(body_of(request)).hexdigest())


def replay(ticket: Ticket) -> HttpResponse | None:
    """The stored answer of an earlier request, or None when this is the first. Raises Invalid on another body."""
    caller, route, key = ticket.name
    found = find_receipt(caller=caller, route=route, key=key, body_digest=ticket.body_digest)
    return None if found is None else _again(*found)


def _again(status: int, answer: str) -> HttpResponse:
    again = HttpResponse(answer, status=status, content_type="application/json")
    again.headers["Idempotent-Replay"] = "true"
    return again


def found_late(ticket: Ticket) -> bool:
    """Whether the receipt is looked for only by the statement that holds the key, inside the transaction: on PostgreSQL
    at a door that refuses nothing and looks at nothing that the first request has changed. One journey less.
    """
    return ticket.route in _LATE and connection.vendor == "postgresql"


_LATE = frozenset({"/api/v1/incidents"})


class _Before(Exception):
    """Another request was quicker: its answer."""

    def __init__(self, status: int, answer: str) -> None:
        super().__init__("answered before")
        self.status, self.answer = status, answer


_flying: set[tuple[str, str, str]] = set()
_flying_guard = threading.Lock()


@contextmanager
def _in_flight(ticket: Ticket) -> Iterator[None]:
    """One thread of this process works on a key; the next is told so at once instead of waiting for a lock."""
    with _flying_guard:
        if ticket.name in _flying:
            raise Conflict("receipt.in_flight")
        _flying.add(ticket.name)
    try:
        yield
    finally:
        with _flying_guard:
            _flying.discard(ticket.name)


def once(ticket: Ticket, status: int, deed: Callable[[], Any]) -> HttpResponse:
    """Do ``deed`` and keep its answer, in one transaction. Another process that was quicker wins, and its answer is
    given.
    """
    with _in_flight(ticket):
        try:
            answer = together(lambda: _done_and_kept(ticket, status, deed))
        except _Before as before:
            return _again(before.status, before.answer)
        except IntegrityError:
            kept = replay(ticket)
            if kept is None:
                raise
            return kept
    return HttpResponse(answer, status=status, content_type="application/json")


def answered_once(ticket: Ticket, deed: Callable[[], Any], *, keep: Callable[[Any], bool]) -> HttpResponse:
    """Do ``deed``, which commits by itself in steps and may be done again, and then keep its answer when ``keep`` says
    so. A kill between leaves the deed's own receipts, by which doing it again changes nothing.
    """
    with _in_flight(ticket):
        body = deed()
        answer: bytes = to_json(body, inf_nan_mode="null")
        if keep(body):
            try:
                together(lambda: _kept(ticket, answer))
            except IntegrityError:
                # Another process answered the same request; both answers stand on the same receipts.
                return HttpResponse(answer, content_type="application/json")
    return HttpResponse(answer, content_type="application/json")


def _kept(ticket: Ticket, answer: bytes) -> None:
    caller, route, key = ticket.name
    keep_receipt(
        caller=caller, route=route, key=key, body_digest=ticket.body_digest, status=200, answer=answer.decode()
    )


def _done_and_kept(ticket: Ticket, status: int, deed: Callable[[], Any]) -> bytes:
    """Inside the transaction: the work, then the row that stands for it."""
    caller, route, key = ticket.name
    if found_late(ticket):
        before = hold_and_find(caller=caller, route=route, key=key, body_digest=ticket.body_digest)
        if before is not None:
            raise _Before(*before)
    else:
        hold_key(caller=caller, route=route, key=key)
    answer: bytes = to_json(deed(), inf_nan_mode="null")
    keep_receipt(
        caller=caller,
        route=route,
        key=key,
        body_digest=ticket.body_digest,
        status=status,
        answer=answer.decode(),
    )
    return answer


def answered(body: Any, status: int = 200) -> HttpResponse:
    """A plain JSON answer; times in UTC with offset, a number that is none as null."""
    return HttpResponse(to_json(body, inf_nan_mode="null"), status=status, content_type="application/json")
