"""Saved filters, acts on many, workbooks and files over HTTP."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.matters.runs.acts import carry_on
from linli.matters.runs.models import Run
from linli.trail.entries.models import Entry
from linli.trail.reads.models import Read
from linli.works.files.rules import PIECE_BYTES, cleaned, media_type
from linli.works.jobs.acts import work_one
from tests.doors.conftest import Door
from tests.town import Town, call

Enter = Callable[[str], Door]


def dispute(town: Town, door: Enter, title: str) -> str:
    sent = {"kind": "dispute", "title": title, "details": {"cause": "占道"}}
    return str(door("community_officer").post("/matters", sent)[1]["number"])


def upload(door: Door, path: str, name: str, body: bytes, key: str) -> Any:
    answer = Client(raise_request_exception=False).post(
        f"/api/v1{path}",
        {"file": SimpleUploadedFile(name, body)},
        HTTP_AUTHORIZATION=f"Bearer {door.token}",
        HTTP_IDEMPOTENCY_KEY=key,
    )
    return answer.status_code, answer.json()


def fetched(door: Door, path: str) -> Any:
    answer = Client(raise_request_exception=False).get(
        path.replace("/api/v1/api/v1", "/api/v1"), HTTP_AUTHORIZATION=f"Bearer {door.token}"
    )
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]  # a file streams


def test_filters_are_kept_for_oneself_or_for_an_agency(town: Town, door: Enter) -> None:
    chief, officer, desk = door("station_chief"), door("community_officer"), door("dispatcher")
    status, mine = chief.post("/filters", {"name": "快到期", "query": "?expires_in=3&cursor=f1&kind=dispute&x=1"})
    assert (status, mine["query"], mine["url"]) == (
        201,
        "expires_in=3&kind=dispute",
        "/matters?expires_in=3&kind=dispute",
    )
    assert chief.post("/filters", {"name": "快到期", "query": ""})[0] == 409
    assert desk.get("/filters")[1]["items"] == []
    shared = chief.post("/filters", {"name": "本所超时", "query": "late=1", "shared_with": "S1"})[1]
    assert chief.post("/filters", {"name": "别处", "query": "", "shared_with": "R2"})[0] == 403
    assert [one["name"] for one in desk.get("/filters")[1]["items"]] == ["本所超时"], "above the agency it is seen"
    assert officer.post(f"/filters/{mine['id']}/drop")[0] == 404
    assert desk.post(f"/filters/{shared['id']}/drop")[0] == 403
    assert chief.post(f"/filters/{shared['id']}/drop")[0] == 200
    assert [one["name"] for one in chief.get("/filters")[1]["items"]] == ["快到期"]


def test_columns_are_chosen_per_person(town: Town, door: Enter) -> None:
    chief = door("station_chief")
    assert chief.get("/ledger/columns")[1]["chosen"] == []
    assert chief.post("/ledger/columns", {"columns": ["number", "due_at", "due_at"]})[1]["chosen"] == [
        "number",
        "due_at",
    ]
    assert chief.get("/ledger/columns")[1]["chosen"] == ["number", "due_at"]
    assert chief.post("/ledger/columns", {"columns": ["password"]})[0] == 422
    assert door("dispatcher").get("/ledger/columns")[1]["chosen"] == []


def test_one_act_on_many_says_what_became_of_each(town: Town, door: Enter) -> None:
    officer = door("community_officer")
    mine = [dispute(town, door, f"纠纷{n}") for n in range(2)]
    theirs = call(town.actor("dispatcher"), town, room=1).number
    incident = call(town.actor("dispatcher"), town, room=0).number
    status, run = officer.post(
        "/matters/bulk", {"verb": "settle", "numbers": [*mine, theirs, incident], "outcome": "双方和解"}
    )
    assert (status, run["state"], run["unknown"]) == (202, "done", [theirs])
    assert [(row["number"], row["became"]) for row in run["rows"]] == [
        (mine[0], "done"), (mine[1], "done"), (incident, "refused"),
    ]  # fmt: skip
    assert run["rows"][2]["why"]["zh"]
    assert officer.get(f"/matters/{mine[0]}")[1]["state"] == "settled"
    again = officer.post("/matters/bulk", {"verb": "settle", "numbers": mine, "outcome": "再来"})[1]
    assert [row["became"] for row in again["rows"]] == ["refused", "refused"]
    entries = Entry.objects.filter(act="matter.bulk")
    kept = [entry.facts or {} for entry in entries]
    assert [facts["rows"] for facts in kept] == [3, 2]
    assert all(len(facts["digest"]) == 64 for facts in kept)
    assert Entry.objects.filter(act="matter.move", parent_id=entries[0].pk).count() == 2
    assert officer.post("/matters/bulk", {"verb": "assign", "numbers": mine})[0] == 422
    assert officer.post("/matters/bulk", {"verb": "erase", "numbers": mine})[0] == 422
    assert officer.post("/matters/bulk", {"verb": "note", "numbers": []})[0] == 422
    assert door("grid_worker").post("/matters/bulk", {"verb": "note", "numbers": mine, "text": "x"})[0] == 403
    assert door("dispatcher").get(f"/runs/{run['id']}")[0] == 404, "a run is its owner's"


def test_a_long_run_goes_on_without_its_page_and_row_by_row(town: Town, door: Enter) -> None:
    officer = door("community_officer")
    numbers = [dispute(town, door, f"纠纷{n}") for n in range(24)]
    run = officer.post("/matters/bulk", {"verb": "note", "numbers": numbers, "text": "已走访"})[1]
    assert (run["state"], run["done"], run["total"]) == ("queued", 0, 24)
    for _ in range(60):
        if not work_one() or Run.objects.get(pk=run["id"]).state == Run.DONE:
            break
    shown = officer.get(f"/runs/{run['id']}")[1]
    assert (shown["state"], shown["done"], shown["refused"]) == ("done", 24, 0)
    assert officer.get(f"/matters/{numbers[23]}")[1]["notes"][0]["text"] == "已走访"
    carry_on({"run": run["id"]})
    assert len(officer.get(f"/matters/{numbers[0]}")[1]["notes"]) == 1, "a step that comes twice does nothing twice"


def test_the_ledger_leaves_as_the_bureaus_own_workbook(town: Town, door: Enter) -> None:
    chief, administrator = door("station_chief"), door("administrator")
    call(town.actor("dispatcher"), town, room=0, address="=1+1", narrative="老人走失")
    _, first = fetched(administrator, "/api/v1/ledger/template")
    assert (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(first)).get_sheet_by_index(0).to_python()[1][0]
        == "number"
    )
    book = io.BytesIO()
    made = xlsxwriter.Workbook(book)
    sheet = made.add_worksheet()
    for at, row in enumerate(
        (["临溪县警情台账"], ["state", "number", "address"], ["办理情况", "警情编号", "发生地点"])
    ):
        sheet.write_row(at, 0, row)
    made.close()
    assert upload(chief, "/ledger/template", "t.xlsx", book.getvalue(), "t1")[0] == 403
    assert upload(administrator, "/ledger/template", "t.xlsx", b"no workbook", "t2")[0] == 422
    status, answer = upload(administrator, "/ledger/template", "t.xlsx", book.getvalue(), "t3")
    assert (status, answer["heading"]) == (200, "临溪县警情台账")
    status, run = chief.post("/matters/export", {"filters": {"kind": "incident"}})
    assert (status, run["state"], run["total"]) == (202, "done", 1)
    answer, body = fetched(chief, run["href"])
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "临溪县警情台账"
    assert rows[1] == ["办理情况", "警情编号", "发生地点"]
    assert rows[2][2] == "=1+1", "a text that begins like a formula stays a text"
    assert door("auditor").post("/matters/export", {"filters": {}})[0] == 403
    assert fetched(door("dispatcher"), run["href"])[0].status_code == 404


def jpeg() -> bytes:
    """The segments of a picture with a place in it: as many as the cleaning looks at."""
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    exif = b"Exif\x00\x00" + tiff + b"GPS 29.9N 121.5E"
    app1 = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    table = b"\xff\xdb" + struct.pack(">H", 4) + b"qt"
    return b"\xff\xd8" + app1 + b"\xff\xfe\x00\x08camera" + table + b"\xff\xda\x00\x02pixels\xff\xd9"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + b"crc!"


@pytest.mark.once
def test_a_picture_loses_its_place_and_keeps_its_side() -> None:
    clean = cleaned(jpeg(), "image/jpeg")
    assert b"GPS" not in clean and b"camera" not in clean
    assert clean.endswith(b"pixels\xff\xd9") and b"qt" in clean
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in clean
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x" * 13) + chunk(b"tEXt", b"GPS") + chunk(b"IEND", b"")
    assert b"GPS" not in cleaned(png, "image/png") and cleaned(png, "image/png").endswith(b"IENDcrc!")
    assert media_type(jpeg(), "a.jpg") == "image/jpeg"
    assert media_type(jpeg(), "a.pdf") is None and media_type(b"MZ", "a.jpg") is None


def test_files_hang_on_a_matter_with_its_rights(town: Town, door: Enter) -> None:
    officer, other = door("community_officer"), door("other_officer")
    number = dispute(town, door, "围墙")
    status, made = upload(officer, f"/matters/{number}/files", "现场 1.jpg", jpeg(), "f1")
    assert (status, made["picture"], made["name"]) == (201, True, "现场 1.jpg")
    assert upload(officer, f"/matters/{number}/files", "x.exe", b"MZ", "f2")[0] == 422
    assert upload(officer, f"/matters/{number}/files", "x.pdf", b"MZ", "f3")[0] == 422
    answer, body = fetched(officer, made["href"])
    assert answer.headers["Content-Type"] == "image/jpeg" and b"GPS" not in body
    assert Read.objects.filter(subject_type="matters.attachment", purpose=f"处理{number}").count() == 1
    assert fetched(other, made["href"])[0].status_code == 404
    assert upload(other, f"/matters/{number}/files", "a.jpg", jpeg(), "f4")[0] == 404
    assert [one["name"] for one in officer.get(f"/matters/{number}/files")[1]["items"]] == ["现场 1.jpg"]
    assert officer.post(f"/files/{made['id']}/drop")[0] == 200
    assert officer.get(f"/matters/{number}/files")[1]["items"] == []
    assert fetched(officer, made["href"])[0].status_code == 404


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=" + "x" * 300])
def test_a_form_that_is_none_is_refused(kind: str, town: Town, door: Enter) -> None:
    officer = door("community_officer")
    number = dispute(town, door, "围墙")
    answer = officer.client.post(
        f"/api/v1/matters/{number}/files",
        data=b"x",
        content_type=kind,
        HTTP_AUTHORIZATION=f"Bearer {officer.token}",
        HTTP_IDEMPOTENCY_KEY=f"form-{len(kind)}",
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "request.unreadable")
    assert officer.get(f"/matters/{number}/files")[1]["items"] == []


def test_a_large_file_comes_in_pieces_over_a_bad_line(town: Town, door: Enter) -> None:
    officer = door("community_officer")
    number = dispute(town, door, "围墙")
    whole = b"%PDF-1.7\n" + b"x" * (PIECE_BYTES + 1000)
    begun = officer.post("/uploads", {"name": "卷宗.pdf", "bytes": len(whole)})[1]
    assert begun["pieces"] == 2
    pieces = [whole[:PIECE_BYTES], whole[PIECE_BYTES:]]
    assert officer.send(f"/uploads/{begun['id']}/pieces/1", pieces[1])[0] == 200
    assert officer.post(f"/matters/{number}/uploads", {"upload": begun["id"]})[0] == 409, "the first piece is missing"
    assert officer.send(f"/uploads/{begun['id']}/pieces/0", pieces[1])[0] == 422
    assert officer.send(f"/uploads/{begun['id']}/pieces/0", pieces[0])[0] == 200
    assert officer.send(f"/uploads/{begun['id']}/pieces/0", pieces[0])[0] == 200
    status, made = officer.post(f"/matters/{number}/uploads", {"upload": begun["id"]})
    assert (status, made["bytes"]) == (201, len(whole))
    assert fetched(officer, made["href"])[1] == whole
    assert officer.post("/uploads", {"name": "a.pdf", "bytes": 10**9})[0] == 422
    assert door("other_officer").send(f"/uploads/{begun['id']}/pieces/0", pieces[0])[0] == 404
