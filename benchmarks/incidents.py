"""`incidents`: a real call log into the ledger, beside a call taker who writes meanwhile.

`import_s` is the whole command as an operator runs it, start of Python included. `wait_p99_ms` is how long another
writer waited for the database during an import in this process.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import django

NAMES = ("incidents",)
ROOT = Path(__file__).resolve().parents[1]
CALLS = ROOT.parent / "shared" / "data" / "police" / "slo_calls_2021-09_2022-01.csv.gz"
MAP = ROOT / "docs" / "how-to" / "import" / "slo.toml"
ROWS, NUMBERS = 12_975, 12_972


def run(name: str) -> Iterator[dict[str, object]]:
    """Import twice, report once, then import again with a second writer at work."""
    _linli("init")
    first_s, first = _linli("import", "incidents", str(CALLS), "--map", str(MAP))
    again_s, again = _linli("import", "incidents", str(CALLS), "--map", str(MAP))
    if (first["rows"], first["created"], again["unchanged"]) != (ROWS, NUMBERS, ROWS):
        raise SystemExit(f"the import counted wrongly: {first} then {again}")
    report_s, _ = _linli("report", "response", "--by", "beat")
    plain_s = _plain_s()
    yield {
        "metric": "import_s",
        "value": round(first_s, 3),
        "unit": "s",
        "ratio": round(first_s / plain_s, 1),
        "against": "bare sqlite3 inserts of the same cells",
        "n": ROWS,
    }
    yield {"metric": "again_s", "value": round(again_s, 3), "unit": "s", "n": ROWS}
    yield {"metric": "report_s", "value": round(report_s, 3), "unit": "s", "n": NUMBERS}
    waits_ms = sorted(_waits_during_an_import())
    yield {
        "metric": "wait_p99_ms",
        "value": round(waits_ms[int(len(waits_ms) * 0.99)], 1),
        "unit": "ms",
        "n": len(waits_ms),
    }


def _linli(*words: str) -> tuple[float, dict[str, int]]:
    began = time.perf_counter()
    command = [str(Path(sys.executable).parent / "linli"), *words, "--json"]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return time.perf_counter() - began, json.loads(done.stdout)


def _plain_s() -> float:
    """The file read and its cells inserted, one transaction, durable: the floor under any import."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "plain.sqlite3")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        rows = list(csv.reader(gzip.decompress(CALLS.read_bytes()).decode().splitlines()))
        width = len(rows[0])
        connection.execute(f"CREATE TABLE calls ({', '.join(f'c{n} TEXT' for n in range(width))})")
        connection.executemany(f"INSERT INTO calls VALUES ({', '.join('?' * width)})", rows[1:])
        connection.commit()
        connection.close()
    return time.perf_counter() - began


def _waits_during_an_import() -> list[float]:
    """Milliseconds that a second writer needs for one small durable write, every 10 ms, while rows are imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings.embedded")
    django.setup()
    from django.db import connection, transaction  # noqa: PLC0415 - settings come first

    from linli.kernel.scope import system  # noqa: PLC0415 - settings come first
    from linli.matters.ledger.models import NumberSeries  # noqa: PLC0415 - settings come first
    from linli.works.tables.acts import run_import  # noqa: PLC0415 - settings come first

    done, waits_ms = threading.Event(), [0.0]

    def call_taker() -> None:
        while not done.wait(0.01):
            began = time.perf_counter()
            with transaction.atomic():
                NumberSeries.objects.update(id=1)
            waits_ms.append((time.perf_counter() - began) * 1000.0)
        connection.close()

    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "other.csv"
        text = gzip.decompress(CALLS.read_bytes()).decode()
        other.write_text("\n".join(f"x{line}" if n else line for n, line in enumerate(text.splitlines())))
        taker = threading.Thread(target=call_taker)
        taker.start()
        try:
            run_import(system("benchmark"), kind="incidents", path=other, map_path=MAP)
        finally:
            done.set()
            taker.join()
    return waits_ms
