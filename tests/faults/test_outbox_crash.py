"""The sender and the exchange fall at every one of their steps; every effect happens once at whoever receives it.

A step is a statement to the database, a commit, and on the way to the gateway the moments before the request and after
the answer. The receiver knows a repetition by the message's key (bundles: by their number), so at least once becomes
once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from linli.kernel import clock
from linli.kernel.scope import system
from linli.matters.ledger.models import Matter
from linli.works.channels.acts.carrying import CARRIERS, Line
from linli.works.channels.acts.setting import set_channel
from linli.works.channels.rules import shapes
from linli.works.channels.rules.shapes import Asked, Parcel
from linli.works.exchange.acts import register_peer
from linli.works.exchange.acts.carrying import forget_lines
from linli.works.exchange.acts.reading import read_folder
from linli.works.exchange.models import Bundle, Item, Peer, ReceivedItem
from linli.works.exchange.rules.envelope import open_bundle
from linli.works.jobs.acts import work_long
from linli.works.jobs.models import Job
from linli.works.jobs.queries import due_lanes
from linli.works.outbox.acts import queue_message
from linli.works.outbox.models import Message
from tests.faults import crash
from tests.faults.crash import CRASHED, crashes
from tests.gateways import Gateway, gateway
from tests.installation import Installation
from tests.peers import BUREAU, KEY, Their, written
from tests.town import build_town, call

SETUP = system("setup")
SECRET = "a secret that both know"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post() -> Iterator[Gateway]:
    with gateway() as made:
        yield made


def queued(n: int, channel: str = "sms") -> Message:
    return queue_message(
        channel=channel,
        template="order.new",
        address="139",
        others={"sms": "139", "voice": "139"},
        body={"number": n},
        subject_type="t",
        subject_id=str(n),
    )


def send_all() -> None:
    """What the sender's threads would do now, a lease later and with fresh breakers: the next process after a crash."""
    CARRIERS.forget()
    forget_lines()
    with clock.fixed(clock.now() + timedelta(seconds=40)):
        for _ in range(10):
            for lane in due_lanes(clock.now()):
                while work_long(lane):
                    continue


def one_lane(lane: str) -> Callable[[], None]:
    """One job of a lane, as one thread does it."""

    def deed() -> None:
        CARRIERS.forget()
        work_long(lane)

    return deed


def falls_around_the_request(deed: Callable[[], None], *, after: bool) -> None:
    """A child does the deed and ends without a word right before the request leaves, or right after the answer came."""
    asking = Line._ask

    def fall(*args: object, **more: object) -> tuple[int, bytes]:
        answer = asking(*args, **more) if after else (0, b"")  # type: ignore[arg-type]  # passed through as it came
        assert answer is not None
        os._exit(CRASHED)

    crash.leave()
    child = os.fork()
    if child == 0:
        with mock.patch.object(Line, "_ask", fall):
            deed()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == CRASHED


def test_a_message_with_a_crash_at_every_statement(post: Gateway) -> None:
    set_channel(SETUP, channel="sms", kind="sms", url=post.url, secret=SECRET)
    message, points = queued(1), 0
    for point in crashes(one_lane("send:sms")):
        points = point
        assert len(post.effects) <= 1, f"after a crash at point {point}"
        Job.objects.update(lease_until=None)
    assert points >= 6, "too few points to mean anything"
    message.refresh_from_db()
    assert message.state == "sent" and list(post.effects) == [str(message.pk)]
    assert Job.objects.get().state == Job.DONE


@pytest.mark.parametrize("after", [False, True], ids=["before the request", "after the answer"])
def test_a_message_with_a_crash_around_the_request(post: Gateway, after: bool) -> None:
    set_channel(SETUP, channel="sms", kind="sms", url=post.url, secret=SECRET)
    messages = [queued(n) for n in range(8)]
    for message in messages:
        falls_around_the_request(one_lane("send:sms"), after=after)
        assert Message.objects.get(pk=message.pk).state == "queued"
    send_all()
    assert len(post.asked) == (16 if after else 8)
    assert set(post.effects) == {str(message.pk) for message in messages}, "each once, by its key"
    assert Message.objects.filter(state="sent").count() == 8


def test_standing_in_with_a_crash_at_every_statement(post: Gateway) -> None:
    """WeCom is dead: whatever falls on the way, exactly one SMS goes out."""
    set_channel(SETUP, channel="wecom", kind="wecom_robot", url="http://127.0.0.1:9/robot", place=1)
    set_channel(SETUP, channel="sms", kind="sms", url=post.url, place=2, secret=SECRET)
    queue_message(
        channel="wecom",
        template="order.new",
        address="w",
        others={"sms": "139"},
        body={},
        subject_type="t",
        subject_id="1",
    )
    for point in crashes(one_lane("send:wecom")):
        states = sorted(Message.objects.values_list("channel", "state"))
        assert states in ([("wecom", "queued")], [("sms", "queued"), ("wecom", "failed")]), f"point {point}: {states}"
        Job.objects.filter(lane="send:wecom").update(lease_until=None)
    send_all()
    assert len(post.effects) == 1 and Message.objects.get(channel="sms").state == "sent"


def test_the_mutant_without_a_key_is_caught(post: Gateway) -> None:
    """Were the gateway not told the message's key, a crash after the answer would ring twice: this must show."""
    set_channel(SETUP, channel="sms", kind="sms", url=post.url, secret=SECRET)
    queued(1)
    asking = shapes.ask_gateway

    def keyless(kind: str, url: str, parcel: Parcel) -> Asked:
        return replace(asking(kind, url, parcel), headers={})

    with mock.patch.object(shapes, "ask_gateway", keyless):
        falls_around_the_request(one_lane("send:sms"), after=True)
        send_all()
    assert len(post.effects) == 2, "a message without its key went unnoticed"


def test_a_bundle_with_a_crash_at_every_statement(tmp_path: Path) -> None:
    """What a peer is told by file: no number is lost, none is used twice, every item is in exactly one bundle."""
    town = build_town(1)
    side = Their(tmp_path)
    register_peer(SETUP, peer=BUREAU, kind="files", key=KEY, outbox=str(side.outbox))
    for n in range(3):
        call(town.actor("call_taker"), town, source=BUREAU, external_number=f"110-{n}")
    for point in crashes(one_lane(f"peer:{BUREAU}")):
        told = [item["status"]["externalNumber"] for item in side.ours()]
        assert told in ([], ["110-0", "110-1", "110-2"]), f"after a crash at point {point}"
        Job.objects.update(lease_until=None, due_at=clock.now())
        Peer.objects.update(sending_until=None)
    send_all()
    assert [item["status"]["externalNumber"] for item in side.ours()] == ["110-0", "110-1", "110-2"]
    assert [bundle.sequence for bundle in Bundle.objects.all()] == [1]
    assert not Item.objects.filter(bundle__isnull=True).exists()


@pytest.mark.parametrize("after", [False, True], ids=["before the request", "after the answer"])
def test_a_bundle_by_http_with_a_crash_around_the_request(post: Gateway, after: bool) -> None:
    town = build_town(1)
    register_peer(SETUP, peer=BUREAU, kind="http", url=post.url, key=KEY)
    call(town.actor("call_taker"), town, source=BUREAU, external_number="110-1")
    falls_around_the_request(one_lane(f"peer:{BUREAU}"), after=after)
    send_all()
    numbers = [open_bundle(asked["raw"], key_of=lambda sender: (KEY, BUREAU)).sequence for asked in post.asked]
    assert numbers == ([1, 1] if after else [1]) and len(post.effects) == 1
    assert Bundle.objects.get().state == "handed_over"


def test_reading_with_a_crash_at_every_statement(tmp_path: Path) -> None:
    """Each call of a bundle is taken once, wherever reading falls; the file is moved when all is done."""
    build_town(1)
    side = Their(tmp_path)
    register_peer(SETUP, peer=BUREAU, kind="files", key=KEY, outbox=str(side.outbox))
    items = [
        {"id": f"i{n}", "kind": "incident", "incident": {"external_number": f"110-{n}", "narrative": "走失"}}
        for n in range(2)
    ]
    path, numbers = side.send(*items), list[str]()
    for point in crashes(lambda: read_folder(side.inbox)):
        numbers = sorted(Matter.objects.values_list("external_number", flat=True))
        assert numbers in ([], ["110-0"], ["110-0", "110-1"]), f"after a crash at point {point}"
        assert ReceivedItem.objects.count() == len(numbers), f"after a crash at point {point}"
    assert numbers == ["110-0", "110-1"] and not path.exists()
    written()
    assert [item["kind"] for item in side.ours()] == ["status", "status", "ack"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_killed_worker_loses_no_message(installation: Installation, post: Gateway) -> None:
    """kill -9 of the real worker while the gateway has taken a message and not yet said so."""
    secret = installation.home / "secret"
    secret.write_text(SECRET)
    set_up = ("--kind", "sms", "--url", post.url, "--secret-file", str(secret))
    installation.command("channel", "set", "sms", *set_up)
    key = installation.command("channel", "test", "sms", "13900000000")["message"]
    post.mood = "silent"
    installation.start("worker")
    _until(lambda: len(post.asked) == 1, 60)
    installation.kill("worker")
    post.mood = "well"
    post.released.set()
    installation.start("worker")
    _until(lambda: len(post.asked) == 2, 90)
    assert list(post.effects) == [key], "asked again under the same key, so nothing is done twice"
    time.sleep(1.0)
    assert len(post.asked) == 2, "what was handed over is not sent again"


def _until(true: Callable[[], bool], limit_s: float) -> None:
    until_s = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < until_s, "it did not come to pass"
        time.sleep(0.05)
