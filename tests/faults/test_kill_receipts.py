"""A crash between any two statements of a request: the retry under the same key ends with exactly one call, always."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from pydantic_core import to_json

from linli.api.idempotency import Ticket, once, replay
from linli.kernel.together import together
from linli.matters.ledger.models import Matter
from linli.matters.routing.acts import take_call
from linli.trail.models import Entry
from linli.works.receipts.acts import keep_receipt
from linli.works.receipts.models import Receipt
from tests.faults.crash import crashes
from tests.town import Town, build_town

pytestmark = pytest.mark.django_db(transaction=True)


def ticket() -> Ticket:
    return Ticket("caller", "/api/v1/incidents", str(uuid.uuid4()), "digest")


def send(town: Town, key: Ticket) -> None:
    """A request as the door carries it out: what was done before is answered, what was not is done."""
    if replay(key) is None:
        lon, lat = town.spot()
        sent = {"category": "5020", "lon": lon, "lat": lat, "narrative": key.key}
        once(key, 201, lambda: {"number": take_call(town.actor("call_taker"), sent=sent).number})


def kept(key: Ticket) -> tuple[int, int, int]:
    """Calls, entries of taking one, and receipts under this key."""
    calls = Matter.objects.filter(details__narrative=key.key)
    entries = Entry.objects.filter(
        act="incident.take", subject_id__in=[str(pk) for pk in calls.values_list("pk", flat=True)]
    )
    return calls.count(), entries.count(), Receipt.objects.filter(key=key.key).count()


def faults(town: Town) -> list[str]:
    """What is wrong after a crash at each point and a retry: nothing, when receipt and call land together."""
    found, key = [], ticket()

    def deed() -> None:
        send(town, key)

    for point in crashes(deed):
        before = kept(key)
        if before not in {(0, 0, 0), (1, 1, 1)}:
            found.append(f"point {point}: {before} after the crash")
        send(town, key)
        if kept(key) != (1, 1, 1):
            found.append(f"point {point}: {kept(key)} after the retry")
        key = ticket()
    return found


def test_a_request_is_done_once_whatever_crashes() -> None:
    assert faults(build_town()) == []


def test_a_receipt_in_a_transaction_of_its_own_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: the work commits, then the receipt is written. A crash between the two makes a second call."""

    def apart(key: Ticket, status: int, deed: Callable[[], Any]) -> bytes:
        answer = together(lambda: to_json(deed()))
        caller, route, name = key.name
        digest = key.body_digest
        keep_receipt(caller=caller, route=route, key=name, body_digest=digest, status=status, answer=answer.decode())
        return answer

    def mutant(key: Ticket, status: int, deed: Callable[[], Any]) -> None:
        apart(key, status, deed)

    monkeypatch.setattr("tests.faults.test_kill_receipts.once", mutant)
    assert faults(build_town())
