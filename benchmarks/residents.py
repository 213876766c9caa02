"""`import`: 150,000 invented residents with their homes and addresses into the register, while calls are taken.

``s`` is both commands as an operator runs them (addresses, then people), start of Python included, with the workbook of
wrong rows, and ``ratio`` ours to the peer's (below 1 we are faster); ``mb`` the most memory that either took;
``call_p99_ms`` what calls of the 110 centre waited meanwhile, from the moment at which each should have been sent. The
peer is django-import-export, bulk mode, on a bare table with the same cells unsealed, in the same database: what a
Django site would do.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django
import xlsxwriter

from benchmarks.site import LINLI, Line, Site, calls, percentile, running

NAMES = ("import", "import.postgres")
ROWS = int(os.environ.get("LINLI_BENCH_ROWS", "150000"))
WRONG = 500
CALLS_PER_S = 10
PEER_ROWS = 10_000
_FAMILY, _GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
_WEIGHTS, _CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
_HEAD = (
    "姓名",
    "公民身份号码",
    "性别",
    "联系电话",
    "人口类别",
    "与户主关系",
    "地址编码",
    "单元",
    "室号",
    "居住起始日期",
    "来源",
)


def run(name: str) -> Iterator[dict[str, Any]]:
    """Import into the demo town's database, serve calls meanwhile."""
    with tempfile.TemporaryDirectory() as folder, running(size="town") as site:
        addresses, people = written(Path(folder))
        source, quiet = calls(site), asyncio.run(_waits(site, calls(site, 2), lambda: False, 5.0))
        took_s, most_mb = 0.0, 0.0
        waits: list[float] = []
        for kind, file in (("addresses", addresses), ("occupants", people)):
            spent_s, mb, meanwhile = _imported(site, source, kind, file)
            took_s, most_mb = took_s + spent_s, max(most_mb, mb)
            waits += meanwhile
        peer_s = _peer_s(people)
    against = f"django-import-export, bulk, a bare table, {PEER_ROWS} rows taken {ROWS // PEER_ROWS} times"
    beside = {"ratio": round(took_s / peer_s, 2), "against": against}
    yield {"metric": "s", "value": round(took_s, 1), "unit": "s", "n": ROWS, **beside}
    yield {"metric": "peer_s", "value": round(peer_s, 1), "unit": "s", "n": ROWS}
    yield {"metric": "mb", "value": round(most_mb), "unit": "MB", "n": ROWS}
    yield {"metric": "call_p99_ms", "value": _ms(waits, 0.99), "unit": "ms", "n": len(waits)}
    yield {"metric": "call_p50_ms", "value": _ms(waits, 0.5), "unit": "ms", "n": len(waits)}
    yield {"metric": "call_p99_quiet_ms", "value": _ms(quiet, 0.99), "unit": "ms", "n": len(quiet)}


def _ms(waits: list[float], share: float) -> float:
    return round(percentile(waits, share) * 1000, 1)


def _imported(site: Site, source: Iterator[bytes], kind: str, file: Path) -> tuple[float, float, list[float]]:
    """Seconds, megabytes, and what calls waited while one file was imported."""
    began = time.perf_counter()
    command = [str(LINLI), "import", kind, str(file), "--json"]
    importing = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    ended: list[Any] = []

    def over() -> bool:
        if not ended:
            pid, status, used = os.wait4(importing.pid, os.WNOHANG)
            if pid:
                ended.extend((time.perf_counter() - began, status, used.ru_maxrss / 1024))
        return bool(ended)

    waits = asyncio.run(_waits(site, source, over, 600.0))
    said = importing.stdout.read() if importing.stdout else b""
    importing.returncode = ended[1]
    if ended[1] != 0 or b'"created": 0' in said:
        raise SystemExit(f"the import failed: {said!r}")
    return ended[0], ended[2], waits


async def _waits(site: Site, source: Iterator[bytes], over: Any, longest_s: float) -> list[float]:
    """Seconds from when each call should have been sent until its answer, until it is over."""
    idle, waits, tasks = [await Line.to(site) for _ in range(8)], list[float](), list[Any]()
    began = time.perf_counter()

    async def call(due: float) -> None:
        line = idle.pop() if idle else await Line.to(site)
        status, body = await line.ask(next(source))
        if status != 201:
            raise RuntimeError(f"{status}: {body[:300]!r}")
        waits.append(time.perf_counter() - due)
        idle.append(line)

    for number in range(int(longest_s * CALLS_PER_S)):
        due = began + number / CALLS_PER_S
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if over():
            break
        tasks.append(asyncio.create_task(call(due)))
    await asyncio.gather(*tasks)
    for line in idle:
        line.close()
    return waits


def written(folder: Path) -> tuple[Path, Path]:
    """Addresses in grids that a room answers for, and the people who live there: all invented by a seed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings.embedded")
    django.setup()
    from linli.org.rooms.models import Responsibility  # noqa: PLC0415 - settings come first

    chance = random.Random(7)
    held = Responsibility.objects.filter(until__isnull=True, grid__kind="police").select_related("grid")
    shapes = [one.grid.shape.representative_point() for one in held]
    houses = max(1, ROWS // 10)
    addresses = folder / "addresses.csv"
    with addresses.open("w", encoding="utf-8") as out:
        out.write("text,code,lon,lat\n")
        for n in range(houses):
            spot = shapes[n % len(shapes)]
            out.write(f"演练县测试街道第{n // 200}大道{n % 200 + 1}号,W{n:06d},{spot.x:.6f},{spot.y:.6f}\n")
    people = folder / "people.xlsx"
    book = xlsxwriter.Workbook(str(people), {"constant_memory": True})
    page = book.add_worksheet("人口")
    page.write_row(0, 0, _HEAD)
    for n in range(ROWS):
        page.write_row(n + 1, 0, _person(n, houses, chance))
    book.close()
    return addresses, people


def _person(n: int, houses: int, chance: random.Random) -> list[str]:
    born = date(1940, 1, 1) + timedelta(days=n % 24_000)
    first = f"330{100 + n // 24_000 % 900:03d}{born:%Y%m%d}{n % 999 + 1:03d}"
    check = _CHECKS[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]
    wrong = n % (ROWS // WRONG or 1) == 3
    name = chance.choice(_FAMILY) + "".join(chance.choices(_GIVEN, k=chance.choice((1, 2))))
    home = n // 3
    return [
        name,
        first + ("0" if wrong and check != "0" else check),
        "",
        f"139{n:08d}",
        "流动" if n % 3 else "户籍",
        ("户主", "配偶", "子女")[n % 3],
        f"W{home % houses:06d}",
        str(home // houses % 4 + 1),
        f"{home // houses + 1}01",
        "2020-05-01",
        "走访核实",
    ]


def _peer_s(people: Path) -> float:
    """Seconds that django-import-export would take for all rows, from a part of them."""
    from benchmarks.peers.import_export import import_rows  # noqa: PLC0415 - settings come first

    return import_rows(people, min(PEER_ROWS, ROWS)) * ROWS / min(PEER_ROWS, ROWS)
