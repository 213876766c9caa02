"""Which seven things, in which order, and why: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.kernel.claims import Claim, ClaimSource, Waiting, Weight
from linli.kernel.words import Words

MOST = 7
"""So many things fit into one head and on one phone; the rest is one tap away (F3)."""

ORDER = Words(
    "先法定期限，再对群众的承诺，后工作任务；同一类中先到期的在前，没有期限的在后。最多七件，其余在台账。",
    "Legal deadlines first, then promises to residents, then tasks; within each what falls due first, what has no date "
    "last. At most seven; the rest is in the ledger.",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the seven: the claim, its source, whether its time is over, and how much is left in words."""

    claim: Claim
    source: ClaimSource
    late: bool
    left: Words | None

    @property
    def weight(self) -> Weight:
        return weight_of(self.source, self.claim)


@dataclass(frozen=True, slots=True)
class Rest:
    """How many more of a source there are, and where their list is."""

    source: ClaimSource
    n: int


@dataclass(frozen=True, slots=True)
class Day:
    """What stands on the page: at most seven, and the rest by source."""

    shown: Sequence[Shown]
    rest: Sequence[Rest]
    total: int

    @property
    def more(self) -> int:
        return sum(item.n for item in self.rest)


def arranged(found: Iterable[tuple[ClaimSource, Waiting]], at: datetime, most: int = MOST) -> Day:
    """The heaviest and soonest first; what two sources claim stands once, under the heavier one.

    Sources that show a row of another must not count it in their ``total``: a list's number is its rows.
    """
    found = list(found)
    pairs = [(source, claim) for source, waiting in found for claim in waiting.claims]
    pairs.sort(key=lambda pair: _place(*pair))
    shown: list[Shown] = []
    seen: set[str] = set()
    for source, claim in pairs:
        if claim.key in seen or len(shown) == most:
            continue
        seen.add(claim.key)
        left = until(at, claim.by_at) if claim.by_at else None
        shown.append(Shown(claim, source, claim.by_at is not None and claim.by_at < at, left))
    counted = {source.code: 0 for source, _ in found}
    for item in shown:
        counted[item.source.code] += 1
    rest = [Rest(source, max(0, waiting.total - counted[source.code])) for source, waiting in found]
    return Day(shown, [item for item in rest if item.n], sum(waiting.total for _, waiting in found))


def weight_of(source: ClaimSource, claim: Claim) -> Weight:
    """What a claim rests on: its own word, else its source's."""
    return claim.weight or source.weight


def _place(source: ClaimSource, claim: Claim) -> tuple[int, bool, float, str]:
    return (
        int(weight_of(source, claim)),
        claim.by_at is None,
        claim.by_at.timestamp() if claim.by_at else 0.0,
        claim.key,
    )


def until(at: datetime, by_at: datetime) -> Words:
    """How much time is left, or since when it is over, in words."""
    left_s = (by_at - at).total_seconds()
    span_zh, span_en = _span(abs(left_s))
    if left_s < 0:
        return Words(f"已超期{span_zh}", f"{span_en} overdue")
    return Words(f"还有{span_zh}", f"{span_en} left")


def _span(seconds: float) -> tuple[str, str]:
    for size, zh, en in ((86_400, "天", "d"), (3_600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size:
            n = int(seconds // size)
            return f"{n}{zh}", f"{n} {en}"
    return "不到1分钟", "less than 1 min"
