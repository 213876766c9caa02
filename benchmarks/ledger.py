"""The ledger over a million matters, through the real door in process: any page, filter and search.

Three people ask: a dispatcher of the bureau, the chief of a station, an officer of a room. Beside each kind of question
the plain way over the same rows in the same run: pages by OFFSET, search by LIKE, filters on the matter with the reach
as a join.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

from benchmarks.site import percentile
from tools.workshop.postgres import Postgres

NAMES = ("ledger.sqlite", "ledger.postgres")
ROWS = int(os.environ.get("LINLI_BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("LINLI_BENCH_ROUNDS", "12"))
KEPT = Path(os.environ.get("LINLI_BENCH_CACHE", "/var/tmp/linli-bench"))
PLAIN_ASKED = 4
"""The plain ways are slow: a few of each are enough for a ratio."""

PAGES: tuple[dict[str, str], ...] = ({}, {"open": "1"}, {"sort": "oldest"}, {"sort": "due"}, {"kind": "incident"})
FILTERS = (
    {"kind": "dispute"},
    {"kind": "dispute", "state": "settled"},
    {"state": "void"},
    {"late": "1"},
    {"expires_in": "7"},
    {"unassigned": "1"},
    {"countersign": "1"},
    {"category": "10"},
    {"category": "1061", "priority": "3"},
    {"priority": "1"},
    {"warned": "1", "kind": "hazard"},
    {"from": "2025-03-01", "to": "2025-04-01"},
    {"kind": "hazard", "from": "2025-03-01", "to": "2025-04-01", "state": "closed"},
    {"grid": "GS03R04"},
    {"place": "S03"},
    {"agency": "S03R04", "kind": "incident"},
    {"repeated": "address", "place": "S03"},
    {"repeated": "number", "place": "S03"},
    {"mine": "1"},
)
SEARCHES = (
    "围墙", "诈骗", "电动车被偷", "人民路", "朝阳路", "老人 走失", "rml", "renminlu", "12号", "人民路58号",
    "13900012345", "13900000007", "000123", "盗窃", "水塘", "租客 停车", "东风路 诈骗", "不存在的词",
)  # fmt: skip

Ask = Callable[[str, dict[str, str]], float]


def run(name: str) -> Iterator[dict[str, Any]]:
    """Measure one database."""
    postgres = name.endswith(".postgres")
    with kept(postgres) as begun_s:
        yield from _figures(begun_s)


@contextmanager
def kept(postgres: bool, rows: int = ROWS) -> Iterator[float]:
    """Django on a database that holds the million, kept from run to run; yields how many seconds it took to make."""
    folder = KEPT / f"{'postgres' if postgres else 'sqlite'}-{rows}-{_edition()}"
    for old in KEPT.glob(f"{'postgres' if postgres else 'sqlite'}-{rows}-*"):
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["LINLI_HOME"] = str(folder / "home")
    server = _Kept(folder) if postgres else None
    try:
        if server is not None:
            server.start()
            os.environ["LINLI_DATABASE_URL"] = server.url("linli")
        else:
            os.environ["LINLI_DATABASE_URL"] = f"sqlite:///{folder / 'linli.sqlite3'}"
        django.setup()
        yield _made(folder, rows)
    finally:
        if server is not None:
            server.stop()


class _Kept(Postgres):
    """A server whose data stay, with the memory that the how-to for production gives it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(durable=True)
        self.options = ["-c", "shared_buffers=1GB", "-c", "random_page_cost=1.1"]
        data = folder / "data"
        if data.exists():
            shutil.rmtree(self.data)
        else:
            if self.user is not None:
                shutil.chown(folder, self.user)
            shutil.move(str(self.data), data)
        self.data = data


def _edition() -> str:
    """What the kept rows depend on: how they are made. What the house has learnt since, its migrations teach them."""
    root = Path(__file__).resolve().parents[1]
    files = [root / "benchmarks" / "million.py", root / "benchmarks" / "bulk.py"]
    files.append(root / "linli" / "matters" / "search" / "rules" / "grams.py")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _made(folder: Path, rows: int) -> float:
    from django.core.management import call_command  # noqa: PLC0415  (Django is set up only now)

    from benchmarks.million import fill  # noqa: PLC0415  (Django is set up only now)

    began_s = time.perf_counter()
    call_command("migrate", interactive=False, verbosity=0)
    if (folder / "whole").exists():
        return 0.0
    fill(rows)
    took_s = time.perf_counter() - began_s
    (folder / "whole").write_text(f"{took_s:.1f}")
    return took_s


def _figures(made_s: float) -> Iterator[dict[str, Any]]:
    if made_s:
        yield {"metric": "fill_s", "value": round(made_s, 1), "unit": "s", "n": ROWS}
    doors = _doors()
    chance = random.Random(7)
    everything: list[float] = []
    for metric, questions, plain in (
        ("page", _pages(doors), _plain_page),
        ("filter", [("/matters", {**one, "count": "1"}) for one in FILTERS], _plain_filter),
        ("search", [("/matters", {"q": one, "count": "1"}) for one in SEARCHES], _plain_search),
        ("palette", [("/search", {"q": one}) for one in SEARCHES], None),
        ("exact_count", [("/matters/count", one) for one in FILTERS], None),
    ):
        waits: list[float] = []
        slow: list[tuple[float, str, str, dict[str, str]]] = []
        asked = [(who, path, one) for who in doors for path, one in questions for _ in range(max(1, ROUNDS // 4))]
        chance.shuffle(asked)
        for who, path, one in asked:
            wait_s = doors[who](path, one)
            waits.append(wait_s)
            slow.append((wait_s, who, path, one))
        if metric in ("page", "filter", "search"):
            everything += waits
        print(f"slowest {metric}: {sorted(slow, key=lambda x: -x[0])[:4]}", file=sys.stderr)
        line = {"metric": f"{metric}_p95_ms", "value": _ms(waits, 0.95), "unit": "ms", "n": len(waits)}
        if plain is not None:
            ways = [plain(chance) for _ in range(PLAIN_ASKED)]
            line |= {"ratio": round(_ms(ways, 0.5) / _ms(waits, 0.5), 1), "against": str(plain.__doc__)}
        yield line
    yield {"metric": "p95_ms", "value": _ms(everything, 0.95), "unit": "ms", "n": len(everything)}
    yield {"metric": "p50_ms", "value": _ms(everything, 0.5), "unit": "ms", "n": len(everything)}


def _ms(waits_s: list[float], share: float) -> float:
    return round(percentile(waits_s, share) * 1000, 1)


def _doors() -> dict[str, Ask]:
    """The API as three people's browsers use it: in process, through all middleware, with a token."""
    from django.test import Client  # noqa: PLC0415  (Django is set up only now)

    from benchmarks.million import MAKER, organised  # noqa: PLC0415  (Django is set up only now)
    from linli.org.people.acts import make_token, open_account  # noqa: PLC0415  (Django is set up only now)
    from linli.org.people.models import Account  # noqa: PLC0415  (Django is set up only now)

    doors: dict[str, Ask] = {}
    for post, person in organised().people.items():
        account = Account.objects.filter(username=f"bench-{post}").first()
        account = account or open_account(MAKER, username=f"bench-{post}", person=person, machine="")
        doors[post] = _door(Client(SERVER_NAME="127.0.0.1"), make_token(MAKER, account=account, days=1))
    return doors


def _door(client: Any, token: str) -> Ask:
    def ask(path: str, asked: dict[str, str]) -> float:
        began_s = time.perf_counter()
        answer = client.get(f"/api/v1{path}", asked, HTTP_AUTHORIZATION=f"Bearer {token}")
        took_s = time.perf_counter() - began_s
        if answer.status_code != 200:
            raise RuntimeError(f"{path} {asked}: {answer.status_code} {answer.content[:300]!r}")
        ask.answer = answer.json()  # type: ignore[attr-defined]  # the paging below reads where to go on
        return took_s

    return ask


def _pages(doors: dict[str, Ask]) -> list[tuple[str, dict[str, str]]]:
    """First pages, pages far inside, and back again."""
    questions: list[tuple[str, dict[str, str]]] = [("/matters", {**one, "count": "1"}) for one in PAGES]
    ask = doors["dispatcher"]
    for when in ("2024-02-01", "2025-01-15", "2026-02-01"):
        ask("/matters", {"to": when})
        cursor = ask.answer["next"]  # type: ignore[attr-defined]  # set by the door above
        questions += [("/matters", {"cursor": cursor}), ("/matters", {"cursor": "b" + cursor[1:]})]
    return questions


def _asked(sql: str, values: list[Any]) -> float:
    from django.db import connection  # noqa: PLC0415  (Django is set up only now)

    began_s = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.fetchall()
    return time.perf_counter() - began_s


_REACH = (
    "SELECT m.* FROM matters_matter m LEFT JOIN org_agency a ON a.id = m.agency_id "
    "WHERE a.path >= '/B1/S03/' AND a.path < '/B1/S030' "
)


def _plain_page(chance: random.Random) -> float:
    """pages by OFFSET over the same rows"""
    return _asked(_REACH + "ORDER BY m.received_at DESC, m.id DESC LIMIT 50 OFFSET %s", [chance.randrange(50_000)])


def _plain_filter(chance: random.Random) -> float:
    """the filter on the matter itself, counted"""
    kind = chance.choice(("dispute", "hazard", "tip"))
    return _asked(f"SELECT count(*) FROM ({_REACH} AND m.kind = %s AND m.state <> 'closed') x", [kind])


def _plain_search(chance: random.Random) -> float:
    """LIKE over number, title and address"""
    word = f"%{chance.choice(('人民路', '围墙', '水塘'))}%"
    return _asked(
        _REACH + "AND (m.number LIKE %s OR m.title LIKE %s OR m.address LIKE %s OR cast(m.details AS text) LIKE %s) "
        "ORDER BY m.received_at DESC LIMIT 50",
        [word] * 4,
    )
