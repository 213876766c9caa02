"""A folder that another system fills or reads: what lies there is loaded, moved aside and answered."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import python_calamine
from django.test import Client

from linli.command.main import main
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.org.people.acts import open_account
from linli.places.premises.acts import register_premises
from linli.places.premises.models import Premises
from linli.trail.reads.models import Read
from linli.volunteers.members.acts import register_member
from linli.volunteers.members.models import Member
from linli.works.exchange.acts import register_peer
from linli.works.exchange.acts.reading import read_folder
from linli.works.exchange.models import Item
from linli.works.jobs.models import Job
from linli.works.tables.acts.feeding import feed_folder
from linli.works.tables.acts.feeds import ask_feed, end_feed, plan_feeds, run_feed, set_feed
from linli.works.tables.models import FeedRun
from linli.works.tables.rules.sealed import Way, open_rows, seal_rows
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
    run_feed({"feed": str(feed)})
    assert "needed: kind, folder" in FeedRun.objects.get(feed="street", state="failed").why


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
    with pytest.raises(Invalid, match=r"export\.purpose"):
        set_feed(SETUP, feed="people", text=out.format(kind="occupants").replace("交换", " "))
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


def helper(town: Town, code: str, name: str, phone: str) -> None:
    register_member(
        SETUP, code=code, kind="resident", name=name, phone=phone, agency=town.rooms[0], consented_on=date(2026, 1, 1)
    )


def test_a_personal_register_goes_out_and_comes_in_sealed_to_its_reader(town: Town, tmp_path: Path) -> None:
    their = Their(tmp_path)
    register_peer(SETUP, peer=BUREAU, kind="files", key=KEY, inbox=str(their.inbox), outbox=str(their.outbox))
    begin = f'[feed]\nkind = "volunteers"\npeer = "{BUREAU}"\n'
    set_feed(SETUP, feed="out", text=begin + 'direction = "out"\npurpose = "街道组织巡逻"\n')
    place = {"feed": str(feed_folder() / "out.toml")}
    helper(town, "V1", "演练甲", "13900007711")
    run_feed(place)
    run_feed(place)
    assert list(FeedRun.objects.order_by("at").values_list("state", "rows")) == [("sent", 1), ("same", 0)]
    looks = Read.objects.filter(subject_type="register.volunteers")
    assert [row.purpose for row in looks] == [f"街道组织巡逻 → {BUREAU}"], "each sending is a look, with its reader"
    [item] = Item.objects.filter(kind="table")
    written()
    [table] = [one["table"] for one in their.ours()]
    told = json.dumps(item.body) + "".join(one.read_text() for one in their.outbox.glob("*.json"))
    assert "演练甲" not in told and "13900007711" not in told and table["algorithm"] == "AES-256-GCM"
    way = Way("linli", BUREAU, "volunteers", 1, 1)
    opened = open_rows(table["sealed"], way=way, shared=KEY)
    row = dict(zip(opened["columns"], opened["rows"][0], strict=True))
    assert (row["code"], row["name"], row["phone"]) == ("V1", "演练甲", "13900007711")
    for other, key in ((replace(way, part=2), KEY), (replace(way, kind="homes"), KEY), (way, f"{KEY}!")):
        with pytest.raises(Invalid, match=r"feed\.not_opened"):
            open_rows(table["sealed"], way=other, shared=key)
    # Once it was read there, the post book keeps none of it.
    their.send({"id": "a-1", "kind": "ack", "ack": {"sequence": 1}})
    read_folder(their.inbox)
    item.refresh_from_db()
    assert set(item.body) == {"kind", "algorithm", "part", "of", "sha256"}

    set_feed(SETUP, feed="back", text=begin)
    back = Way(BUREAU, "linli", "volunteers", 1, 1)
    opened["rows"][0][opened["columns"].index("name")] = "演练乙"
    good = {"kind": "volunteers", "part": 1, "of": 1, "sealed": seal_rows(opened, way=back, shared=KEY)}
    wrong = {**good, "part": 2}
    their.send({"id": "s-1", "kind": "table", "table": good}, {"id": "s-2", "kind": "table", "table": wrong})
    assert read_folder(their.inbox).items == {"taken": 1, "rejected": 1}
    run_feed({"feed": str(feed_folder() / "back.toml")})
    assert Member.objects.get(code="V1").name == "演练乙"


def test_what_stops_a_feed_is_said_once_and_a_broken_map_waits_for_a_person(town: Town, tmp_path: Path) -> None:
    feed_folder().mkdir(parents=True, exist_ok=True)
    place = feed_folder() / "street.toml"
    job = {"feed": str(place)}

    def planned() -> bool:
        Job.objects.filter(key="feed:street.toml").delete()
        plan_feeds({})
        return Job.objects.filter(key="feed:street.toml").exists()

    place.write_text("[feed", "utf-8")
    assert planned(), "nobody knows it yet"
    for _ in range(3):
        run_feed(job)
    assert FeedRun.objects.filter(feed="street", state="failed").count() == 1
    assert not planned(), "tried once for this text"
    run_feed({**job, "asked": True})
    assert FeedRun.objects.count() == 2, "whoever asks is answered"
    place.write_text("[feed  ", "utf-8")
    assert planned(), "another text is tried"
    run_feed(job)
    assert FeedRun.objects.count() == 3 and not planned()
    # What lies outside of the map may come right by itself: tried each hour, said once.
    place.write_text('[feed]\nkind = "premises"\npeer = "nobody"\ndirection = "out"\n', "utf-8")
    for _ in range(3):
        assert planned()
        run_feed(job)
    assert FeedRun.objects.count() == 4
    place.write_text(f'[feed]\nkind = "premises"\nfolder = "{tmp_path}"\ndirection = "out"\n', "utf-8")
    assert planned()
    run_feed(job)
    assert FeedRun.objects.order_by("-at").values_list("state", flat=True).first() == "left"


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
