"""Tables at a page: upload, match columns, check, look at the returned copy, publish, take back, take out."""

from __future__ import annotations

import io
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.org.people.acts import open_account
from linli.places.premises.models import Premises
from linli.trail.reads.models import Read
from linli.works.jobs.models import Job
from linli.works.tables.acts import loads
from linli.works.tables.models import Load, SavedMap
from tests.town import SETUP, Town

pytestmark = pytest.mark.django_db
CHOSEN = {
    "sheet": "企业", "column.code": "店号", "column.name": "店名", "column.kind": "性质", "column.agency": "归口",
    "keep.operator": "on", "missing": "create", "found": "update", "title": "某系统",
    "more": '[values.kind]\n"个体商铺" = "shop"\n',
}  # fmt: skip
"""What a person picks for the workbook below."""


def body(rows: list[tuple[Any, ...]]) -> bytes:
    """A workbook of another make: two sheets, its own headings, a title above them."""
    held = io.BytesIO()
    made = xlsxwriter.Workbook(held)
    made.add_worksheet("封面").write(0, 0, "某系统导出")
    page = made.add_worksheet("企业")
    page.write(0, 0, "企业台账")
    for at, row in enumerate([("序号", "店号", "店名", "性质", "归口"), *rows], start=1):
        page.write_row(at, 0, row)
    made.close()
    return held.getvalue()


def work() -> None:
    for job in Job.objects.filter(lane=loads.LANE, state=Job.WAITING):
        loads.carry_on(job.payload)
        Job.objects.filter(pk=job.pk).update(state=Job.DONE)


def entered(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(open_account(SETUP, username=name, person=town.people[name]))
    return client


def goes_out(client: Client) -> None:
    """The register as a workbook; one with persons in it only for a purpose, and the reading is recorded."""
    out = client.post("/loads", {"out-kind": "premises", "out-purpose": ""})
    held = io.BytesIO(b"".join(out.streaming_content))  # type: ignore[attr-defined]  # a file
    read = python_calamine.CalamineWorkbook.from_filelike(held).get_sheet_by_index(0).to_python()
    assert [row[0] for row in read] == ["场所编号*", "K1", "K2"]
    assert client.post("/loads", {"out-kind": "volunteers", "out-purpose": ""}).status_code == 422
    assert client.post("/loads", {"out-kind": "volunteers", "out-purpose": "核对"}).status_code == 200
    assert Read.objects.filter(subject_type="register.volunteers").count() == 1


def test_from_upload_to_publication_and_back(town: Town) -> None:
    room, client = town.rooms[0].code, entered(town, "administrator")
    rows = [
        (1, "K1", "小店一", "个体商铺", room),
        (2, "K2", "小店二", "个体商铺", room),
        (3, "K3", "", "个体商铺", room),
    ]
    file = SimpleUploadedFile("他们的.xlsx", body(rows))
    answer = client.post("/loads", {"kind": "premises", "file": file})
    load = Load.objects.get()
    assert answer.status_code == 302 and answer.headers["Location"] == f"/loads/{load.pk}"
    page = client.get(f"/loads/{load.pk}?sheet=企业").content.decode()
    assert "栏目对照" in page and "<option>店名</option>" in page
    assert client.post(f"/loads/{load.pk}/check", {**CHOSEN, "more": "[values"}).status_code == 422
    assert client.post(f"/loads/{load.pk}/check", CHOSEN).status_code == 302
    assert "data-job" in client.get(f"/loads/{load.pk}").content.decode()
    work()
    load.refresh_from_db()
    assert (load.state, load.created, load.rejected) == ("checked", 2, 1) and SavedMap.objects.get().name == "某系统"
    page = client.get(f"/loads/{load.pk}").content.decode()
    assert "写入并生效" in page and "下载退回的表" in page and "某系统" in page
    returned = b"".join(client.get(f"/loads/{load.pk}/copy").streaming_content)  # type: ignore[attr-defined]  # a file
    assert python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(returned)).sheet_names[-1] == "导入问题"
    client.post(f"/loads/{load.pk}/publish")
    work()
    assert Premises.objects.count() == 2
    assert client.get(f"/loads/{load.pk}/progress").json()["state"] == "done"
    assert "整批撤回" in client.get(f"/loads/{load.pk}").content.decode()
    goes_out(client)
    client.post(f"/loads/{load.pk}/undo")
    work()
    assert not Premises.objects.exists() and Load.objects.get().state == "undone"
    assert client.get("/loads/empty/premises.xlsx").status_code == 200
    client = entered(town, "community_officer")
    assert client.get("/loads").status_code == 403 and client.get(f"/loads/{load.pk}").status_code == 403
