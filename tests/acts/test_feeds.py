"""A folder that another system fills or reads: what lies there is loaded, moved aside and answered."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import python_calamine

from linli.kernel.errors import Invalid
from linli.places.premises.models import Premises
from linli.works.tables.acts.feeds import run_feed
from tests.acts.test_loads import book
from tests.town import Town, build_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build_town(rooms=1)


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
