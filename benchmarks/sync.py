"""A phone that comes back after two days, on a bad line; and a bureau's phones that come back within one hour.

``s``: 1,000 operations through a line of 100 kbit/s each way with 2 s of delay (1 s each way, and two round trips of
TCP and TLS before a connection's first byte), where one exchange in twenty is cut somewhere, by the worst of some
schedules; in one of them the first answer is always lost. ``lost`` and ``doubled`` are counted in the database.
``phones_per_hour``: phones that register, take their pack along, bring ten operations and ask for answers, as many as
the server carries. Beside it the same thousand operations sent one by one without packing, as row-by-row clients do,
reckoned from the bytes and round trips that it takes.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import django

from benchmarks.phone import Line, deliver, operations
from benchmarks.site import Site, linli, running
from tools.workshop.bad_line import BadLine, bad_line

django.setup()

from linli.field.replay.models import Operation  # noqa: E402 - models need django.setup()
from linli.matters.ledger.models import Matter  # noqa: E402
from linli.matters.notes.models import Note  # noqa: E402

NAMES = ("sync.sqlite", "sync.postgres")
COUNT = 1_000
KBIT_S, DELAY_S, RESETS = 100.0, 1.0, 0.05
SCHEDULES = int(os.environ.get("LINLI_BENCH_SCHEDULES", "4"))
FULL_S = float(os.environ.get("LINLI_BENCH_S", "20"))
TEN = 10
SIDE_BY_SIDE = 12
USERS = ("demo-community_officer", "demo-station_chief", "demo-station_desk")


def run(name: str) -> Iterator[dict[str, Any]]:
    """Measure one database."""
    with running() as site:
        tokens = [linli("token", user, "--days", "1")["token"] for user in USERS]
        took, brought, cuts = _bad_line(site, tokens[0])
        phones, took_s = asyncio.run(_many(site, tokens))
    lost, doubled = _counted(brought)
    yield {"metric": "s", "value": round(max(took), 1), "unit": "s", "n": COUNT, **_beside(took, brought[0])}
    yield {"metric": "s_median", "value": round(sorted(took)[len(took) // 2], 1), "unit": "s", "n": len(took)}
    yield {"metric": "cuts", "value": cuts, "unit": "", "n": len(took)}
    yield {"metric": "lost", "value": lost, "unit": "", "n": COUNT * len(took)}
    yield {"metric": "doubled", "value": doubled, "unit": "", "n": COUNT * len(took)}
    yield {"metric": "phones_per_hour", "value": round(phones / took_s * 3600), "unit": "1/h", "n": phones}


def _bad_line(site: Site, token: str) -> tuple[list[float], list[list[dict[str, Any]]], int]:
    """Seconds for each schedule, what was brought, how many exchanges were cut."""
    took, brought, cuts = [], [], 0
    for seed in range(SCHEDULES):
        line = _Lossy(site.port, KBIT_S, DELAY_S, handshakes=2, resets=RESETS, seed=seed)
        author, queue = asyncio.run(_prepared(site, token, seed))
        with bad_line(line) as port:
            began = time.perf_counter()
            asyncio.run(_delivered(Line(port, token), author, queue))
            took.append(time.perf_counter() - began)
        brought.append(queue)
        cuts += line.cut
    return took, brought, cuts


class _Lossy(BadLine):
    """In the last schedule the first answer is always lost after the server did the work."""

    def fate(self) -> tuple[str, int]:
        if self.seed == SCHEDULES - 1 and not self.exchanges:
            self.exchanges += 1
            return "cut down", 0
        return super().fate()


async def _prepared(site: Site, token: str, seed: int) -> tuple[str, list[dict[str, Any]]]:
    """A registered phone, and what its officer did in two days."""
    line, device = Line(site.port, token), str(uuid.uuid4())
    await line.ask("POST", "/field/devices", {"device": device, "name": "bench"})
    me = await line.ask("GET", "/me")
    line.close()
    return device, operations(me["id"], COUNT, seed=seed + 100)


async def _delivered(line: Line, device: str, queue: list[dict[str, Any]]) -> None:
    answers = await deliver(line, device, queue)
    line.close()
    wrong = [one for one in answers.values() if one["answer"] not in ("applied", "duplicate")]
    if wrong:
        raise RuntimeError(f"{len(wrong)} operations were not done: {wrong[0]}")


def _beside(took: list[float], queue: list[dict[str, Any]]) -> dict[str, Any]:
    """What the line alone would need for the same operations one by one, unpacked: bytes and one round trip each."""
    sizes = sum(len(json.dumps(one, ensure_ascii=False).encode()) + 400 for one in queue)
    alone = sizes * 8 / (KBIT_S * 1000) + len(queue) * 2 * DELAY_S
    against = "the same operations one request each, unpacked: bytes by width and a round trip each, reckoned"
    return {"ratio": round(max(took) / alone, 4), "against": against}


async def _many(site: Site, tokens: list[str]) -> tuple[int, float]:
    """How many phones came back in how many seconds."""
    began, done = time.perf_counter(), 0

    async def come_back(number: int) -> None:
        nonlocal done
        line = Line(site.port, tokens[number % len(tokens)])
        me = await line.ask("GET", "/me")
        while time.perf_counter() - began < FULL_S:
            device = str(uuid.uuid4())
            await line.ask("POST", "/field/devices", {"device": device, "name": "bench"})
            await line.ask("GET", "/field/forms")
            queue = operations(me["id"], TEN, seed=uuid.uuid4().int)
            await deliver(line, device, queue, side_by_side=1)
            cursor: str | None = ""
            while cursor is not None:
                page = await line.ask("GET", f"/field/pack?device={device}&since={cursor}")
                cursor = page["next"]
            await line.ask("GET", f"/field/answers?device={device}")
            done += 1
        line.close()

    await asyncio.gather(*(come_back(number) for number in range(SIDE_BY_SIDE)))
    return done, time.perf_counter() - began


def _counted(brought: list[list[dict[str, Any]]]) -> tuple[int, int]:
    """Operations whose change is not in the database, and changes that are there more than once."""
    lost = doubled = 0
    for queue in brought:
        receipts = set(Operation.objects.filter(op_id__in=[one["id"] for one in queue]).values_list("op_id", flat=True))
        lost += len(queue) - len(receipts)
        records = {one["record"] for one in queue}
        notes = sum(one["act"] == "matter.note" for one in queue)
        opened = Matter.objects.filter(pk__in=records).count()
        written = Note.objects.filter(matter_id__in=records).count()
        lost += max(0, len(records) - opened) + max(0, notes - written)
        doubled += max(0, written - notes) + max(0, opened - len(records))
    return lost, doubled
