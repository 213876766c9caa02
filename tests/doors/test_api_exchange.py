"""A peer by HTTP brings what one by files would lay down: the same bundle, the same map, the same answer (A2, P13)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linli.places.premises.models import Premises
from linli.works.exchange.acts import register_peer
from linli.works.exchange.rules.envelope import open_bundle
from linli.works.tables.acts.feeding import feed_folder
from linli.works.tables.acts.feeds import run_feed, set_feed
from tests.doors.conftest import Door
from tests.gateways import gateway
from tests.peers import BUREAU, KEY, Their, written
from tests.town import SETUP, Town

Enter = Callable[[str], Door]
FEED = (
    f'[feed]\nkind = "premises"\npeer = "{BUREAU}"\n[columns]\nname = "店名"\nagency = "室"\n[fixed]\nkind = "shop"\n'
)


@pytest.fixture
def feeds(town: Town) -> Iterator[None]:
    shutil.rmtree(feed_folder(), ignore_errors=True)
    yield
    shutil.rmtree(feed_folder(), ignore_errors=True)


def test_a_peer_by_http_sends_rows_and_reads_what_became_of_them(
    town: Town, door: Enter, tmp_path: Path, feeds: None
) -> None:
    their = Their(tmp_path)
    with gateway() as post:
        register_peer(SETUP, peer=BUREAU, kind="http", url=f"{post.url}/linli", key=KEY)
        set_feed(SETUP, feed="shops", text=FEED)
        room = town.rooms[0].code
        table = {
            "kind": "premises",
            "columns": ["code", "店名", "室"],
            "rows": [["S1", "一店", room], ["S2", "", room]],
        }
        raw = their.bundle({"id": "t-1", "kind": "table", "table": table}, {"id": "t-2", "kind": "nothing"})
        bureau = door(BUREAU)
        for key, read in (("a", 1), ("a", 1), ("b", 0)):
            status, told = bureau.send("/exchange/bundles", raw, key=key)
            assert (status, told["read"], told["replayed"]) == (200, read, 1 - read)
        assert bureau.send("/exchange/bundles", raw, key="c")[1]["items"] == {}
        run_feed({"feed": str(feed_folder() / "shops.toml")})
        assert list(Premises.objects.values_list("code", "name")) == [("S1", "一店")]
        written()
        items = [
            item
            for asked in post.asked
            for item in open_bundle(asked["raw"], key_of=lambda sender: (KEY, BUREAU)).items
        ]
        assert [one["id"] for one in items[0]["ack"]["rejected"]] == ["t-2"]
        said = items[1]["table_answer"]
        assert (said["item"], said["rows"], said["created"], said["rejected"]) == ("t-1", 2, 1, 1)
        later = their.bundle(sequence=5)
        assert bureau.send("/exchange/bundles", later)[1]["missing"] == {BUREAU: [2, 3, 4]}


def test_nobody_brings_anothers_bundle_nor_a_forged_one(town: Town, door: Enter, tmp_path: Path) -> None:
    their = Their(tmp_path)
    register_peer(SETUP, peer=BUREAU, kind="http", url="https://110.example/linli", key=KEY)
    raw = their.bundle({"id": "t-1", "kind": "nothing"})
    for who in ("another", "administrator"):
        status, told = door(who).send("/exchange/bundles", raw)
        assert (status, told["code"]) == (403, "exchange.not_its_own"), who
    bureau = door(BUREAU)
    for wrong, code in (
        (raw.replace(b"t-1", b"t-9"), "exchange.forged"),
        (b"{}", "exchange.format"),
        (b"no json", "exchange.not_json"),
        (Their.bundle(their, key="another key of nobody's"), "exchange.forged"),
    ):
        status, told = bureau.send("/exchange/bundles", wrong)
        assert (status, told["code"]) == (422, code)
    status, told = bureau.send("/exchange/bundles", their.bundle({"id": "x", "kind": "nothing"}, sequence=1))
    assert status == 200
    status, told = bureau.send("/exchange/bundles", raw)
    assert (status, told["code"]) == (422, "exchange.reused"), "the number 1 was another bundle"
