"""Residents sending reports as fast as they come: the residents' own form, posted by many telephones at once.

Each report has its own secret, so that none is taken for another; what came back is compared by number with what the
ledger holds. The form is opened once: it is the sending that is measured.
"""

from __future__ import annotations

import http.client
import re
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_OPENED = re.compile(r'name="opened" value="([^"]+)"')
_NUMBER = re.compile(rb"<b>([A-Z]{2}\d{8}-\d+)</b>")
_TIMEOUT_S = 30.0
_READ_S = 2.5
"""A form is not believed within two seconds of its opening."""


@dataclass(slots=True)
class PostedReports:
    """What became of ``sent`` reports: how many were answered with a number, the numbers, the slowest hundredth, how
    long it took. ``refused`` counts other answers by status (0: no answer at all).
    """

    sent: int
    answered: int = 0
    numbers: set[str] = field(default_factory=set)
    refused: dict[int, int] = field(default_factory=dict)
    p99_ms: float = 0.0
    took_s: float = 0.0


def post_reports(
    base_urls: str | Sequence[str],
    *,
    n: int,
    per_s: float,
    threads: int = 32,
    places: Sequence[str] = (),
) -> PostedReports:
    """Post ``n`` hazards, ``per_s`` a second, over ``threads`` lines, in turn to each of ``base_urls`` (one for each
    web process). ``places`` are the queries by which a form knows its place (``room=R1``, ``card=…``), in turn.
    """
    bases = [base_urls] if isinstance(base_urls, str) else list(base_urls)
    opened = _opened(bases[0])
    time.sleep(_READ_S)
    told, waits_ms = PostedReports(n), list[float]()
    guard, next_up, began_s = threading.Lock(), iter(range(n)), time.monotonic()

    def line(base: str) -> None:
        held = http.client.HTTPConnection(urlsplit(base).netloc, timeout=_TIMEOUT_S)
        while True:
            with guard:
                number = next(next_up, None)
            if number is None:
                return
            time.sleep(max(0.0, began_s + number / per_s - time.monotonic()))
            sent_s = time.monotonic()
            status, body = _post(held, places[number % len(places)] if places else "", number, opened)
            with guard:
                waits_ms.append((time.monotonic() - sent_s) * 1000)
                _count(told, status, body)

    lines = [threading.Thread(target=line, args=(bases[one % len(bases)],)) for one in range(threads)]
    for one in lines:
        one.start()
    for one in lines:
        one.join()
    told.took_s = time.monotonic() - began_s
    waits_ms.sort()
    told.p99_ms = waits_ms[min(len(waits_ms) - 1, int(len(waits_ms) * 0.99))] if waits_ms else 0.0
    return told


def _count(told: PostedReports, status: int, body: bytes) -> None:
    found = _NUMBER.search(body) if status == 200 else None
    if found:
        told.answered += 1
        told.numbers.add(found[1].decode())
    else:
        told.refused[status] = told.refused.get(status, 0) + 1


def _opened(base: str) -> str:
    held = http.client.HTTPConnection(urlsplit(base).netloc, timeout=_TIMEOUT_S)
    held.request("GET", "/door/send/hazard")
    page = held.getresponse().read().decode()
    found = _OPENED.search(page)
    if found is None:
        raise RuntimeError("the form of the residents' door carries no proof of time")
    return found[1]


def _post(held: http.client.HTTPConnection, query: str, number: int, opened: str) -> tuple[int, bytes]:
    values = {
        "opened": opened,
        "once": secrets.token_urlsafe(18),
        "sort": "lamp",
        "text": f"村口第{number}盏路灯不亮，夜里看不清路",
        "readers": "room",
        "anyway": "1",
    }
    where = f"/door/send/hazard?{query}" if query else "/door/send/hazard"
    try:
        held.request("POST", where, urlencode(values), {"Content-Type": "application/x-www-form-urlencoded"})
        answer = held.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        held.close()
        return 0, b""
