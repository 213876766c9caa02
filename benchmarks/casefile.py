"""`casefile`: a case's whole file as PDF, a thousand of them one after the other, and what lies near a dispute among
100,000.

The file has a cover, its contents and four papers, six pages in all, as `mediation.papers` sets them. Beside it the
plain way in the same run: the font read anew for each file. The search is the one that a case's page asks on each look:
the same place, the 60 m around, the same telephone.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pypdfium2

from benchmarks.ledger import kept
from benchmarks.site import percentile

NAMES = ("casefile", "casefile.postgres")
DISPUTES = 100_000
FILES, PLAIN, ASKED = 1_000, 10, 400
PAGES = 6
_WORDS = "双方因采光和围墙发生争执，经调解员到场核实，新楼高出图纸一层，采光每天少两个小时。" * 5


def run(name: str) -> Iterator[dict[str, Any]]:
    """Measure one database, and the printing that needs none."""
    with kept(name.endswith(".postgres"), DISPUTES):
        if name == "casefile":
            yield from _printed()
        yield from _searched()


def _facts(number: int) -> dict[str, Any]:
    paper = {
        "code": "record",
        "title": "调解记录",
        "number": f"JF{number}",
        "agency": "溪东司法所",
        "lines": [["申请方", "石甲，电话139"], ["被申请方", "水乙，住青石弄7号"]],
        "sections": [[heading, _WORDS] for heading in ("主要事实", "争议事项", "各方责任", "协议内容")],
        "signers": ["石甲", "水乙", "调解员", "（印章）"],
        "notes": ["本协议一式三份。"],
    }
    contents = [{"words": f"材料{n}", "there": True, "missing": False, "required": n < 6} for n in range(12)]
    head = {"title": "调解卷宗", "number": f"JF{number}", "agency": "溪东司法所", "printed": "2026年"}
    return {**head, "contents": contents, "brought": [], "papers": [paper] * 4}


def _printed() -> Iterator[dict[str, Any]]:
    from linli.mediation.papers.queries import printed  # noqa: PLC0415  (Django is set up only now)
    from linli.works.papers import rules  # noqa: PLC0415  (Django is set up only now)

    plain = []
    for number in range(PLAIN):
        rules.fonts.cache_clear()
        plain.append(_timed(lambda number=number: printed(_facts(number), "pdf")))
    began_s = time.perf_counter()
    waits = [_timed(lambda number=number: printed(_facts(number), "pdf")) for number in range(FILES)]
    whole_s = time.perf_counter() - began_s
    pages = len(pypdfium2.PdfDocument(BytesIO(printed(_facts(0), "pdf"))))
    if pages != PAGES:
        raise SystemExit(f"the file has {pages} pages and not {PAGES}")
    ratio = round(percentile(plain, 0.5) / percentile(waits, 0.5), 1)
    yield {
        "metric": "s",
        "value": round(percentile(waits, 0.95), 3),
        "unit": "s",
        "n": FILES,
        "ratio": ratio,
        "against": "the font read for each file",
    }
    yield {"metric": "first_s", "value": round(plain[0], 3), "unit": "s", "n": 1}
    yield {"metric": "thousand_s", "value": round(whole_s, 1), "unit": "s", "n": FILES}


def _timed(deed: Any) -> float:
    began_s = time.perf_counter()
    deed()
    return time.perf_counter() - began_s


def _searched() -> Iterator[dict[str, Any]]:
    from django.db import connection  # noqa: PLC0415  (Django is set up only now)

    from linli.matters.ledger.models import Matter  # noqa: PLC0415  (Django is set up only now)
    from linli.mediation.cases.queries import near_disputes  # noqa: PLC0415  (Django is set up only now)

    with connection.cursor() as cursor:
        cursor.execute("UPDATE matters_matter SET kind = 'dispute' WHERE kind <> 'dispute'")
    keys = list(Matter.objects.order_by("line").values_list("pk", flat=True))
    asked = Matter.objects.in_bulk(random.Random(6).sample(keys, ASKED))
    found: list[int] = []
    waits = []
    for row in asked.values():
        began_s = time.perf_counter()
        found.append(len(near_disputes(row)))
        waits.append(time.perf_counter() - began_s)
    if not any(found):
        raise SystemExit("nothing lies near anything: that measures nothing")
    yield {
        "metric": "similar_p95_ms",
        "value": round(percentile(waits, 0.95) * 1000, 1),
        "unit": "ms",
        "n": len(waits),
    }
    yield {"metric": "similar_found", "value": round(sum(found) / len(found), 1), "unit": "matters", "n": len(keys)}
