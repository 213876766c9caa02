"""The exchange with the bureau's existing 110 system: nobody types twice, nothing forged is read."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.kernel import clock
from linli.kernel.crypto import sign
from linli.kernel.errors import Invalid, NotAllowed
from linli.kernel.scope import system
from linli.matters.ledger.acts import move_matter
from linli.matters.ledger.models import Matter
from linli.matters.parties.models import Party
from linli.operations.dispatch.acts import arrive, feed_back, finish_order, give_order, set_out, sign_order
from linli.works.channels.rules.signing import SIGNATURE_HEADER, TIME_HEADER, is_genuine
from linli.works.exchange.acts import register_peer
from linli.works.exchange.acts.reading import read_folder
from linli.works.exchange.models import Bundle, Item, Peer, Received, ReceivedItem
from linli.works.exchange.queries import in_our_words, key_of
from linli.works.exchange.rules.envelope import canonical, open_bundle
from linli.works.jobs.acts import Later, work_long
from linli.works.jobs.models import Job
from tests.gateways import gateway
from tests.peers import BUREAU, KEY, Their, written
from tests.town import Town, build_town, call

SETUP = system("setup")
pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build_town(2)


@pytest.fixture
def their(town: Town, tmp_path: Path) -> Their:
    side = Their(tmp_path)
    register_peer(
        SETUP, peer=BUREAU, kind="files", key=KEY, inbox=str(side.inbox), outbox=str(side.outbox), field_map=FIELD_MAP
    )
    return side


FIELD_MAP = """
[columns]
narrative = "content"
received_at = "alarm.time"
external_number = "serial"
[values.category]
"A-17" = "5020"
"""


def theirs(n: int, town: Town, **more: Any) -> dict[str, Any]:
    """One of their calls, in their words."""
    lon, lat = town.spot(0)
    facts = {
        "serial": f"110-{n}",
        "content": "老人走失",
        "alarm": {"time": "2026-11-22T08:00:00+08:00"},
        "category": "A-17",
        "lon": lon,
        "lat": lat,
        "caller": {"name": "甲某", "phone": "13900001111"},
    }
    return {"id": f"item-{n}", "kind": "incident", "incident": {**facts, **more}}


def test_their_call_becomes_ours_and_they_learn_our_number(town: Town, their: Their) -> None:
    path = their.send(theirs(1, town))
    outcome = read_folder(their.inbox)
    matter = Matter.objects.get(external_source=BUREAU, external_number="110-1")
    assert outcome.as_json() == {"read": 1, "replayed": 0, "rejected": [], "items": {"taken": 1}, "missing": {}}
    assert (matter.category, matter.agency, matter.details["narrative"]) == ("5020", town.rooms[0], "老人走失")
    assert matter.received_at.isoformat() == "2026-11-22T00:00:00+00:00"
    assert Party.objects.get(matter=matter).phone == "13900001111"
    assert not path.exists() and (their.inbox / "done" / path.name).exists()
    written()
    status, ack = their.ours()
    assert status["kind"] == "status" and status["status"]["number"] == matter.number
    assert status["status"]["externalNumber"] == "110-1" and status["status"]["state"] == "waiting"
    assert ack["ack"] == {"sequence": 1, "rejected": []}


def test_every_step_goes_back(town: Town, their: Their) -> None:
    their.send(theirs(1, town))
    read_folder(their.inbox)
    matter = Matter.objects.get(external_number="110-1")
    desk, officer = town.actor("dispatcher"), town.actor("community_officer")
    order = give_order(desk, matter=matter, unit=town.units[0])
    sign_order(officer, order=order)
    set_out(officer, order=order)
    arrive(officer, order=order)
    finish_order(officer, order=order, result="找到老人")
    feed_back(officer, matter=matter, outcome="已送回家")
    move_matter(desk, matter=matter, move="close")
    written()
    told = [item["status"] for item in their.ours() if item["kind"] == "status"]
    assert [item["what"] for item in told] == [
        "opened",
        *(f"order.{step}" for step in ("given", "sign", "set_out", "arrive", "finish")),
        "feed_back",
        "close",
    ]
    assert [item["state"] for item in told] == [
        "waiting",
        "ordered",
        "ordered",
        "ordered",
        "on_scene",
        "done",
        "fed_back",
        "closed",
    ]
    versions = [item["version"] for item in told]
    assert versions == sorted(versions)
    last = told[-1]
    assert last["outcome"] == "已送回家" and last["handledBy"]["code"] == "R1"
    assert last["units"][0]["callSign"] == "警101" and last["units"][0]["arrivedAt"].endswith("Z")
    assert {"received", "ordered", "signed", "arrived", "closed"} <= set(last["stamps"])
    assert "13900001111" not in json.dumps(told) and "甲某" not in json.dumps(told, ensure_ascii=False)


def test_our_own_calls_go_only_to_peers_that_want_all(town: Town, their: Their) -> None:
    call(town.actor("call_taker"), town)
    assert not Item.objects.exists()
    register_peer(SETUP, peer="province", kind="http", url="http://127.0.0.1:9/x", key=KEY, wants_all=True)
    call(town.actor("call_taker"), town)
    assert [item.peer.name for item in Item.objects.all()] == ["province"]


def test_a_replayed_bundle_is_harmless(town: Town, their: Their) -> None:
    raw = their.bundle(theirs(1, town))
    for fresh in (1, 0, 0):
        their.put(raw)
        outcome = read_folder(their.inbox)
        assert (outcome.read, outcome.replayed) == (fresh, 1 - fresh)
    assert Matter.objects.count() == 1 and Received.objects.count() == 1
    written()
    assert [item["kind"] for item in their.ours()] == ["status", "ack"]


def test_the_same_call_in_another_bundle_is_known(town: Town, their: Their) -> None:
    their.send(theirs(1, town))
    their.send({**theirs(1, town), "id": "item-again"})
    outcome = read_folder(their.inbox)
    assert outcome.items == {"taken": 1, "known": 1}
    assert Matter.objects.count() == 1


def test_a_crash_in_the_middle_of_a_bundle_goes_on_where_it_stopped(
    town: Town, their: Their, monkeypatch: pytest.MonkeyPatch
) -> None:
    their.send(*(theirs(n, town) for n in range(1, 4)))
    with monkeypatch.context() as broken:
        broken.setattr("linli.works.exchange.acts.reading.tell", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            read_folder(their.inbox)
    assert Matter.objects.count() == 3 and Received.objects.get().done_at is None
    outcome = read_folder(their.inbox)
    assert outcome.read == 1 and Matter.objects.count() == 3
    assert ReceivedItem.objects.count() == 3


def test_missing_numbers_are_named_and_latecomers_are_read(town: Town, their: Their) -> None:
    their.send(theirs(1, town))
    late = their.bundle(theirs(2, town))
    their.send(theirs(3, town), sequence=3)
    assert read_folder(their.inbox).missing == {BUREAU: [2]}
    their.sequence = 2
    their.put(late)
    outcome = read_folder(their.inbox)
    assert outcome.missing == {} and Matter.objects.count() == 3


def test_bad_files_go_aside_with_the_reason(town: Town, their: Their) -> None:
    good = json.loads(their.bundle(theirs(1, town)))
    altered = {**good, "items": [theirs(9, town)]}
    wrong = {
        "exchange.not_json": b"{",
        "exchange.format": canonical({**good, "format": "other/9"}),
        "exchange.unknown_sender": their.bundle(theirs(1, town), sender="stranger"),
        "exchange.forged": canonical(altered),
        "exchange.wrong_receiver": their.bundle(theirs(1, town), receiver="somebody"),
        "exchange.field": their.bundle({"kind": "incident"}),
        "exchange.manifest": _signed({**good, "manifest": {"count": 1, "sha256": ["0" * 64]}}),
    }
    for number, raw in enumerate(wrong.values()):
        (their.inbox / f"{number}.json").write_bytes(raw)
    outcome = read_folder(their.inbox)
    assert [item["code"] for item in outcome.rejected] == list(wrong)
    assert not Matter.objects.exists() and not Received.objects.exists()
    for number, code in enumerate(wrong):
        reason = json.loads((their.inbox / "rejected" / f"{number}.json.reason").read_text())
        assert reason["code"] == code and reason["zh"]
    assert not list(their.inbox.glob("*.json"))


def _signed(envelope: dict[str, Any]) -> bytes:
    """An envelope signed as it is: right signature, wrong content."""
    body = {name: value for name, value in envelope.items() if name != "signature"}
    return canonical(
        {**body, "signature": {"algorithm": "HMAC-SHA256", "value": sign(canonical(body), key=KEY.encode())}}
    )


def test_a_number_used_for_other_content_is_rejected(town: Town, their: Their) -> None:
    their.send(theirs(1, town), sequence=1)
    read_folder(their.inbox)
    their.send(theirs(2, town), sequence=1)
    assert [item["code"] for item in read_folder(their.inbox).rejected] == ["exchange.reused"]
    assert Matter.objects.count() == 1


def test_a_wrong_item_does_not_keep_its_neighbours_out(town: Town, their: Their) -> None:
    their.send({"id": "x", "kind": "weather"}, {"id": "y", "kind": "incident", "incident": 7}, theirs(1, town))
    outcome = read_folder(their.inbox)
    assert outcome.items == {"rejected": 2, "taken": 1}
    written()
    rejected = next(item["ack"]["rejected"] for item in their.ours() if item["kind"] == "ack")
    assert [item["id"] for item in rejected] == ["x", "y"] and all(item["why"] for item in rejected)


def test_a_call_that_is_wrong_in_every_way_is_taken(town: Town, their: Their) -> None:
    odd = {"id": "odd", "kind": "incident", "incident": {"category": "??", "lon": "x", "alarm": 3, "caller": []}}
    their.send(odd)
    assert read_folder(their.inbox).items == {"taken": 1}
    assert len(Matter.objects.get().warnings) >= 2


def test_acknowledgements_are_noted_and_not_acknowledged(town: Town, their: Their) -> None:
    their.send(theirs(1, town))
    read_folder(their.inbox)
    bundle = written()[0]
    assert bundle.state == "handed_over" and bundle.acknowledged_at is None
    their.send({"id": "ack-1", "kind": "ack", "ack": {"sequence": bundle.sequence}})
    read_folder(their.inbox)
    bundle.refresh_from_db()
    assert bundle.state == "acknowledged"
    assert written() == [], "an acknowledgement of acknowledgements would never end"


def test_written_again_a_bundle_is_the_same_to_the_byte(town: Town, their: Their) -> None:
    their.send(theirs(1, town))
    read_folder(their.inbox)
    written()
    path = next(their.outbox.glob("*.json"))
    before = path.read_bytes()
    path.unlink()
    Bundle.objects.update(state="made")
    written()
    assert path.read_bytes() == before
    assert not list(their.outbox.glob(".*"))


def test_by_http_it_is_signed_and_repeated_under_the_same_key(town: Town) -> None:
    with gateway() as post:
        register_peer(SETUP, peer="http110", kind="http", url=f"{post.url}/linli", key=KEY)
        taker = town.actor("call_taker")
        matter = call(taker, town, source="http110", external_number="H-1")
        post.mood = "broken"
        with pytest.raises(Later):
            written("http110")
        assert Bundle.objects.get().attempts == 1
        post.mood = "dropping"
        with pytest.raises(Later):
            written("http110")
        post.mood = "well"
        written("http110")
        assert len(post.asked) == 2 and len(post.effects) == 1, "the peer knows the repetition by its key"
        asked = post.asked[-1]
        signature, at_s = (asked["headers"][name.lower()] for name in (SIGNATURE_HEADER, TIME_HEADER))
        assert is_genuine(asked["raw"], secret=KEY, at_s=at_s, signature=signature, now_s=clock.now().timestamp())
        opened = open_bundle(asked["raw"], key_of=lambda sender: (KEY, "http110"))
        assert opened.items[0]["status"]["number"] == matter.number
        assert Bundle.objects.get().state == "handed_over"


def test_a_refused_bundle_keeps_its_number_and_the_next_goes_out(town: Town) -> None:
    with gateway() as post:
        register_peer(SETUP, peer="http110", kind="http", url=post.url, key=KEY)
        call(town.actor("call_taker"), town, source="http110", external_number="H-1")
        post.mood = "refusing"
        written("http110")
        assert Bundle.objects.get().state == "refused"
        post.mood = "well"
        call(town.actor("call_taker"), town, source="http110", external_number="H-2")
        written("http110")
        assert [bundle.state for bundle in Bundle.objects.all()] == ["refused", "handed_over"]


def test_the_worker_hands_over_and_looks_by_itself(town: Town, their: Their) -> None:
    their.send(theirs(1, town))
    lane = f"peer:{BUREAU}"
    with clock.fixed(clock.now()):
        for _ in range(6):
            while work_long(lane):
                continue
            clock.advance(timedelta(seconds=6))
    assert Matter.objects.count() == 1
    assert [item["kind"] for item in their.ours()] == ["status", "ack"]
    assert Job.objects.get(name="exchange.look").state == Job.WAITING, "it goes on looking"
    assert not Job.objects.filter(name="exchange.send", state=Job.WAITING).exists()


def test_two_senders_never_send_to_one_peer_at_once(town: Town, their: Their) -> None:
    their.send(theirs(1, town))
    read_folder(their.inbox)
    Peer.objects.update(sending_until=clock.now() + timedelta(seconds=10))
    with clock.fixed(clock.now()):
        while work_long(f"peer:{BUREAU}"):
            if not Job.objects.filter(name="exchange.send", due_at__lte=clock.now()).exists():
                break
        assert their.ours() == []
        clock.advance(timedelta(seconds=11))
        while work_long(f"peer:{BUREAU}"):
            continue
    assert len(their.ours()) == 2


def test_a_body_in_their_words_is_read_in_ours(town: Town, their: Their) -> None:
    ours = in_our_words(BUREAU, {"content": "x", "category": "A-17", "serial": 5})
    assert (ours["narrative"], ours["category"], ours["external_number"]) == ("x", "5020", 5)
    assert in_our_words("nobody", {"a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kind": "pigeon"}, "peer.unknown_kind"),
        ({"kind": "http", "url": "file:///x"}, "peer.bad_url"),
        ({"kind": "files", "inbox": "/nowhere/at/all"}, "peer.no_folder"),
        ({"kind": "http", "url": "http://x", "key": "short"}, "peer.no_key"),
        ({"kind": "http", "url": "http://x", "field_map": "[columns"}, "peer.bad_map"),
        ({"kind": "http", "url": "http://x", "field_map": "[other]"}, "peer.bad_map"),
    ],
)
def test_register_refuses_what_cannot_work(wrong: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        register_peer(SETUP, peer="p", **{"key": KEY, **wrong})  # type: ignore[arg-type]  # mixed facts
    assert refused.value.code == code
    assert not Peer.objects.exists()


def test_only_the_administrator_registers_and_keys_are_sealed(town: Town) -> None:
    with pytest.raises(NotAllowed):
        register_peer(town.actor("dispatcher"), peer="p", kind="http", url="http://127.0.0.1", key=KEY)
    made = register_peer(town.actor("administrator"), peer="p", kind="http", url="http://127.0.0.1", key=KEY)
    assert KEY.encode() not in bytes(made.key_sealed) and key_of("p") == (KEY, "linli")
    assert not Peer.objects.visible_to(town.actor("dispatcher")).exists()
