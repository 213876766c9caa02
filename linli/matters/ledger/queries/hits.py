"""How the list is narrowed to the matters that hold words: few of them by their lines, many the quickest way that does
not depend on where in the ledger they lie (ADR 0141).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from linli.kernel.crypto import blind_index
from linli.kernel.errors import Invalid, declare
from linli.kernel.prepared import ask
from linli.matters.ledger.models import Matter
from linli.matters.parties.models import PHONE_CONTEXT
from linli.matters.parties.rules import plain_phone
from linli.matters.search.models import Words, holding
from linli.matters.search.rules.grams import too_short, wanted_sets

declare("search.too_short", zh="请至少输入两个字。", en="Please give at least two characters.")

MOST_LINES = 2_000
"""So many matters that hold the words are asked for by their lines."""
_PHONE_DIGITS = range(7, 14)
_PERSON = 32
"""The length of a key that is a person: few matters are his."""
NOTHING = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Hits:
    """What holds one of ``sets`` of grams, or has the telephone number. ``lines``: all of it, when that is little."""

    sets: list[list[str]]
    phone: str
    lines: tuple[int, ...] | None

    @property
    def many(self) -> bool:
        """Whether looking them up takes longer than anything else: then it is done once for page and count."""
        return self.lines is None and connection.vendor == "postgresql"

    def on_matter(self) -> Q:
        """The condition on matters."""
        found = Q(line__in=RawSQL(*holding(self.sets))) if self.sets else NOTHING  # noqa: S611  (placeholders only)
        return found | Q(line__in=_with_phone(self.phone)) if self.phone else found

    def on_listing(self, key: str, *, whole: bool) -> Q:
        """The condition on the rows of one key; ``whole``: that key reaches every matter."""
        if self.lines is not None:
            return Q(matter_id__in=self.lines)
        found = Q(matter_id__in=[])
        if self.sets and self.many and not whole:
            found = self._held_by_each() if len(key) >= _PERSON else self._common_with(key)
        elif self.sets:
            found = Q(matter_id__in=RawSQL(*holding(self.sets)))  # noqa: S611  (placeholders only)
        return found | Q(matter_id__in=_with_phone(self.phone)) if self.phone else found

    def everywhere(self) -> QuerySet[Words, Any]:
        """The rows of the word index themselves, under the name that the list has for a line: who reaches every matter
        needs no list. PostgreSQL only.
        """
        held = Q(line__in=_with_phone(self.phone)) if self.phone else Q()
        for grams in self.sets:
            held |= Q(grams__holds=grams)
        return Words.objects.annotate(matter_id=F("line")).filter(held)

    def _held_by_each(self) -> Q:
        """Row by row. A scalar sub-query: the planner would turn a question of existence around."""
        any_of = " OR ".join(["w.grams @> %s"] * len(self.sets))
        sql = f"SELECT {any_of} FROM matters_words w WHERE w.line = matters_listing.line"  # noqa: S608  (placeholders)
        return Q(RawSQL(sql, self.sets, output_field=BooleanField()))  # noqa: S611  (placeholders only)

    def _common_with(self, key: str) -> Q:
        """What both have, by hashing: the planner takes the grams of a word for unrelated, expects a handful of matters
        and would look fifty thousand up one by one.
        """
        sql, values = holding(self.sets)
        sql = f"{sql} INTERSECT SELECT line FROM matters_listing WHERE key = %s"  # noqa: S608  (placeholders only)
        return Q(matter_id__in=RawSQL(sql, [*values, key]))  # noqa: S611  (placeholders only)


def hits_of(query: str) -> Hits:
    """What a query finds; raises Invalid when it is too short."""
    if too_short(query):
        raise Invalid("search.too_short", field="q")
    phone = plain_phone(query) if not any(sign.isalpha() for sign in query) else ""
    index = blind_index(phone, context=PHONE_CONTEXT) if len(phone) in _PHONE_DIGITS else ""
    return hits_in(wanted_sets(query), index)


def hits_in(sets: Sequence[Sequence[str]], phone: str = "") -> Hits:
    """What holds one of these sets of grams."""
    grams = [list(one) for one in sets]
    if not grams and not phone:
        return Hits(grams, phone, ())
    if connection.vendor != "postgresql":
        return Hits(grams, phone, None)
    lines: list[int] = []
    if grams:
        sql, values = holding(grams)
        lines = [line for (line,) in ask(f"{sql} LIMIT {MOST_LINES + 1}", values)]
    if len(lines) <= MOST_LINES and phone:
        lines += list(_with_phone(phone)[: MOST_LINES + 1])
    return Hits(grams, phone, tuple(lines) if len(lines) <= MOST_LINES else None)


def _with_phone(index: str) -> QuerySet[Matter, Any]:
    return Matter.objects.filter(parties__phone_index=index).values_list("line", flat=True)
