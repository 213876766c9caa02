"""The chief's numbers, each counted by the ledger's own filters: a number is its list (F3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linli.insight.chief.rules import NUMBERS
from linli.insight.measures.queries.proofs import of_the_line, proofs
from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import count_of, matters_where, where
from linli.matters.ledger.rules import FILTERS, Asked
from linli.matters.ledger.rules.filters import REPORTS, Filter
from linli.matters.line.rules import REPORTS as LINE_KINDS
from linli.org.agencies.models import Agency

__all__ = ["FILTERS", "REPORTS", "declare_filters", "numbers", "rows"]

SETTLED = ("settled", "done", "fed_back")
ARRIVALS: dict[str, tuple[str, Words]] = {
    "known": ("was_timed", Words("有承诺且有到场时间", "promised and arrived")),
    "in_time": ("was_in_time", Words("按时到场", "in time")),
    "missing": ("has_no_arrival", Words("缺到场时间", "arrival missing")),
}

ON_LINE: dict[str, tuple[Q, Words]] = {
    "up": (Q(kind__in=LINE_KINDS, hop_n__gt=0), Words("逐级上报", "up the line")),
    "in_time": (Q(kind__in=LINE_KINDS, hop_n__gt=0, signed_in_time=True), Words("全程按时签收", "signed in time")),
    "down": (Q(kind="task", receipt_n__gt=0), Words("下发", "down the line")),
}


def _agencies(actor: Actor) -> list[Any]:
    return [post.agency_id for post in actor.posts if post.sees]


def _flag(condition: Q, value: str) -> Q:
    if value not in ("0", "1"):
        raise Invalid("fact.wrong", field="filter", why=value[:40])
    return condition if value == "1" else ~condition


def _unsettled(actor: Actor, asked: Asked, prefix: str) -> Q:
    """Open, and not yet waiting for a feedback or a countersign."""
    return _flag(Q(closed_at__isnull=True) & ~Q(state__in=SETTLED), asked.value)


def _for_me(actor: Actor, asked: Asked, prefix: str) -> Q:
    """In my hands, or in nobody's and at an agency of mine."""
    return _flag(Q(assignee=actor.id) | Q(assignee__isnull=True, agency__in=_agencies(actor)), asked.value)


def _handled_by_us(actor: Actor, asked: Asked, prefix: str) -> Q:
    """Settled by an agency of mine."""
    return _flag(Q(handled_by__in=_agencies(actor)), asked.value)


def _arrival(actor: Actor, asked: Asked, prefix: str) -> Q:
    """What is known of the arrival, by the same proofs as the figures."""
    if asked.value not in ARRIVALS:
        raise Invalid("fact.wrong", field="arrival", why=asked.value[:40])
    proof = proofs()[ARRIVALS[asked.value][0]]
    return Q(Exists(Matter.objects.filter(Q(proof), pk=OuterRef(f"{prefix}pk")).order_by()))


def _on_line(actor: Actor, asked: Asked, prefix: str) -> Q:
    """What went up or down the line, by the same proofs as the figures."""
    if asked.value not in ON_LINE:
        raise Invalid("fact.wrong", field="line", why=asked.value[:40])
    found = Matter.objects.alias(**of_the_line()).filter(ON_LINE[asked.value][0], pk=OuterRef(f"{prefix}pk"))
    return Q(Exists(found.order_by()))


def declare_filters() -> None:
    """The filters that need more than the ledger knows, or that only a day's page asks for."""
    choices = tuple((code, words) for code, (_, words) in ARRIVALS.items())
    ways = tuple((code, words) for code, (_, words) in ON_LINE.items())
    for declared in (
        Filter("unsettled", Words("未办结", "not settled"), "flag", "1", None, (), _unsettled),
        Filter("for_me", Words("等我办", "waits for me"), "flag", "1", None, (), _for_me),
        Filter("handled_by_us", Words("本单位处置", "settled by us"), "flag", "1", None, (), _handled_by_us),
        Filter("line", Words("上报与下发", "up and down the line"), "choice", "up", None, ways, _on_line),
        Filter("arrival", Words("到场时间", "arrival"), "choice", "known", None, choices, _arrival),
    ):
        FILTERS.add(declared.name, declared)


def rows(actor: Actor, params: Mapping[str, str], at: datetime | None = None) -> QuerySet[Matter]:
    """The matters of a ledger filter that the actor may see."""
    return matters_where(actor, params, at=at)


def numbers(actor: Actor, place: Agency) -> dict[str, int]:
    """The chief's numbers of one place by code: those of open matters in one question, the others by the list."""
    at, here = clock.now(), {"place": place.code}
    still = [item for item in NUMBERS.values() if item.of_open]
    seen = Matter.objects.visible_to(actor).still_open().filter(where(actor, here, at=at)).order_by()
    wanted = {item.code: Count("pk", filter=where(actor, item.filters, at=at)) for item in still}
    found: dict[str, int] = seen.aggregate(**wanted)
    for item in NUMBERS.values():
        if not item.of_open:
            found[item.code] = count_of(actor, {**item.filters, **here}, exact=True).value
    return found
