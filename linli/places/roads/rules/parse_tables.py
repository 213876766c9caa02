"""Road networks from tables: nodes and edges as CSV (plain or .gz), and DIMACS ``.gr`` graphs without coordinates.

Column names of the usual sources are known; others are mapped by ``columns`` (ours = theirs). Forms that put one or
more header tables before the rows (jemss) are read from the header row on. Every bad cell is named by file, row and
column.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import io
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt

from linli.kernel.errors import Invalid
from linli.kernel.geo import Datum, to_wgs84
from linli.places.roads.rules import faults
from linli.places.roads.rules.network import F64, FAR, I64, KINDS
from linli.places.roads.rules.options import (
    COLUMN_WORDS,
    EDGE_COLUMNS,
    LENGTH_M,
    NODE_COLUMNS,
    SPEED_MPS,
    TIME_S,
    TableOptions,
)
from linli.places.roads.rules.raw import RawNetwork
from linli.places.roads.rules.snap import M_PER_DEGREE
from linli.places.roads.rules.speeds import CLASS_INDEX, MOTORCYCLE_TOP_KMH, WALK_KMH
from linli.works.tables.rules.writing import delimiter_of, encodings_of

DOUBT_M = 100.0  # a given length this far from the straight line is doubted
_NAMED, _FAULTS_NAMED = 20, 1_000
_GZIP = b"\x1f\x8b"
_SAMPLE = 65_536
_WHOLE = re.compile(r"^-?\d{1,18}$")
_MOST_ID = 9e18
_IDS = ("node", "from", "to")
_NODE_RANGES = {"lon": (-180.0, 180.0), "lat": (-90.0, 90.0)}
_EDGE_RANGES = {
    "length": (0.0, 1e7),
    "time": (0.0, 1e9),
    "speed": (1e-3, 1e3),
}


@dataclass(slots=True)
class _Table:
    file: str
    header_row: int
    columns: dict[str, int]
    theirs: dict[str, str]
    rows: list[tuple[int, list[str]]]
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def text(self, row: int, name: str) -> str:
        cells, at = self.rows[row][1], self.columns[name]
        return cells[at].strip() if at < len(cells) else ""

    def floats(self, name: str) -> F64:
        return np.array([float(self.text(row, name)) for row in range(len(self.rows))])

    def ints(self, name: str) -> I64:
        return np.array([numbered(self.text(row, name)) for row in range(len(self.rows))], np.int64)

    def keep(self, faulty: dict[int, tuple[str, str]], *, strict: bool) -> None:
        """Without the rows named in ``faulty`` (index: column of ours, what is wrong); strict: refuse the first."""
        for row, (name, what) in sorted(faulty.items()):
            facts = {"row": self.rows[row][0], "column": self.theirs[name], "what": what}
            if strict:
                raise Invalid(faults.BAD_CELL, file=self.file, **facts)
            self.rejected.append(facts)
        self.rows = [cells for row, cells in enumerate(self.rows) if row not in faulty]

    def check(self, ranges: dict[str, tuple[float, float]], *, strict: bool) -> None:
        """Reject rows that name no node, or whose cells are no numbers within ``ranges`` (both ends allowed)."""
        named = [name for name in _IDS if name in self.columns]
        faulty = {row: (name, "blank") for name in named for row in range(len(self.rows)) if not self.text(row, name)}
        for name, (least, most) in ranges.items():
            if name in self.columns:
                for row in range(len(self.rows)):
                    if row not in faulty and not least <= _number(text := self.text(row, name)) <= most:
                        faulty[row] = (name, f"no number from {least:g} to {most:g}: {text!r}")
        self.keep(faulty, strict=strict)

    def texts(self, name: str) -> list[str]:
        at = self.columns[name]
        return [cells[at].strip() if at < len(cells) else "" for _, cells in self.rows]


def numbered(name: str) -> int:
    """The number that stands for a name of a node or an edge: itself when it is one, else out of its digest."""
    if _WHOLE.match(name):
        return int(name)  # 16-digit identifiers do not survive a float
    whole = _number(name)
    if whole.is_integer() and abs(whole) < _MOST_ID:
        return int(whole)
    return -1 - (int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan  # in no range


def open_text(path: Path) -> TextIO:
    """A table as text, unpacked when its name ends in .gz; a byte order mark is skipped."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def parse_tables(
    nodes: Path, edges: Path, options: TableOptions | None = None, *, strict: bool = False
) -> RawNetwork:  # fmt: skip
    """Read ``nodes`` and ``edges``. Each row of edges is one direction unless a column ``oneway`` says otherwise.

    Rows with a bad cell are left out and reported; ``strict``: the first one refuses the file.
    """
    options = options or TableOptions()
    node_table = _read(nodes, NODE_COLUMNS, ("node", "lon", "lat"), options)
    node_table.check(_NODE_RANGES, strict=strict)
    ref, lon, lat = node_table.ints("node"), node_table.floats("lon"), node_table.floats("lat")
    lon, lat = _in_wgs84(lon, lat, options.datum)
    table = _read(edges, EDGE_COLUMNS, ("from", "to"), options)
    rows = len(table.rows)
    table.check(_EDGE_RANGES, strict=strict)
    tail, head = _ends(table, ref, strict=strict)
    length, doubts = _lengths(table, _straight_m(lon, lat, tail, head), options)
    about = {
        "source": [nodes.name, edges.name],
        "form": "tables",
        "rows": rows,
        "rejected": len(table.rejected),
        "faults": (node_table.rejected + table.rejected)[:_FAULTS_NAMED],
        "doubtful_lengths": doubts,
    }
    ids = table.ints("edge") if "edge" in table.columns else np.arange(len(tail), dtype=np.int64)
    arcs = _Arcs(tail, head, ids, length, _seconds(table, length, options))
    if "name" in table.columns:
        arcs.names = table.texts("name")
    if "oneway" in table.columns:
        arcs.both = np.array([text.lower() in {"0", "no", "false", ""} for text in table.texts("oneway")], np.bool_)
    if not len(tail):
        raise Invalid(faults.EMPTY, file=edges.name)
    return pair_arcs(ref, (lon, lat), arcs, about)


@dataclass(slots=True)
class _Arcs:
    tail: npt.NDArray[np.int64]
    head: npt.NDArray[np.int64]
    ids: I64
    length_m: F64
    car_s: F64
    names: list[str] | None = None
    both: npt.NDArray[np.bool_] | None = None


def pair_arcs(ref: I64, at: tuple[F64, F64], arcs: _Arcs, about: dict[str, Any]) -> RawNetwork:
    """Directed rows to edges: a row and its reverse of the same length become the two directions of one road."""
    pair = _partners(arcs)
    first = np.flatnonzero((pair < 0) | (pair > np.arange(len(pair))))
    other = pair[first]
    forth_ms = _ms(arcs.car_s[first])
    back_ms = np.where(other >= 0, _ms(arcs.car_s[other]), FAR)
    if arcs.both is not None:
        back_ms = np.where((other < 0) & arcs.both[first], forth_ms, back_ms)
    length = arcs.length_m[first]
    arc_ms = np.empty((len(KINDS), 2 * len(first)), np.int32)
    arc_ms[0, 0::2], arc_ms[0, 1::2] = forth_ms, back_ms
    slowest = _ms(length / (MOTORCYCLE_TOP_KMH / 3.6))
    for way, ms in ((0, forth_ms), (1, back_ms)):
        arc_ms[1, way::2] = np.where(ms < FAR, np.maximum(ms, slowest), FAR)
        arc_ms[2, way::2] = _ms(length / (WALK_KMH / 3.6))
    names, index = _named(arcs.names, first)
    return RawNetwork(
        node_ref=ref,
        node_lon=at[0],
        node_lat=at[1],
        edge_u=arcs.tail[first].astype(np.int32),
        edge_v=arcs.head[first].astype(np.int32),
        edge_way=arcs.ids[first],
        edge_name=index,
        edge_class=np.full(len(first), CLASS_INDEX["other"], np.uint8),
        edge_m=length,
        arc_ms=arc_ms,
        names=names,
        about=about,
    )


def _partners(arcs: _Arcs) -> npt.NDArray[np.int64]:
    """For each row the row that is the same road the other way, or −1. Lengths of partners agree within a metre."""
    low, high = np.minimum(arcs.tail, arcs.head), np.maximum(arcs.tail, arcs.head)
    forward = arcs.tail < arcs.head
    order = np.lexsort((forward, arcs.length_m, high, low))
    pair = np.full(len(order), -1, np.int64)
    i = 0
    while i < len(order) - 1:
        a, b = order[i], order[i + 1]
        same = low[a] == low[b] and high[a] == high[b] and forward[a] != forward[b]
        if same and abs(arcs.length_m[a] - arcs.length_m[b]) <= 1.0:
            pair[a], pair[b] = b, a
            i += 2
        else:
            i += 1
    return pair


def _ms(seconds: F64) -> npt.NDArray[np.int32]:
    return np.clip(np.rint(seconds * 1000), 1, FAR - 1).astype(np.int32)


def _named(names: list[str] | None, first: npt.NDArray[np.intp]) -> tuple[list[str], npt.NDArray[np.int32]]:
    if names is None:
        return [""], np.zeros(len(first), np.int32)
    distinct = {"": 0}
    index = [distinct.setdefault(names[i], len(distinct)) for i in first]
    return list(distinct), np.array(index, np.int32)


def _read(path: Path, known: dict[str, tuple[str, ...]], needed: tuple[str, ...], options: TableOptions) -> _Table:
    try:
        text = _decoded(path, options.encoding)
        mark = options.delimiter or delimiter_of(text[:_SAMPLE])
        numbered = list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark), start=1))
    except (OSError, EOFError, UnicodeDecodeError, LookupError, csv.Error, zlib.error) as error:
        raise Invalid(faults.UNREADABLE, file=path.name, what=str(error)) from error
    header_row, columns, theirs = _header(path, numbered, known, needed, options)
    rows = [(row, cells) for row, cells in numbered if row > header_row and any(cell.strip() for cell in cells)]
    return _Table(path.name, header_row, columns, theirs, rows)


def _decoded(path: Path, named: str) -> str:
    """The text of a table, unpacked when it is packed; UTF-8, else GB 18030. Raises UnicodeDecodeError and OSError."""
    raw = path.read_bytes()
    raw = gzip.decompress(raw) if raw.startswith(_GZIP) else raw
    for name in (tried := encodings_of(raw, named))[:-1]:
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode(name)
    return raw.decode(tried[-1])


def _header(
    path: Path, rows: list[tuple[int, list[str]]], known: dict[str, tuple[str, ...]], needed: tuple[str, ...],
    options: TableOptions,
) -> tuple[int, dict[str, int], dict[str, str]]:  # fmt: skip
    """The first row that holds all needed columns, among the first fifty."""
    nearest: tuple[int, list[str], list[str]] = (1, list(needed), [])
    for row, cells in rows[:50]:
        lower = [cell.strip().lower() for cell in cells]
        columns, theirs = {}, {}
        for ours, names in known.items():
            wanted = (options.columns[ours].lower(),) if ours in options.columns else (*names, COLUMN_WORDS[ours][0])
            name = next((name for name in wanted if name in lower), None)
            if name is not None:
                columns[ours], theirs[ours] = lower.index(name), cells[lower.index(name)].strip()
        missing = [ours for ours in needed if ours not in columns]
        if not missing:
            return row, columns, theirs
        if len(missing) < len(nearest[1]) or not nearest[2]:
            nearest = (row, missing, [cell for cell in cells if cell])
    row, missing, found = nearest
    raise Invalid(faults.NO_COLUMN, file=path.name, row=row, column=missing[0], found="、".join(found))


def _in_wgs84(lon: F64, lat: F64, datum: Datum) -> tuple[F64, F64]:
    if datum is Datum.WGS84:
        return lon, lat
    points = np.array([to_wgs84(x, y, datum) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)])
    return np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])


def _ends(table: _Table, ref: I64, *, strict: bool) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Tail and head of each row as positions in ``ref``; rows that name no node are rejected."""
    place = dict(zip(ref.tolist(), range(len(ref)), strict=True))
    faulty: dict[int, tuple[str, str]] = {}
    for name in ("to", "from"):
        found = table.ints(name).tolist()
        wrong = [row for row, node in enumerate(found) if node not in place]
        faulty |= {row: (name, f"no such node: {table.text(row, name)}") for row in wrong}
    table.keep(faulty, strict=strict)
    tail, head = ([place[node] for node in table.ints(name).tolist()] for name in ("from", "to"))
    return np.array(tail, np.int64), np.array(head, np.int64)


def _straight_m(lon: F64, lat: F64, tail: npt.NDArray[np.int64], head: npt.NDArray[np.int64]) -> F64:
    dx = (lon[head] - lon[tail]) * np.cos(np.radians((lat[head] + lat[tail]) / 2))
    return np.asarray(np.hypot(dx, lat[head] - lat[tail]) * M_PER_DEGREE)


def _unit(given: str | None, column: str, table: dict[str, float], usual: str) -> float:
    if given is not None:
        return table[given]
    ending = column.lower().rsplit("_", 1)[-1]
    return table.get(ending, table[usual])


def _lengths(table: _Table, straight: F64, options: TableOptions) -> tuple[F64, dict[str, Any]]:
    """Metres, and what is doubtful. A length shorter than the straight line promises what nobody can drive: it is
    raised to the straight line. One much longer may be a winding road: it is kept, and reported."""
    if "length" not in table.columns:
        return straight.copy(), {"count": 0, "raised": 0, "rows": []}
    given = table.floats("length")
    usual = "km" if "mode_1" in table.theirs.values() else "m"
    length = given * _unit(options.length_unit, table.theirs["length"], LENGTH_M, usual)
    doubt = np.flatnonzero(np.abs(length - straight) > DOUBT_M)
    short = doubt[length[doubt] < straight[doubt]]
    named = [
        {"row": table.rows[i][0], "length_m": round(float(length[i]), 1), "straight_m": round(float(straight[i]), 1)}
        for i in doubt[:_NAMED]
    ]
    length[short] = straight[short]
    return length, {"count": len(doubt), "raised": len(short), "rows": named}


def _seconds(table: _Table, length: F64, options: TableOptions) -> F64:
    if "time" in table.columns:
        usual = "days" if table.theirs["time"] == "mode_1" else "s"
        return table.floats("time") * _unit(options.time_unit, table.theirs["time"], TIME_S, usual)
    if "speed" in table.columns:
        return length / (table.floats("speed") * _unit(options.speed_unit, table.theirs["speed"], SPEED_MPS, "kmh"))
    return length / options.speed_mps


def parse_gr(path: Path, options: TableOptions | None = None) -> RawNetwork:
    """A DIMACS graph: ``a from to weight``. The weight is a length in dm where the comments or the name say
    "distance", else a time in ms; ``length_unit`` or ``time_unit`` decide otherwise. Ids begin at 1 when there is a
    ``p`` line, else at 0.
    """
    options = options or TableOptions()
    arcs, counted, comments = _gr_rows(path)
    base = 1 if counted is not None else 0
    count = counted if counted is not None else int(arcs[:, :2].max(initial=-1)) + 1
    bad = np.flatnonzero((arcs[:, :2] < base).any(axis=1) | (arcs[:, :2] >= count + base).any(axis=1))
    if len(bad):
        what = f"no such node: {arcs[bad[0]].tolist()}"
        raise Invalid(faults.BAD_CELL, file=path.name, row=int(arcs[bad[0], 3]), column="a", what=what)
    far = options.length_unit or (None if options.time_unit else ("dm" if _is_distance(path, comments) else None))
    weight = arcs[:, 2].astype(np.float64)
    length = weight * LENGTH_M[far] if far else weight * TIME_S[options.time_unit or "ms"] * options.speed_mps
    seconds = length / options.speed_mps
    nowhere = np.full(count, np.nan)
    about = {
        "source": [path.name],
        "form": "dimacs",
        "rows": len(arcs),
        "rejected": 0,
        "weight": far or options.time_unit or "ms",
    }
    rows = _Arcs(arcs[:, 0] - base, arcs[:, 1] - base, np.arange(len(arcs), dtype=np.int64), length, seconds)
    return pair_arcs(np.arange(count, dtype=np.int64) + base, (nowhere, nowhere), rows, about)


def _is_distance(path: Path, comments: str) -> bool:
    return "distance" in comments.lower() or "road-d" in path.name


def _gr_rows(path: Path) -> tuple[npt.NDArray[np.int64], int | None, str]:
    rows: list[tuple[int, int, int, int]] = []
    counted, comments = None, []
    for number, line in _lines(path):
        try:
            if line.startswith("a "):
                _, tail, head, weight = line.split()
                rows.append((int(tail), int(head), int(weight), number))
            elif line.startswith("p "):
                counted = int(line.split()[2])
            elif line.startswith("c"):
                comments.append(line)
            elif line.strip():
                raise ValueError("neither a, p nor c")
        except (ValueError, IndexError) as error:
            raise Invalid(faults.BAD_CELL, file=path.name, row=number, column="a", what=str(error)) from error
    return np.array(rows, np.int64).reshape(-1, 4), counted, " ".join(comments[:20])


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with open_text(path) as file:
            yield from enumerate(file, start=1)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Invalid(faults.UNREADABLE, file=path.name, what=str(error)) from error
