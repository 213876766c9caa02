"""Cells, headers and maps of imported tables."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.errors import Invalid
from linli.kernel.geo import Datum
from linli.works.tables.queries import map_in, read
from linli.works.tables.rules.columns import CellFault, Column, Type, as_text, blank, parse
from linli.works.tables.rules.mapping import Map, read_map
from linli.works.tables.rules.writing import delimiter_of

COLUMNS = (
    Column("code", Type.CODE, "编号", "code", required=True, key=True, aliases=("id",)),
    Column("name", Type.TEXT, "名称", "name", required=True),
    Column("day", Type.DATE, "日期", "day"),
)


def cell(value: object, kind: Type, mapping: Map | None = None) -> object:
    return parse(value, Column("x", kind, "列", "x"), mapping or Map())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-09-14T07:08", datetime(2021, 9, 13, 23, 8, tzinfo=UTC)),
        ("2021/9/14 7:08:09", datetime(2021, 9, 13, 23, 8, 9, tzinfo=UTC)),
        ("2021年9月14日 7时8分", datetime(2021, 9, 13, 23, 8, tzinfo=UTC)),
        ("20210914070809", datetime(2021, 9, 13, 23, 8, 9, tzinfo=UTC)),
        ("2021-09-14T07:08:00Z", datetime(2021, 9, 14, 7, 8, tzinfo=UTC)),
        ("2021-09-14 07:08:00.25+02:00", datetime(2021, 9, 14, 5, 8, 0, 250_000, tzinfo=UTC)),
        (44453.25, datetime(2021, 9, 13, 22, 0, tzinfo=UTC)),
        (datetime(2021, 9, 14, 7, 8), datetime(2021, 9, 13, 23, 8, tzinfo=UTC)),
    ],
)
def test_moments_as_people_write_them(text: object, expected: datetime) -> None:
    assert cell(text, Type.DATETIME) == expected


def test_local_times_follow_the_map_through_the_change_of_clocks() -> None:
    coast = Map(zone=ZoneInfo("America/Los_Angeles"))
    assert cell("2021-11-07T00:30", Type.DATETIME, coast) == datetime(2021, 11, 7, 7, 30, tzinfo=UTC)
    assert cell("2021-11-07T01:30", Type.DATETIME, coast) == datetime(2021, 11, 7, 8, 30, tzinfo=UTC)
    assert cell("2021-11-07T02:30", Type.DATETIME, coast) == datetime(2021, 11, 7, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "kind", "code"),
    [
        ("2021-02-30", Type.DATE, "cell.not_a_date"),
        ("昨天", Type.DATETIME, "cell.not_a_time"),
        ("2021-09-14 25:00", Type.DATETIME, "cell.not_a_time"),
        ("12a", Type.NUMBER, "cell.not_a_number"),
        ("1e999", Type.NUMBER, "cell.not_a_number"),
        ("1.5", Type.INTEGER, "cell.not_whole"),
        ("181", Type.LON, "cell.not_degrees"),
        ("-91", Type.LAT, "cell.not_degrees"),
        ("也许", Type.BOOL, "cell.not_yes_no"),
        ("POLYGON((0 0, 1", Type.SHAPE, "cell.not_a_shape"),
        ("{broken", Type.SHAPE, "cell.not_a_shape"),
        ("POLYGON((500 10, 501 10, 501 11, 500 10))", Type.SHAPE, "cell.not_a_shape"),
        ("0001-01-01 00:00", Type.DATETIME, "cell.not_a_time"),
        ("9999-12-31T23:59:59-11:00", Type.DATETIME, "cell.not_a_time"),
        ("12,5", Type.LON, "cell.not_a_number"),
        ("1,20", Type.NUMBER, "cell.not_a_number"),
    ],
)
def test_what_cannot_be_read_says_so_in_two_languages(value: str, kind: Type, code: str) -> None:
    with pytest.raises(CellFault) as refused:
        cell(value, kind)
    assert refused.value.code == code
    assert refused.value.words.zh and refused.value.words.en


def test_plain_types() -> None:
    assert cell(330726.0, Type.CODE) == "330726"
    assert cell("３３０７２６", Type.CODE) == "330726"
    assert cell(" a\u3000b\n", Type.TEXT) == "a b"
    assert cell("对讲机；打印机, 打印机、 ", Type.LIST) == ("对讲机", "打印机")
    assert cell("急救\x00；\x00", Type.LIST) == ("急救",)
    assert cell("-1,234,567.5", Type.NUMBER) == -1_234_567.5
    assert cell("是", Type.BOOL) is True
    assert cell("1,200", Type.INTEGER) == 1200
    assert cell("2026.1.5", Type.DATE) == date(2026, 1, 5)
    assert [blank(v) for v in (None, " ", float("nan"), "\u3000", 0, "0")] == [True, True, True, True, False, False]


@given(st.text())
def test_no_cell_brings_control_characters(text: str) -> None:
    assert as_text(text).isprintable() or not any(ch < " " for ch in as_text(text))


def test_choices_are_found_in_any_of_their_words() -> None:
    column = Column("kind", Type.TEXT, "类别", "kind", choices={"police": "police", "警格": "police"})
    assert parse("警格", column, Map()) == parse("POLICE", column, Map()) == "police"
    with pytest.raises(CellFault, match="none of"):
        parse("other", column, Map())


def test_map_file() -> None:
    mapping = read_map(
        """
        [columns]
        name = "their name"
        [values]
        "all" = "everywhere"
        [values.name]
        "A" = "甲"
        [options]
        timezone = "America/Los_Angeles"
        datum = "GCJ-02"
        delimiter = "tab"
        """,
        "m.toml",
    )
    assert mapping.columns == {"name": "their name"}
    assert mapping.translated("name", "A") == "甲"
    assert mapping.translated("code", "A") == "A"
    assert mapping.translated("code", "all") == "everywhere"
    assert (mapping.datum, mapping.delimiter, str(mapping.zone)) == (Datum.GCJ02, "\t", "America/Los_Angeles")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[columns", "TOML"),
        ("[colums]\na='b'", "[colums]"),
        ("[columns]\na=1", "[columns] a"),
        ("[options]\nzone='x'", "[options] zone"),
        ("[options]\ntimezone='Mars/Base'", "[options]"),
        ("[options]\ndatum='Beijing54'", "[options]"),
        ("[options]\ndelimiter='ab'", "[options]"),
        ("[options]\nheader_row=0", "[options]"),
        ("columns = 1", "[columns]"),
    ],
)
def test_a_wrong_map_names_the_place(text: str, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_map(text, "m.toml")
    assert refused.value.facts["where"] == where


def write(tmp_path: Path, name: str, content: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    raw = content.encode(encoding)
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path


@pytest.mark.parametrize(("name", "encoding"), [("t.csv", "utf-8-sig"), ("t.csv", "gb18030"), ("t.csv.gz", "utf-8")])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_text_tables_in_the_usual_spellings(tmp_path: Path, name: str, encoding: str, mark: str) -> None:
    text = f"说明{mark}\n\n编号{mark}名称*{mark}备注\n1{mark}甲𠮷{mark}x\n{mark}{mark}\n2{mark}{mark}\n"
    sheet = read(write(tmp_path, name, text, encoding), COLUMNS, Map())
    assert (sheet.header_row, sheet.ignored) == (3, ("备注",))
    assert [(line.row, line.cells) for line in sheet.lines] == [(4, {"code": "1", "name": "甲𠮷"}), (6, {"code": "2"})]


def test_workbooks_with_titles_and_formatted_blank_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet, grey = book.add_worksheet("表一"), book.add_format({"bg_color": "#eeeeee"})
    sheet.write(0, 0, "某某表")
    for at, head in enumerate(["名称", "编号", "日期"]):
        sheet.write(1, at, head)
    sheet.write(2, 0, "甲")
    sheet.write(2, 1, 330726)
    sheet.write_datetime(2, 2, datetime(2026, 1, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
    for row in range(3, 2_000):
        sheet.write_blank(row, 0, None, grey)
    book.close()
    lines = list(read(path, COLUMNS, Map()).lines)
    assert [(line.row, line.cells["code"], line.cells["name"]) for line in lines] == [(3, 330726.0, "甲")]
    assert cell(lines[0].cells["day"], Type.DATE) == date(2026, 1, 5)
    with pytest.raises(Invalid, match="no sheet"):
        read(path, COLUMNS, Map(sheet="没有"))


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("t.csv", "", "table.file", "empty"),
        ("t.csv", "名称,日期\n甲,\n", "table.header", "code"),
        ("t.csv", "编号,日期\n1,\n", "table.header", "name"),
        ("t.csv", '编号,名称\n1,"甲\n', "table.row", "row 2"),
        ("t.xlsx", "not a workbook", "table.file", "t.xlsx"),
        ("t.csv.gz", "", "table.file", "empty"),
        ("t.geojson", '{"type": "FeatureCollection"', "table.row", "row 1"),
        ("t.geojson", '{"type": "Point"}', "table.file", "FeatureCollection"),
    ],
)
def test_unreadable_files_are_one_clear_line(tmp_path: Path, name: str, content: str, code: str, says: str) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(Invalid) as refused:
        list(read(path, COLUMNS, Map()).lines)
    assert refused.value.code == code
    assert says in refused.value.words.en and "\n" not in refused.value.words.en
    assert name in refused.value.words.en


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no such file"):
        read(tmp_path / "none.csv", COLUMNS, Map())
    with pytest.raises(Invalid, match="No such file"):
        map_in(tmp_path / "none.toml")


def test_broken_gzip_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress("编号,名称\n1,甲\n".encode())[:-9])
    with pytest.raises(Invalid, match=r"t\.csv\.gz"):
        read(path, COLUMNS, Map())


def test_the_map_wins_and_a_misspelt_map_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "t.csv", "nr,编号,名称\n7,1,甲\n")
    assert [line.cells["code"] for line in read(path, COLUMNS, Map(columns={"id": "nr"})).lines] == ["7"]
    both = list(read(path, COLUMNS, Map(columns={"code": "nr", "name": "nr"})).lines)
    assert both[0].cells == {"code": "7", "name": "7"}
    with pytest.raises(Invalid, match="nummer"):
        read(path, COLUMNS, Map(columns={"code": "nummer"}))
    with pytest.raises(Invalid, match="no such column"):
        read(path, COLUMNS, Map(columns={"codes": "nr"}))


def test_rows_wider_than_the_header_are_seen(tmp_path: Path) -> None:
    path = write(tmp_path, "t.csv", "编号,名称\n1,甲,多,余\n")
    assert [line.extra for line in read(path, COLUMNS, Map()).lines] == [2]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("kind\tcode\tshape\na\t1\tPOLYGON((1 2,3 4,5 6,1 2))\nb\t2\tPOLYGON((1 2,3 4,5 6,1 2))\n", "\t"),
        ("code;lon;lat\nA;120,5;29,25\nB;120,5;29,25\n", ";"),
        ('code,text\nA,"一；a;b;c"\nB,"二;d;e;f"\n', ","),
        ("code\nA\nB\n", ","),
        ("某县警情表\ncode|name\nA|x\n", "|"),
    ],
)
def test_the_delimiter_is_what_parts_every_row(text: str, mark: str) -> None:
    assert delimiter_of(text) == mark
