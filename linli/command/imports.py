"""``linli import KIND FILE``: a file into the house, with a report that names every wrong cell."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path
from typing import Any

from linli.command.main import Failed, Unreadable
from linli.kernel.scope import system
from linli.places.roads.acts import import_roads_file
from linli.places.roads.rules.options import COLUMN_TYPES, COLUMN_WORDS, EDGE_COLUMNS, NODE_COLUMNS
from linli.works.tables.acts import IMPORTERS, run_import

COMMAND = system("command")
ROADS = "roads"
_LOOK_FOR_CIRCLES_EVERY = 100_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """KIND, FILE and how to read it."""
    parser.add_argument("kind", metavar="KIND", help=", ".join(sorted([ROADS, *IMPORTERS])))
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="table: .csv .tsv (.gz) .xlsx .xls .geojson")
    parser.add_argument("--edges", metavar="EDGES", type=Path, help="roads as tables: the edges beside FILE's nodes")
    parser.add_argument("--map", metavar="M.toml", type=Path, help="which of their columns is ours")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
    parser.add_argument("--strict", action="store_true", help="all rows or none")
    parser.add_argument("--columns", action="store_true", help="print the columns of KIND, their types and its key")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Import, or print the columns. Strict with a wrong row: nothing is written, exit 1."""
    if options.kind == ROADS:
        return _roads(options)
    if options.kind not in IMPORTERS:
        raise Unreadable(f"there is no kind {options.kind!r}; there are: {', '.join(sorted([ROADS, *IMPORTERS]))}")
    if options.columns:
        return columns_of(options.kind)
    if options.file is None:
        raise Unreadable(f"FILE is missing: linli import {options.kind} FILE")
    gc.freeze()  # what is loaded by now stays to the end, and a file makes few circles: looking for them is costly
    gc.set_threshold(_LOOK_FOR_CIRCLES_EVERY)
    outcome = run_import(
        COMMAND,
        kind=options.kind,
        path=options.file,
        map_path=options.map,
        dry_run=options.dry_run,
        strict=options.strict,
    )
    if outcome.kept_out:
        raise Failed(outcome.as_json())
    return outcome.as_json()


def _roads(options: argparse.Namespace) -> dict[str, Any]:
    """A network is no table of rows with a key; rows of tables that are wrong are rejected, or with ``--strict``
    refuse it.
    """
    if options.columns:
        return {"kind": ROADS, "key": ["node"], "columns": [_road_column(n) for n in (*NODE_COLUMNS, *EDGE_COLUMNS)]}
    if options.file is None:
        raise Unreadable("FILE is missing: linli import roads FILE [--edges EDGES]")
    return import_roads_file(
        COMMAND,
        path=options.file,
        edges=options.edges,
        map_path=options.map,
        dry_run=options.dry_run,
        strict=options.strict,
    )


def _road_column(name: str) -> dict[str, Any]:
    zh, en = COLUMN_WORDS[name]
    needed = name in (*NODE_COLUMNS, "from", "to")
    kind = COLUMN_TYPES.get(name, "code")
    return {"name": name, "type": kind, "required": needed, "key": name == "node", "zh": zh, "en": en}


def columns_of(kind: str) -> dict[str, Any]:
    """The columns of a kind, with types, choices and the key."""
    importer = IMPORTERS[kind]
    columns = [column.as_json() for column in importer.columns]
    return {"kind": kind, "key": [column["name"] for column in columns if column["key"]], "columns": columns}


def words(answer: dict[str, Any]) -> str:
    """The outcome for a person, or the columns as lines."""
    if "columns" in answer:
        rows = [
            f"{c['name']:<16} {c['type']:<9} {'键 key' if c['key'] else '必填 required' if c['required'] else ''}"
            f"  {c['zh']} / {c['en']}" + (f"  [{', '.join(c['choices'])}]" if "choices" in c else "")
            for c in answer["columns"]
        ]
        return "\n".join([f"{answer['kind']}（键 key: {', '.join(answer['key'])}）", *rows])
    aside = [
        f"未采用 {row['osm']}：{row['said']}。{row['zh']}。Not read: {row['en']}." for row in answer.get("left_out", ())
    ]
    counted = (
        f"共{answer['rows']}行：新增{answer['created']}，更新{answer['updated']}，未变{answer['unchanged']}，"
        f"退回{answer['rejected']}。报告：{answer['report']}"
    )
    return "\n".join([counted, *aside])
