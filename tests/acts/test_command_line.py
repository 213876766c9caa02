"""A stranger's first hour with ``linli``: wrong arguments in one line, files that are written, no table yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from linli.command.main import main
from linli.matters.routing.acts import load_categories, take_call
from linli.matters.routing.models import Category
from linli.matters.routing.queries import categories, category_by_name
from linli.operations.units.models import Unit
from tests.town import SETUP, Town, build_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build_town()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("report station --station NOPE --from 2026-01-01 --to 2026-02-01", "NOPE"),
        ("nosuch --json", "nosuch"),
        ("init --database mysql://x/y", "mysql"),
        ("init --database --json", "--database"),
        ("import roads x.osm --map /nowhere/m.toml", "m.toml"),
        ("import people /nowhere/p.csv", "p.csv"),
        ("trail verify --anchor /nowhere/a.json", "a.json"),
    ],
)
def test_a_wrong_argument_is_one_line_and_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str, names: str
) -> None:
    monkeypatch.setattr("linli.command.main.django.setup", lambda: None)
    monkeypatch.delenv("LINLI_DATABASE_URL", raising=False)
    try:
        code = main(line.split())
    except SystemExit as ended:
        code = int(str(ended.code))
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert names in said.err and len(said.err.splitlines()) == 1


def test_the_figures_are_a_file_in_every_format(town: Town, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told: dict[str, Any] = {}
    for name in ("json", "xlsx", "docx", "pdf"):
        out = tmp_path / f"station.{name}"
        line = f"report station --station S1 --from 2026-01-01 --to 2026-02-01 --format {name} --out {out} --json"
        assert main(line.split()) == 0
        told = json.loads(capsys.readouterr().out)
        assert out.stat().st_size > 50 and told["station"]["code"] == "S1"
    assert json.loads((tmp_path / "station.json").read_text("utf-8")) == told


def test_a_house_without_a_table_of_categories_has_the_standard_tree(town: Town) -> None:
    """Until somebody loads his own: then that holds, whole."""
    names = ("code", "parent", "zh", "en", "priority", "taken_by")
    own = [{name: getattr(row, name) for name in names} for row in Category.objects.all()]
    Category.objects.all().delete()
    call = take_call(SETUP, sent={"category": "家庭纠纷", "narrative": "夫妻打架"})
    listed = category_by_name("家庭纠纷")
    assert listed is not None and call.category == listed.code and len(categories()) > 40
    load_categories(SETUP, rows=own, digest="own")
    assert {row.code for row in categories()} == {row["code"] for row in own}


def test_units_keep_the_spaces_of_their_call_sign(
    town: Town, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table = tmp_path / "units.csv"
    table.write_text("call_sign,agency,kind\n西湖 02,R1,car\n", "utf-8-sig")
    for outcome in ("created", "unchanged"):  # again changes nothing
        assert main(["import", "units", str(table), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)[outcome] == 1
    assert Unit.objects.filter(call_sign="西湖 02").count() == 1
