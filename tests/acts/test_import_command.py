"""`linli import` and `linli report` as scripts use them: one JSON object, exit codes, one clear line."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import python_calamine

from linli.command.main import main
from linli.places.divisions.models import Division
from linli.works.tables.acts import IMPORTERS, steps
from linli.works.tables.rules.planning import Writes
from tests.town import Town, build_town

pytestmark = pytest.mark.django_db

KINDS = {"divisions", "agencies", "rooms", "people", "grids", "addresses", "incidents", "categories"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "d.csv"
    path.write_text("code,name\n33,某省\n3307x,乙\n", encoding="utf-8")
    return path


def linli(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main([*words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_an_import_prints_one_object(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    code, out, _ = linli(capsys, "import", "divisions", str(file), "--json")
    answer = json.loads(out)
    assert code == 0 and out.count("\n") == 1
    assert (answer["rows"], answer["created"], answer["rejected"]) == (2, 1, 1)
    assert set(answer) == {"rows", "created", "updated", "unchanged", "rejected", "report"}
    assert Path(answer["report"]).is_file()


def test_for_people_it_is_a_sentence(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    code, out, _ = linli(capsys, "import", "divisions", str(file), "--dry-run")
    assert code == 0 and "共2行：新增1" in out and not Division.objects.exists()


def test_strict_says_no(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    code, out, _ = linli(capsys, "import", "divisions", str(file), "--strict", "--json")
    assert code == 1 and json.loads(out)["created"] == 0 and not Division.objects.exists()


@pytest.mark.parametrize("kind", sorted(KINDS | {"roads"}))
def test_every_kind_says_its_columns_types_and_key(capsys: pytest.CaptureFixture[str], kind: str) -> None:
    assert set(IMPORTERS) >= KINDS
    code, out, _ = linli(capsys, "import", kind, "--columns", "--json")
    answer = json.loads(out)
    assert code == 0 and answer["key"]
    assert all(column["type"] and column["zh"] and column["en"] for column in answer["columns"])
    code, out, _ = linli(capsys, "import", kind, "--columns")
    assert code == 0 and answer["key"][0] in out


@pytest.mark.parametrize(
    ("content", "map_text", "says"),
    [
        ("编码\n33\n", None, "d.csv"),
        ('code,name\n33,"甲\n', None, "row 2"),
        ("", None, "empty"),
        ("code,name\n33,甲\n", "[columns]\nname='Name2'\n", "Name2"),
        ("code,name\n33,甲\n", "[columns\n", "m.toml"),
        ("code,name\n33,甲\n", "[options]\ntimezone='Nowhere'\n", "[options]"),
    ],
)
def test_the_unreadable_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str, map_text: str | None, says: str
) -> None:
    path = tmp_path / "d.csv"
    path.write_text(content, encoding="utf-8")
    words = ["import", "divisions", str(path), "--json"]
    if map_text is not None:
        (tmp_path / "m.toml").write_text(map_text, encoding="utf-8")
        words += ["--map", str(tmp_path / "m.toml")]
    code, out, err = linli(capsys, *words)
    lines = [line for line in err.splitlines() if line.startswith("linli import:")]
    assert (code, out) == (2, "") and len(lines) == 1 and says in lines[0]
    assert not Division.objects.exists()


@pytest.mark.parametrize(
    "words", [("import", "nothing", "x"), ("import", "divisions"), ("import", "divisions", "/no/x.csv")]
)
def test_what_is_not_there(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    code, out, err = linli(capsys, *words, "--json")
    assert (code, out) == (2, "") and err.startswith("linli import: ")


def test_reports_as_objects_and_as_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    town: Town = build_town(rooms=1)
    path = tmp_path / "c.csv"
    path.write_text(
        "number,received_at,ordered_at,arrived_at,beat,units,agency\n"
        f"1,2026-02-01T08:00,2026-02-01T08:01,2026-02-01T08:05,甲,A1;A2,{town.rooms[0].code}\n",
        encoding="utf-8",
    )
    assert linli(capsys, "import", "incidents", str(path))[0] == 0
    code, out, _ = linli(capsys, "report", "response", "--by", "unit", "--json")
    groups = json.loads(out)["groups"]
    assert code == 0 and [(g["key"], g["travel_s"]["p50"]) for g in groups] == [("A1", 240.0), ("A2", 240.0)]
    assert "240/240 s" in linli(capsys, "report", "response", "--by", "beat", "--from", "2026-02-01")[1]
    station = ("report", "station", "--station", "S1", "--from", "2026-02-01", "--to", "2026-03-01")
    code, out, _ = linli(capsys, *station, "--json")
    answer = json.loads(out)
    assert code == 0 and (answer["incidents"], answer["diverted"], answer["change"]) == (1, 1, None)
    assert "分流率100.0%" in linli(capsys, *station)[1]
    sheet = tmp_path / "s.xlsx"
    assert linli(capsys, *station, "--format", "xlsx", "--out", str(sheet))[0] == 0
    rows = python_calamine.CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python()
    assert rows[3] == ["警情", 1.0, 0.0, "—"] and rows[5][:3] == ["分流率", 1.0, "—"]
    assert linli(capsys, *station, "--format", "xlsx")[0] == 2
    assert linli(capsys, *station, "--format", "xlsx", "--out", str(tmp_path / "no" / "s.xlsx"))[0] == 2
    assert linli(capsys, *station[:-1], "2026-02-01")[0] == 2
    assert linli(capsys, "report", "station", "--station", "S9", *station[4:])[0] == 2


def test_a_slow_disk_does_not_drive_an_import_down_to_a_row_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def build(batch: Sequence[int]) -> Writes:
        sizes.append(len(batch))
        return Writes()

    def slow(writes: Writes, inserts: object) -> None:
        time.sleep(0.07)

    monkeypatch.setattr(steps, "apply", slow)
    steps.Steps().run(list(range(250)), build)
    assert sum(sizes) == 250
    assert min(sizes[:-1], default=250) >= 10
