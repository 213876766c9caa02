"""The line down and up: a task that reaches 10,000 people, each once; a report that climbs six levels, signed on each.

What a call taker notices is the longest write of it (``step_ms``): the plain way beside it in the same run writes all
10,000 rows in one transaction, and everybody else waits for that.

Then the same with a way out to telephones: ``down_told_s`` until the last one's row is there, ``told_s`` until the last
of 10,000 messages is queued, ``told_write_p99_ms`` how long somebody else's small write waits
meanwhile.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import django
import httpx

from benchmarks.public_client import post_reports
from benchmarks.site import LINLI, linli, percentile
from tools.workshop.postgres import free_port

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings.embedded")
django.setup()

from django.db import connection, transaction  # noqa: E402  (models need the settings above)

from linli.kernel import clock  # noqa: E402  (models need the settings above)
from linli.kernel.ids import new_id  # noqa: E402  (models need the settings above)
from linli.kernel.rows import insert_values  # noqa: E402  (models need the settings above)
from linli.kernel.scope import Actor, system  # noqa: E402  (models need the settings above)
from linli.matters.ledger.acts import Placed, open_matter  # noqa: E402  (models need the settings above)
from linli.matters.ledger.models import Matter  # noqa: E402  (models need the settings above)
from linli.matters.line.acts import send_up, sign  # noqa: E402  (models need the settings above)
from linli.matters.line.models import Hop  # noqa: E402  (models need the settings above)
from linli.matters.tasks.acts import issue_task, spread_step  # noqa: E402  (models need the settings above)
from linli.matters.tasks.acts.sending import STEP  # noqa: E402  (models need the settings above)
from linli.matters.tasks.models import Receipt, Tasking  # noqa: E402  (models need the settings above)
from linli.matters.tasks.queries import meant_after  # noqa: E402  (models need the settings above)
from linli.org.agencies.acts import open_agency  # noqa: E402  (models need the settings above)
from linli.org.agencies.models import Agency  # noqa: E402  (models need the settings above)
from linli.org.people.models import Person  # noqa: E402  (models need the settings above)
from linli.org.posts.models import Post  # noqa: E402  (models need the settings above)
from linli.org.posts.queries import person_actor  # noqa: E402  (models need the settings above)
from linli.works.channels.acts.setting import set_channel  # noqa: E402  (models need the settings above)
from linli.works.jobs.acts import cancel  # noqa: E402  (models need the settings above)
from linli.works.outbox.models import Message  # noqa: E402  (models need the settings above)

NAMES = ("line.sqlite", "line.postgres")
PEOPLE, STATIONS, ROOMS = 10_000, 20, 8
REPORTS, REPORTS_A_S = 6_000, 100.0
PATIENCE_S = 120.0
SETUP = system("bench")
SINCE = date(2020, 1, 1)
CLIMB = ("assistant", "auxiliary", "community_officer", "station_chief", "bureau_leader")


def run(name: str) -> Iterator[dict[str, Any]]:
    """A bureau of 20 stations with 8 rooms each and 10,000 information officers."""
    linli("init")
    bureau, room = _organisation()
    people = _people(room)
    _information_officers()
    leader = person_actor(people["bureau_leader"], door="api")
    with _worker():
        down_s, rows = _down(leader, bureau)
        up_s, hops = _up(people, room)
        told = list(_told(leader, bureau))
    yield {"metric": "last_s", "value": round(max(down_s, up_s), 2), "unit": "s", "n": rows}
    yield {"metric": "down_s", "value": round(down_s, 2), "unit": "s", "n": rows}
    yield {"metric": "up_s", "value": round(up_s, 2), "unit": "s", "n": hops}
    yield from told
    doubled = Receipt.objects.count() - Receipt.objects.values("person_id", "tasking_id").distinct().count()
    yield {"metric": "doubled", "value": doubled, "unit": "rows", "n": rows}
    steps_ms, whole_ms = _steps(leader, bureau)
    beside = {"ratio": round(whole_ms / max(steps_ms), 1), "against": "all in one transaction"}
    yield from _reports()
    yield {"metric": "step_ms", "value": round(max(steps_ms), 1), "unit": "ms", "n": len(steps_ms), **beside}


@contextmanager
def _worker() -> Iterator[None]:
    nowhere = subprocess.DEVNULL
    worker = subprocess.Popen([str(LINLI), "worker"], stdin=nowhere, stdout=nowhere, stderr=nowhere)
    try:
        yield
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)


@contextmanager
def _served() -> Iterator[str]:
    """Two web processes, as in the field; the address they listen at."""
    port = free_port()
    web = subprocess.Popen(
        [str(LINLI), "serve", "--port", str(port), "--workers", "2"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE_S
        while not _is_ready(f"http://127.0.0.1:{port}/readyz"):
            if time.monotonic() > until:
                raise RuntimeError("the server is not ready")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait(20)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.HTTPError:
        return False


def _reports() -> Iterator[dict[str, Any]]:
    """100 residents' reports a second for a minute: of those that were sent, how many the ledger does not hold."""
    places = [f"room={code}" for code in Agency.objects.filter(kind="room").values_list("code", flat=True)]
    with _served() as address:
        told = post_reports(address, n=REPORTS, per_s=REPORTS_A_S, places=places)
    held = 0
    numbers = sorted(told.numbers)
    for start in range(0, len(numbers), 500):
        held += Matter.objects.filter(number__in=numbers[start : start + 500]).count()
    yield {"metric": "reports_lost", "value": told.sent - held, "unit": "reports", "n": told.sent}
    yield {"metric": "reports_p99_ms", "value": round(told.p99_ms, 1), "unit": "ms", "n": told.sent}


def _organisation() -> tuple[Agency, Agency]:
    bureau = open_agency(SETUP, code="B", name="局", kind="bureau", parent=None)
    room = None
    for s in range(STATIONS):
        station = open_agency(SETUP, code=f"S{s}", name=f"第{s}派出所", kind="station", parent=bureau)
        for r in range(ROOMS):
            made = open_agency(SETUP, code=f"R{s}-{r}", name=f"第{s}-{r}警务室", kind="room", parent=station)
            room = room or made
    if room is None:
        raise RuntimeError("no room")
    return bureau, room


def _people(room: Agency) -> dict[str, Person]:
    """One person on each level above the first room, and one information officer in it."""
    station = Agency.objects.get(code="S0")
    places = {"station_chief": station, "bureau_leader": Agency.objects.get(code="B")}
    found = {}
    for post in ("information_officer", *CLIMB):
        found[post] = Person.objects.create(staff_no=post, name=post, wecom_id=post)
        Post.objects.create(person=found[post], agency=places.get(post, room), code=post, since=SINCE)
    return found


def _information_officers() -> None:
    rooms = list(Agency.objects.filter(kind="room").values_list("pk", flat=True))
    people = [
        {"id": new_id(), "staff_no": f"X{n:05d}", "name": f"信息员{n}", "wecom_id": f"w{n:05d}"}
        for n in range(PEOPLE - 1)
    ]
    for start in range(0, len(people), 1_000):
        batch = people[start : start + 1_000]
        with transaction.atomic():
            insert_values(Person, *batch)
            insert_values(
                Post,
                *(
                    {
                        "person_id": one["id"],
                        "agency_id": rooms[(start + n) % len(rooms)],
                        "code": "information_officer",
                        "since": SINCE,
                    }
                    for n, one in enumerate(batch)
                ),
            )


def _task(leader: Actor, bureau: Agency, title: str) -> Tasking:
    return issue_task(
        leader,
        title=title,
        what="每村看三家沿街店铺。",
        area=bureau,
        posts=("information_officer",),
        ends_at=clock.now() + timedelta(days=2),
        source="rule",
        basis="社区警务工作规范",
    )


def _down(leader: Actor, bureau: Agency) -> tuple[float, int]:
    """Seconds from the act of who sends it until the last one's row is there for him, and how many rows."""
    begun = time.monotonic()
    tasking = _task(leader, bureau, "下到每一个人")
    until = begun + PATIENCE_S
    while not Tasking.objects.filter(pk=tasking.pk, spread_at__isnull=False).exists():
        if time.monotonic() > until:
            raise RuntimeError("the task did not reach everybody")
        time.sleep(0.02)
    took_s, rows = time.monotonic() - begun, Receipt.objects.filter(tasking=tasking).count()
    if rows != PEOPLE:
        raise RuntimeError(f"{rows} of {PEOPLE} were reached")
    return took_s, rows


def _told(leader: Actor, bureau: Agency) -> Iterator[dict[str, Any]]:
    """A task with a written word to everybody, whose gateway does not answer: the rows first, the words behind them."""
    set_channel(SETUP, channel="bench", kind="wecom_app", url="http://127.0.0.1:9/", secret="not a secret of anybody")
    begun, down_s, waits_ms = time.monotonic(), 0.0, list[float]()
    tasking = _task(leader, bureau, "每人一句话")
    queued = Message.objects.filter(template="task.new")
    while True:
        wrote = time.monotonic()
        with transaction.atomic():
            Agency.objects.filter(pk=bureau.pk).update(phone="0000-1")
        waits_ms.append((time.monotonic() - wrote) * 1000)
        if not down_s and Tasking.objects.filter(pk=tasking.pk, spread_at__isnull=False).exists():
            down_s = time.monotonic() - begun
        if down_s and queued.count() >= PEOPLE:
            break
        if time.monotonic() > begun + PATIENCE_S:
            raise RuntimeError(f"{queued.count()} of {PEOPLE} messages are queued")
        time.sleep(0.05)
    told_s, count = time.monotonic() - begun, queued.count()
    # What comes after is measured without ten thousand words that cannot go out.
    set_channel(SETUP, channel="bench", kind="wecom_app", url="http://127.0.0.1:9/", enabled=False)
    cancel(prefix="outbox:")
    once = queued.values("recipient").distinct().count()
    if count != PEOPLE or once != PEOPLE:
        raise RuntimeError(f"{count} messages to {once} people")
    yield {"metric": "down_told_s", "value": round(down_s, 2), "unit": "s", "n": PEOPLE}
    yield {"metric": "told_s", "value": round(told_s, 2), "unit": "s", "n": count}
    p99_ms = percentile(waits_ms, 0.99)
    yield {"metric": "told_write_p99_ms", "value": round(p99_ms, 1), "unit": "ms", "n": len(waits_ms)}


def _up(people: dict[str, Person], room: Agency) -> tuple[float, int]:
    """Seconds for a report from the information officer until the bureau has signed; and its hops."""
    begun = time.monotonic()
    teller = person_actor(people["information_officer"], door="api")
    matter = open_matter(teller, kind="community_info", details={"what": "新来四十多人"}, place=Placed(agency=room))
    for post in CLIMB:
        actor = person_actor(people[post], door="api")
        hop = Hop.objects.select_related("matter", "agency").get(matter=matter, state="waiting")
        sign(actor, hop=hop)
        if post != CLIMB[-1]:
            send_up(actor, hop=hop)
    took_s, hops = time.monotonic() - begun, Hop.objects.filter(matter=matter).count()
    if hops != len(CLIMB):
        raise RuntimeError(f"{hops} hops instead of {len(CLIMB)}")
    return took_s, hops


def _steps(leader: Actor, bureau: Agency) -> tuple[list[float], float]:
    """Milliseconds of each step of the same task without the worker; and of all rows at once."""
    tasking = _task(leader, bureau, "一步一步")
    took_ms: list[float] = []
    after = None
    while True:
        meant = meant_after(bureau, ("information_officer",), after, STEP)
        if not meant:
            break
        begun = time.monotonic()
        spread_step(SETUP, tasking=tasking, meant=meant)
        after = meant[-1].person
        took_ms.append((time.monotonic() - begun) * 1000)
    rows = list(Receipt.objects.filter(tasking=tasking).values_list("person_id", "agency_id", "post"))
    Receipt.objects.filter(tasking=tasking).delete()
    begun, now = time.monotonic(), clock.now()
    with transaction.atomic():
        for start in range(0, len(rows), 1_000):
            insert_values(
                Receipt,
                *(
                    {"tasking_id": tasking.pk, "person_id": one, "agency_id": agency, "post": post, "sent_at": now}
                    for one, agency, post in rows[start : start + 1_000]
                ),
            )
    connection.close()
    return took_ms, (time.monotonic() - begun) * 1000
