"""The three views over a million matters, as pages in process: board, chief's day, officer's day.

Beside the board the plain way in the same run: the same figures counted from the rows of both periods.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.ledger import kept
from benchmarks.site import percentile

NAMES = ("views.sqlite", "views.postgres")
ROUNDS = 12
PLAIN_ROUNDS = 2
PAGES = (
    ("board", "dispatcher", "/board?period=half&view=rows"),
    ("board_month", "dispatcher", "/board?period=month"),
    ("station", "station_chief", "/board?period=half"),
    ("chief", "station_chief", "/today?period=half"),
    ("bureau_day", "dispatcher", "/today"),
    ("officer", "community_officer", "/today"),
    ("lists", "station_chief", "/lists"),
)


def run(name: str) -> Iterator[dict[str, Any]]:
    """Measure one database."""
    with kept(name.endswith(".postgres")):
        yield from _figures()


def _figures() -> Iterator[dict[str, Any]]:
    days, took_s = _rolled()
    if days:
        yield {"metric": "roll_ms_a_day", "value": round(took_s / days * 1000, 1), "unit": "ms", "n": days}
    doors = _doors()
    everything: list[float] = []
    for metric, post, path in PAGES:
        doors[post](path)  # what is kept in memory has been read
        waits = [doors[post](path) for _ in range(ROUNDS)]
        everything += waits
        line = {"metric": f"{metric}_p95_ms", "value": _ms(waits, 0.95), "unit": "ms", "n": len(waits)}
        if metric == "board":
            plain = [_plain() for _ in range(PLAIN_ROUNDS)]
            line |= {"ratio": round(_ms(plain, 0.5) / _ms(waits, 0.5), 1), "against": "both periods counted from rows"}
        yield line
    yield {"metric": "p95_ms", "value": _ms(everything, 0.95), "unit": "ms", "n": len(everything)}


def _ms(waits_s: list[float], share: float) -> float:
    return round(percentile(waits_s, share) * 1000, 1)


def _rolled() -> tuple[int, float]:
    """Sum every day that is not summed yet; returns how many, and the seconds."""
    from django.db import transaction  # noqa: PLC0415  (Django is set up only now)
    from django.db.models import Max, Min  # noqa: PLC0415  (Django is set up only now)

    from linli.insight.measures.acts import roll_day  # noqa: PLC0415  (Django is set up only now)
    from linli.insight.measures.models import Followed, Rolled  # noqa: PLC0415  (Django is set up only now)
    from linli.insight.measures.queries.figures import DAY  # noqa: PLC0415  (Django is set up only now)
    from linli.kernel import clock  # noqa: PLC0415  (Django is set up only now)
    from linli.matters.ledger.models import Matter  # noqa: PLC0415  (Django is set up only now)

    span = Matter.objects.aggregate(first=Min("received_at"), touched=Max("touched_at"))
    day, today = clock.shanghai(span["first"]).date().replace(day=1), clock.today()
    known = set(Rolled.objects.filter(span="D", stale=False).values_list("day", flat=True))
    began_s, days = time.perf_counter(), 0
    while day < today:
        if day not in known:
            with transaction.atomic():
                roll_day(day)
            days += 1
        day += DAY
    took_s = time.perf_counter() - began_s
    Followed.objects.update_or_create(id=1, defaults={"until": span["touched"] + 2 * DAY})
    return days, took_s


def _doors() -> dict[str, Callable[[str], float]]:
    from allauth.mfa.models import Authenticator  # noqa: PLC0415  (Django is set up only now)
    from django.test import Client  # noqa: PLC0415  (Django is set up only now)

    from benchmarks.million import MAKER, organised  # noqa: PLC0415  (Django is set up only now)
    from linli.org.people.acts import open_account  # noqa: PLC0415  (Django is set up only now)
    from linli.org.people.models import Account  # noqa: PLC0415  (Django is set up only now)

    doors = {}
    for post, person in organised().people.items():
        account = Account.objects.filter(username=f"bench-{post}").first()
        account = account or open_account(MAKER, username=f"bench-{post}", person=person)
        # A password alone opens no page.
        Authenticator.objects.get_or_create(user=account, type=Authenticator.Type.TOTP, defaults={"data": {}})
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        doors[post] = _door(client)
    return doors


def _door(client: Any) -> Callable[[str], float]:
    def ask(path: str) -> float:
        began_s = time.perf_counter()
        answer = client.get(path)
        took_s = time.perf_counter() - began_s
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.headers.get('Location', '')}")
        return took_s

    return ask


def _plain() -> float:
    """The same periods counted from the ledger's rows."""
    from linli.insight.measures.queries.figures import counted  # noqa: PLC0415  (Django is set up only now)
    from linli.insight.measures.queries.places import Tree  # noqa: PLC0415  (Django is set up only now)
    from linli.insight.measures.rules import period_of  # noqa: PLC0415  (Django is set up only now)
    from linli.kernel import clock  # noqa: PLC0415  (Django is set up only now)

    period = period_of("half", clock.today())
    began_s = time.perf_counter()
    counted([(period.begins, period.ends, "now"), (period.before_begins, period.before_ends, "before")], Tree.load())
    return time.perf_counter() - began_s
