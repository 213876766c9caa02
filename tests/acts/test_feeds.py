"""A folder that another system fills or reads: what lies there is loaded, moved aside and answered."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import python_calamine
from django.test import Client

from linli.command.main import main
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.org.people.acts import open_account
from linli.places.premises.acts import register_premises
from linli.places.premises.models import Premises
from linli.works.exchange.acts import register_peer
from linli.works.exchange.acts.reading import read_folder
from linli.works.jobs.models import Job
from linli.works.tables.acts.feeding import feed_folder
from linli.works.tables.acts.feeds import ask_feed, end_feed, run_feed, set_feed
from linli.works.tables.models import FeedRun
from tests.acts.test_loads import book
from tests.peers import BUREAU, KEY, Their, written
from tests.town import SETUP, Town, build_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Iterator[Town]:
    shutil.rmtree(feed_folder(), ignore_errors=True)
    yield build_town(rooms=1)
    shutil.rmtree(feed_folder(), ignore_errors=True)


def shop(town: Town, code: str) -> Premises:
    lon, lat = town.spot(0)
    return register_premises(
        SETUP, code=code, kind="shop", name=f"演练{code}", agency_path=town.rooms[0].path, lon=lon, lat=lat
    )


def test_another_systems_folder_is_read_and_filled(town: Town, tmp_path: Path) -> None:
    folder, old = tmp_path / "street", time.time() - 60
    folder.mkdir()
    feed = tmp_path / "street.toml"
    feed.write_text(
        f'[feed]\nkind = "premises"\nfolder = "{folder}"\npattern = "*.xlsx"\n[columns]\nname = "店名"\n'
        '[fixed]\nkind = "shop"\n[match]\nmissing = "create"\n', "utf-8"
    )  # fmt: skip
    rows = [("K1", "一店", town.rooms[0].code), ("K2", "", town.rooms[0].code)]
    file = book(folder / "a.xlsx", rows, ("code", "店名", "agency"))
    (folder / "b.xlsx").write_bytes(b"no workbook")
    run_feed({"feed": str(feed)})
    assert file.exists() and not Premises.objects.exists(), "still being written"
    for one in folder.glob("*.xlsx"):
        os.utime(one, (old, old))
    run_feed({"feed": str(feed)})
    assert [row.code for row in Premises.objects.all()] == ["K1"]
    names = {one.relative_to(folder).as_posix()[:13] for one in folder.rglob("*.xlsx")}
    assert {name.partition("/")[0] for name in names} == {"done", "refused", "returned"}
    feed.write_text(f'[feed]\nkind = "premises"\nfolder = "{folder}"\ndirection = "out"\n', "utf-8")
    run_feed({"feed": str(feed)})
    read = python_calamine.CalamineWorkbook.from_path(str(folder / "premises.xlsx")).get_sheet_by_index(0).to_python()
    assert [row[0] for row in read[1:]] == ["K1"]
    feed.write_text('[feed]\nkind = "nothing"\n', "utf-8")
    with pytest.raises(Invalid, match="needed: kind, folder"):
        run_feed({"feed": str(feed)})


FEED = '[feed]\nkind = "premises"\npeer = "{peer}"\n[columns]\nname = "店名"\nagency = "室"\n[fixed]\nkind = "shop"\n'


def test_rows_come_in_signed_bundles_and_are_answered(town: Town, tmp_path: Path) -> None:
    their = Their(tmp_path)
    with pytest.raises(NotFound):
        set_feed(SETUP, feed="shops", text=FEED.format(peer=BUREAU))
    register_peer(SETUP, peer=BUREAU, kind="files", key=KEY, inbox=str(their.inbox), outbox=str(their.outbox))
    set_feed(SETUP, feed="shops", text=FEED.format(peer=BUREAU))
    room = town.rooms[0].code
    rows = [["S1", "一店", room], ["S2", "=二店", room], ["S3", None, room]]
    table = {"kind": "premises", "columns": ["code", "店名", "室"], "rows": rows}
    their.send(
        {"id": "t-1", "kind": "table", "table": table},
        {"id": "t-2", "kind": "table", "table": {**table, "kind": "devices"}},
        {"id": "t-3", "kind": "table", "table": {**table, "rows": [[{"no": "cell"}]]}},
    )
    assert read_folder(their.inbox).items == {"taken": 1, "rejected": 2}
    waiting = feed_folder() / "shops.in" / f"{BUREAU}~t-1.csv"
    assert waiting.is_file() and not Premises.objects.exists(), "the worker reads it"
    run_feed({"feed": str(feed_folder() / "shops.toml")})
    assert dict(Premises.objects.values_list("code", "name")) == {"S1": "一店", "S2": "=二店"}
    run = FeedRun.objects.get(feed="shops")
    assert (run.state, run.rows, run.created, run.rejected) == ("read", 3, 2, 1)
    assert not waiting.exists() and (waiting.parent / "done" / waiting.name).is_file()
    written()
    ack, told = their.ours()
    assert [one["id"] for one in ack["ack"]["rejected"]] == ["t-2", "t-3"]
    said = told["table_answer"]
    assert (said["item"], said["rows"], said["created"], said["rejected"]) == ("t-1", 3, 2, 1)
    assert [(one["row"], one["column"], one["code"]) for one in said["wrong"]] == [(4, "name", "cell.missing")]
    assert "value" not in said["wrong"][0]


def test_a_register_goes_to_a_peer_once_until_it_changes(town: Town, tmp_path: Path) -> None:
    their = Their(tmp_path)
    register_peer(SETUP, peer=BUREAU, kind="files", key=KEY, inbox=str(their.inbox), outbox=str(their.outbox))
    out = f'[feed]\nkind = "{{kind}}"\npeer = "{BUREAU}"\ndirection = "out"\npurpose = "交换"\n'
    with pytest.raises(Invalid, match=r"feed\.personal"):
        set_feed(SETUP, feed="people", text=out.format(kind="occupants"))
    for text, code in (("[feed", "table.map"), (out.format(kind="premises") + 'folder = "/tmp"\n', "table.map")):
        with pytest.raises(Invalid, match=code):
            set_feed(SETUP, feed="shops", text=text)
    with pytest.raises(Invalid, match=r"feed\.folder"):
        set_feed(SETUP, feed="shops", text='[feed]\nkind = "premises"\nfolder = "nowhere"\n')
    with pytest.raises(NotAllowed):
        set_feed(town.actor("station_chief"), feed="shops", text=out.format(kind="premises"))
    set_feed(SETUP, feed="shops", text=out.format(kind="premises"))
    place = {"feed": str(feed_folder() / "shops.toml")}
    shop(town, "P1")
    run_feed(place)
    run_feed(place)
    shop(town, "P2")
    run_feed(place)
    assert list(FeedRun.objects.order_by("at").values_list("state", "rows")) == [("sent", 1), ("same", 0), ("sent", 2)]
    written()
    tables = [item["table"] for item in their.ours()]
    assert [[row[one["columns"].index("code")] for row in one["rows"]] for one in tables] == [["P1"], ["P1", "P2"]]
    end_feed(SETUP, feed="shops")
    with pytest.raises(Conflict):
        ask_feed(SETUP, feed="shops")
    run_feed(place)
    assert FeedRun.objects.count() == 3


def test_feeds_at_the_page_and_the_command(
    town: Town, tmp_path: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.force_login(open_account(SETUP, username="admin", person=town.people["administrator"]))
    folder = tmp_path / "street"
    folder.mkdir()
    text = f'[feed]\nkind = "premises"\nfolder = "{folder}"\n[columns]\nname = "店名"\n[fixed]\nkind = "shop"\n'
    wrong = client.post("/administration/feeds/new", {"feed": "street", "text": "[feed]\n"})
    assert wrong.status_code == 422
    assert client.post("/administration/feeds/new", {"feed": "street", "text": text}).status_code == 302
    assert client.post("/administration/feeds/street/run").status_code == 302
    assert Job.objects.filter(key="feed:street.toml").count() == 1
    file = folder / "a.csv"
    file.write_text(f"code,店名,agency\nK1,一店,{town.rooms[0].code}\nK2,,{town.rooms[0].code}\n", "utf-8")
    os.utime(file, (time.time() - 60,) * 2)
    assert main(["feed", "run", "street", "--json"]) == 0
    ran = json.loads(capsys.readouterr().out.splitlines()[-1])["runs"]
    assert [(one["state"], one["rows"], one["rejected"]) for one in ran] == [("read", 2, 1)]
    told = client.get("/administration/feeds/street").content.decode()
    assert "a.csv" in told and "已读入" in told and "店名" in told
    (feed_folder() / "broken.toml").write_text("[feed", "utf-8")
    assert "对照文件有误" in client.get("/administration/feeds").content.decode()
    assert client.get("/administration/feeds/broken").status_code == 200
    assert client.post("/administration/feeds/street/end").status_code == 302
    assert client.get("/administration/feeds/street").status_code == 404
    assert main(["feed", "list", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out.splitlines()[-1])["feeds"]] == ["broken"]
