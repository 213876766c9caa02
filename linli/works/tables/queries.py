"""Files as rows: CSV and TSV (also gzipped), workbooks (.xlsx, .xls, .ods), GeoJSON; the header is searched."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import itertools
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import python_calamine
from django.conf import settings

from linli.kernel.errors import Invalid, declare
from linli.works.tables.bombs import MOST_BYTES, refuse_bombs
from linli.works.tables.models import Load
from linli.works.tables.rules.columns import Column, as_text, blank
from linli.works.tables.rules.guarding import freed
from linli.works.tables.rules.mapping import Map, read_map
from linli.works.tables.rules.matching import CREATE
from linli.works.tables.rules.planning import Line, Sheet
from linli.works.tables.rules.writing import delimiter_of, encodings_of

declare("table.file", zh="无法读取{file}：{why}", en="cannot read {file}: {why}")
declare("table.row", zh="{file}第{row}行：{why}", en="{file}, row {row}: {why}")
declare(
    "table.header",
    zh="{file}第{row}行表头缺少“{column}”列",
    en="{file}, row {row}: the header lacks the column {column}",
)

BOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_HEADER_SEARCH_ROWS = 30
csv.field_size_limit(16 * 1024 * 1024)


def map_in(path: Path | None) -> Map:
    """The map in a file; an empty one for ``None``. Raises ``Invalid("table.map")``."""
    if path is None:
        return Map()
    try:
        return read_map(path.read_text(encoding="utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as fault:
        raise Invalid("table.map", file=str(path), where="TOML", why=str(fault)) from fault


def folder_of(load: Load) -> Path:
    """Where the files of a load lie."""
    return Path(settings.LINLI_HOME) / "loads" / load.pk.hex


def file_of(load: Load) -> Path:
    """The file that a load brings: as it was uploaded, or where the command line found it."""
    if load.path:
        return Path(load.path)
    name = load.file_name.lower()
    ending = next((end for end in (".csv.gz", ".tsv.gz") if name.endswith(end)), Path(name).suffix)
    return folder_of(load) / f"source{ending}"


def copy_of(load: Load) -> Path | None:
    """The returned copy of a load, when some of its rows were wrong and it still lies here."""
    place = folder_of(load) / load.report if load.report else None
    return place if place and place.is_file() else None


def file_digest(path: Path) -> str:
    """SHA-256 of the file as it was given."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def read(path: Path, columns: tuple[Column, ...], mapping: Map, *, looked_up_by: tuple[str, ...] = ()) -> Sheet:
    """Open a table. Raises ``Invalid`` with one line that names file, row and column when it cannot be read at all.

    ``looked_up_by``: the columns by which stored rows are found instead of the key, which may then be missing.
    """
    if not path.is_file():
        raise Invalid("table.file", file=str(path), why="a folder" if path.is_dir() else "no such file")
    name = path.name.lower()
    if name.endswith((".geojson", ".geojson.gz", ".json", ".json.gz")):
        return _geojson(path, columns, mapping)
    if name.endswith(BOOKS):
        sheet, rows = _workbook(path, mapping)
    else:
        sheet, rows = "", _delimited(path, mapping)
    return _with_header(path, sheet, rows, columns, mapping, looked_up_by)


def is_workbook(path: Path) -> bool:
    """Whether the file is a workbook by its name."""
    return path.name.lower().endswith(BOOKS)


def sheets_of(path: Path) -> list[str]:
    """The names of the sheets of a workbook; none for any other table."""
    return list(_opened(path).sheet_names) if is_workbook(path) else []


def head_of(path: Path, mapping: Map) -> list[tuple[int, list[str]]]:
    """The first rows of a table as text, with their numbers: to choose columns by."""
    rows = _workbook(path, mapping)[1] if is_workbook(path) else _delimited(path, mapping)
    return [
        (number, ["" if blank(cell) else as_text(cell) for cell in row])
        for number, row in itertools.islice(rows, _HEADER_SEARCH_ROWS)
    ]


def header_of(path: Path, columns: tuple[Column, ...], mapping: Map) -> tuple[int, list[str], dict[str, int]]:
    """The row that looks most like a header, its headings, and which of our columns each place seems to be."""
    rows = head_of(path, mapping)
    if not rows:
        raise Invalid("table.file", file=str(path), why="no header row")
    guessed = spellings(columns, Map())
    best = max(range(len(rows)), key=lambda i: (len(_places(rows[i][1], guessed)), sum(map(bool, rows[i][1])), -i))
    return rows[best][0], rows[best][1], _places(rows[best][1], guessed)


def _opened(path: Path) -> python_calamine.CalamineWorkbook:
    refuse_bombs(path)
    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError) as fault:
        raise Invalid("table.file", file=str(path), why=str(fault) or "not a workbook") from fault


def _workbook(path: Path, mapping: Map) -> tuple[str, Iterator[tuple[int, list[object]]]]:
    book = _opened(path)
    if mapping.sheet and mapping.sheet not in book.sheet_names:
        raise Invalid("table.file", file=str(path), why=f"no sheet {mapping.sheet!r}; it has {book.sheet_names}")
    try:
        name = mapping.sheet or book.sheet_names[0]
        rows = book.get_sheet_by_name(name)
    except (python_calamine.CalamineError, OSError, IndexError) as fault:
        raise Invalid("table.file", file=str(path), why=str(fault) or "not a workbook") from fault
    return name, _filled(rows)


def _filled(sheet: python_calamine.CalamineSheet) -> Iterator[tuple[int, list[object]]]:
    """Rows one after the other, from the first that holds anything, numbered as the sheet numbers them."""
    start = sheet.start or (0, 0)
    before: list[object] = [""] * start[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [*before, *row]


def _delimited(path: Path, mapping: Map) -> Iterator[tuple[int, list[object]]]:
    return ((number, [freed(cell) for cell in row]) for number, row in text_rows(path, mapping))


def text_rows(path: Path, mapping: Map) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text table as they are written, each with the number of the line it starts on."""
    text = _text(path, mapping.encoding)[1]
    return _csv_rows(path, csv.reader(text, delimiter=_delimiter(text, mapping), strict=True))


def text_shape(path: Path, mapping: Map) -> tuple[str, str]:
    """Encoding and delimiter of a text table, as they are read."""
    encoding, text = _text(path, mapping.encoding)
    return encoding, _delimiter(text, mapping)


def _delimiter(text: TextIO, mapping: Map) -> str:
    sample = text.read(64 * 1024)
    text.seek(0)
    return mapping.delimiter or delimiter_of(sample)


def _csv_rows(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        started = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError, OSError, EOFError, zlib.error) as fault:
            raise Invalid("table.row", file=str(path), row=started, why=str(fault)) from fault
        yield started, row


def _text(path: Path, encoding: str) -> tuple[str, TextIO]:
    """Encoding and text of a file: gzip by its first bytes; UTF-8, else GB 18030, unless the map names one."""
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            with gzip.open(path) as packed:
                raw = packed.read(MOST_BYTES + 1)
            if len(raw) > MOST_BYTES:
                raise Invalid("table.bomb", file=str(path), what="gzip")
    except (OSError, EOFError, zlib.error) as fault:
        raise Invalid("table.file", file=str(path), why=str(fault) or "broken gzip") from fault
    if not raw.strip():
        raise Invalid("table.file", file=str(path), why="the file is empty")
    if b"\x00" in raw[:4096] and not raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Invalid("table.file", file=str(path), why="not a text table (binary content)")
    for name in encodings_of(raw, encoding):
        try:
            return name, io.StringIO(raw.decode(name), newline="")
        except UnicodeDecodeError:
            continue
        except LookupError as fault:
            raise Invalid("table.file", file=str(path), why=str(fault)) from fault
    raise Invalid("table.file", file=str(path), why="neither UTF-8 nor GB 18030; name its encoding under [options]")


def _with_header(
    path: Path,
    sheet: str,
    rows: Iterator[tuple[int, list[object]]],
    columns: tuple[Column, ...],
    mapping: Map,
    looked_up_by: tuple[str, ...],
) -> Sheet:
    wanted = spellings(columns, mapping)
    start = max(1, mapping.header_row)
    depth = 1 if mapping.header_row else _HEADER_SEARCH_ROWS
    head = list(itertools.islice(((at, row) for at, row in rows if at >= start), depth))
    if not head:
        raise Invalid("table.file", file=str(path), why="no header row")
    best = max(range(len(head)), key=lambda i: (len(_places(head[i][1], wanted)), -i))
    header_row, header = head[best]
    places = _places(header, wanted)
    _require_header(path, header_row, set(places), columns, mapping, looked_up_by)
    texts = tuple(as_text(cell) if not blank(cell) else "" for cell in header)
    ignored = tuple(text for at, text in enumerate(texts) if text and at not in places.values())
    body = itertools.chain(head[best + 1 :], rows)
    return Sheet(path.name, texts, header_row, ignored, _lines(body, places, len(header)), places, sheet)


def _require_header(
    path: Path,
    row: int,
    found: set[str],
    columns: tuple[Column, ...],
    mapping: Map,
    looked_up_by: tuple[str, ...] = (),
) -> None:
    """Required columns must be there, and all that the map names: a misspelt map must not import half a table."""
    named, creates = _named_by(mapping, columns), mapping.policy.missing == CREATE
    for column in columns:
        key = column.name in looked_up_by if looked_up_by else column.key and column.needed
        needed = key or (column.required and creates and not (column.key and looked_up_by)) or column.name in named
        if needed and column.name not in found and column.name not in mapping.fixed:
            theirs = mapping.columns.get(column.name, "")
            shown = f"{column.name} ({column.zh})" + (f" = {theirs!r}" if theirs else "")
            raise Invalid("table.header", file=str(path), row=row, column=shown)


def _named_by(mapping: Map, columns: tuple[Column, ...]) -> set[str]:
    ours = {alias: column.name for column in columns for alias in (column.name, *column.aliases)}
    return {ours.get(name, name) for name in mapping.columns}


def spellings(columns: tuple[Column, ...], mapping: Map) -> dict[str, tuple[str, ...]]:
    """Our column → the headers (folded) under which it is looked for. The map wins over names and aliases.

    One of their columns may fill several of ours when the map says so. Raises ``Invalid`` for a column we do not have.
    """
    ours = {alias: column.name for column in columns for alias in (column.name, *column.aliases)}
    asked = {"[columns]": mapping.columns, "[fixed]": mapping.fixed, "[options] keep": mapping.policy.keep}
    for where, name in ((where, name) for where, names in asked.items() for name in names):
        if name not in ours:
            known = ", ".join(column.name for column in columns)
            raise Invalid(
                "table.map", file=mapping.file, where=f"{where} {name}", why=f"no such column; known: {known}"
            )
    mapped = {ours[name]: _folded(theirs) for name, theirs in mapping.columns.items()}
    taken = set(mapped.values())
    return {
        column.name: (mapped[column.name],)
        if column.name in mapped
        else tuple(
            folded
            for alias in (column.name, column.zh, column.en, *column.aliases)
            if (folded := _folded(alias)) not in taken
        )
        for column in columns
    }


def _folded(text: str) -> str:
    return as_text(text).strip("*＊ ").replace(" ", "_").casefold()


def _places(header: Iterable[object], wanted: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """Our column → where it stands in the header."""
    written: dict[str, int] = {}
    for at, cell in enumerate(header):
        if not blank(cell):
            written.setdefault(_folded(as_text(cell)), at)
    found = ((name, next((written[word] for word in words if word in written), None)) for name, words in wanted.items())
    return {name: at for name, at in found if at is not None}


def _lines(rows: Iterable[tuple[int, list[object]]], places: dict[str, int], width: int) -> Iterator[Line]:
    """Rows under the header. Rows without any content (workbooks format thousands of them) are not rows."""
    wanted = list(places.items())
    for number, row in rows:
        long = len(row)
        cells = {
            name: cell
            for name, at in wanted
            if at < long and (cell := row[at]) != "" and ((type(cell) is str and not cell.isspace()) or not blank(cell))
        }
        extra = sum(1 for cell in row[width:] if not blank(cell))
        if cells or extra or any(not blank(cell) for cell in row):
            yield Line(number, cells, extra)


def _geojson(path: Path, columns: tuple[Column, ...], mapping: Map) -> Sheet:
    try:
        data = json.loads(_text(path, mapping.encoding)[1].read())
    except json.JSONDecodeError as fault:
        raise Invalid("table.row", file=str(path), row=fault.lineno, why=f"broken JSON: {fault.msg}") from fault
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        raise Invalid("table.file", file=str(path), why="not a GeoJSON FeatureCollection")
    headers = list(dict.fromkeys(name for feature in features for name in _members(feature)))
    places = {name: headers[at] for name, at in _places(headers, spellings(columns, mapping)).items()}
    _require_header(path, 1, set(places), columns, mapping)
    ignored = tuple(name for name in headers if name not in places.values())
    lines = (
        Line(number, {ours: members[k] for ours, k in places.items() if not blank(members.get(k))})
        for number, members in enumerate(map(_members, features), start=1)
    )
    return Sheet(path.name, tuple(headers), 0, ignored, lines)


def _members(feature: object) -> dict[str, object]:
    """A feature's properties, its ``id`` and its ``geometry`` beside each other, as a row."""
    if not isinstance(feature, dict):
        return {}
    properties = feature.get("properties")
    members: dict[str, object] = {"id": feature["id"]} if "id" in feature else {}
    members |= properties if isinstance(properties, dict) else {}
    return members | ({"geometry": feature["geometry"]} if feature.get("geometry") else {})
