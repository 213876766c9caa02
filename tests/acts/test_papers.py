"""The station's report as Word and PDF, read back; a bureau's own template goes before ours."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest

from linli.command import main
from linli.insight.measures.rules.station_paper import PAPERS, station_paper
from linli.kernel.errors import Invalid
from linli.works.papers.rules import as_docx, as_pdf, template_for
from tests.town import build_town

ANSWER: dict[str, Any] = {
    "station": {"code": "s", "name": "城关<派出所>&分所"},
    "from": "2026-01-01",
    "to": "2026-02-01",
    "incidents": 120,
    "diverted": 30,
    "diverted_share": 0.25,
    "previous": {"incidents": 100, "diverted": 0, "diverted_share": 0.0},
    "change": 0.2,
}
AT = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)


def texts(paper: bytes) -> list[str]:
    """Every paragraph and cell of a Word document."""
    document = docx.Document(BytesIO(paper))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [line.text for line in document.paragraphs] + cells


def test_word_says_what_was_counted() -> None:
    said = texts(as_docx(PAPERS / "report-station.docx", station_paper(ANSWER, AT)))
    assert said[0] == "城关<派出所>&分所警情分流情况"
    assert "2026-01-01至2026-01-31" in said
    rows = said[said.index("指标") :]
    assert rows[4:] == [
        "警情（起）", "120", "100", "+20.0%",
        "警务室处置（起）", "30", "0", "—",
        "分流率", "25.0%", "0.0%", "—",
    ]  # fmt: skip


def test_a_pdf_carries_its_chinese_font() -> None:
    paper = as_pdf(PAPERS / "report-station.typ", station_paper(ANSWER, AT))
    assert paper.startswith(b"%PDF-")
    assert b"NotoSansCJKsc" in paper


def test_a_bureau_changes_the_template_in_word(tmp_path: Path) -> None:
    shipped = PAPERS / "report-station.docx"
    assert template_for(shipped, tmp_path) == shipped
    (tmp_path / "papers").mkdir()
    own = tmp_path / "papers" / shipped.name
    document = docx.Document()
    document.add_paragraph("某局通报：{{ station }}警情{{ incidents }}起")
    document.save(str(own))
    assert template_for(shipped, tmp_path) == own
    assert texts(as_docx(own, station_paper(ANSWER, AT))) == ["某局通报：城关<派出所>&分所警情120起"]


@pytest.mark.parametrize("line", ["{{ nothing_known }}", "{% for %}", "{{ station.__class__.__mro__ }}"])
def test_a_template_that_cannot_be_used_is_told(tmp_path: Path, line: str) -> None:
    document = docx.Document()
    document.add_paragraph(line)
    document.save(str(tmp_path / "own.docx"))
    with pytest.raises(Invalid) as refused:
        as_docx(tmp_path / "own.docx", station_paper(ANSWER, AT))
    assert refused.value.code == "paper.template"


def test_what_is_no_template_is_told(tmp_path: Path) -> None:
    (tmp_path / "own.docx").write_bytes(b"no document")
    (tmp_path / "own.typ").write_text("#nothing(")
    with pytest.raises(Invalid):
        as_docx(tmp_path / "own.docx", {})
    with pytest.raises(Invalid):
        as_pdf(tmp_path / "own.typ", {})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_the_command_writes_the_paper(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town = build_town()
    out = tmp_path / f"report.{kind}"
    line = ["report", "station", "--station", town.station.code, "--from", "2026-01-01", "--to", "2026-02-01"]
    assert main.main([*line, "--format", kind, "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["incidents"] == 0
    assert out.read_bytes()[:4] == (b"%PDF" if kind == "pdf" else b"PK\x03\x04")
    assert main.main([*line, "--format", kind, "--json"]) == 2
    assert main.main([*line, "--format", kind, "--out", str(tmp_path / "no" / "where"), "--json"]) == 2
    shutil.rmtree(tmp_path / "no", ignore_errors=True)
