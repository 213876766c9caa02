"""The sender's threads against live stand-in gateways: a dead or hanging one slows neither the desk nor the others."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from linli.kernel.scope import system
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.acts import give_order, recall_order
from linli.works.channels.acts import carrying
from linli.works.channels.acts.setting import set_channel
from linli.works.outbox.acts import queue_message
from linli.works.outbox.acts.sender import Sender
from linli.works.outbox.models import Message
from tests.gateways import Gateway, gateway
from tests.town import Town, build_town, call

SETUP = system("setup")
SECRET = "a secret that both know"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sms() -> Iterator[Gateway]:
    with gateway() as made:
        set_channel(SETUP, channel="sms", kind="sms", url=made.url, place=2, secret=SECRET)
        yield made


@pytest.fixture
def voice() -> Iterator[Gateway]:
    with gateway() as made:
        set_channel(SETUP, channel="voice", kind="voice", url=made.url, place=3, secret=SECRET)
        yield made


@pytest.fixture
def sender() -> Iterator[Sender]:
    running = Sender()
    running.start()
    yield running
    running.stop()


def queued(n: int, channel: str = "sms") -> Message:
    return queue_message(
        channel=channel, template="order.new", address="139", body={"number": n}, subject_type="t", subject_id=str(n)
    )


def until(true: Callable[[], bool], limit_s: float = 8.0) -> float:
    """Wait until it holds; how long that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < limit_s, "it did not come to pass"
        time.sleep(0.01)
    return time.monotonic() - began


def test_committed_to_handed_over(sms: Gateway, sender: Sender) -> None:
    """The bar is p99 ≤ 500 ms while the gateway answers; 120 messages, the first ones warm the connections."""
    took_ms = []
    for n in range(120):
        committed = time.monotonic()
        queued(n)
        until(lambda n=n: len(sms.asked) > n)  # type: ignore[misc]  # the counter is bound on purpose
        took_ms.append((sms.asked[n]["at"] - committed) * 1000)
    took_ms = sorted(took_ms[20:])
    assert took_ms[98] <= 500, took_ms[-5:]
    until(lambda: Message.objects.filter(state="sent").count() == 120)
    assert len(sms.effects) == 120


def test_a_burst_goes_out_once_each(sms: Gateway, sender: Sender) -> None:
    for n in range(60):
        queued(n)
    until(lambda: Message.objects.filter(state="sent").count() == 60, limit_s=20)
    assert len(sms.asked) == len(sms.effects) == 60


def test_a_hanging_gateway_holds_up_no_other(
    sms: Gateway, voice: Gateway, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "SILENCE_S", 3.0)
    sms.mood = "hanging"
    for n in range(12):
        queued(n)
    time.sleep(0.3)
    took_s = []
    for n in range(10):
        queued(100 + n, channel="voice")
        took_s.append(until(lambda n=n: len(voice.asked) > n))  # type: ignore[misc]  # as above
    assert max(took_s) < 0.5
    assert not _idle_in_transaction(), "nobody holds a transaction while waiting for the network"
    sms.released.set()


def _idle_in_transaction() -> int:
    """Connections that have sat in an open transaction for most of a second (PostgreSQL knows)."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND state = 'idle in transaction' AND clock_timestamp() - state_change > interval '0.8 s'"
        )
        return int(cursor.fetchone()[0])


def test_a_dead_gateway_does_not_slow_the_desk(sms: Gateway, sender: Sender) -> None:
    town = build_town(2)
    well_ms = _order_ms(town)
    sms.mood = "hanging"
    set_channel(SETUP, channel="wecom", kind="wecom_robot", url="http://127.0.0.1:9/robot", place=1)
    dead_ms = _order_ms(town)
    assert dead_ms < max(3 * well_ms, well_ms + 60), (well_ms, dead_ms)
    sms.released.set()


def _order_ms(town: Town) -> float:
    """The median of eight orders given and recalled, in milliseconds."""
    desk = town.actor("dispatcher")
    matter: Matter = call(desk, town)
    took_ms = []
    for _ in range(8):
        began = time.monotonic()
        order = give_order(desk, matter=matter, unit=town.units[0])
        took_ms.append((time.monotonic() - began) * 1000)
        recall_order(desk, order=order, reason="演练")
        town.units[0].refresh_from_db()
    return statistics.median(took_ms)


def test_what_waits_when_the_sender_ends_goes_out_at_the_next_start(sms: Gateway) -> None:
    message = queued(1)
    first = Sender()
    first.start()
    first.stop()
    second = Sender()
    second.start()
    until(lambda: Message.objects.get(pk=message.pk).state == "sent")
    second.stop()
    assert len(sms.effects) == 1
