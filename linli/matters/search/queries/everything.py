"""One question, everything the actor may see: matters, rooms and agencies, grids, colleagues, categories, addresses.

Exact hits come first, what sounds alike or is misspelt after them. Every source is asked through the actor's own reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries.pages import newest_holding, newest_worded
from linli.matters.parties.rules import plain_phone
from linli.matters.routing.queries import categories
from linli.matters.search.rules.grams import near_sets, too_short
from linli.matters.search.rules.names import likeness_of
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.places.addresses.queries import candidates
from linli.places.grid.models import Grid

MOST_MATTERS = 12
_EACH = 4
_STAFF_KEPT = 2_000
_LEAST_LIKE = 0.55


@dataclass(frozen=True, slots=True)
class Found:
    """One hit. ``type`` is matter, agency, grid, person, category or address; ``number`` its number or code; ``why``
    says what matched; ``near`` marks what was only nearly asked for.
    """

    type: str
    id: str
    number: str
    title: Words
    why: Words
    url: str
    at: datetime | None = None
    near: bool = False


def search(actor: Actor, query: str, *, limit: int = 20) -> list[Found]:
    """What the actor may see and ``query`` may mean, the exact before the similar, matters before names."""
    asked = query.strip()[:80]
    if not asked or not (actor.posts or actor.is_system):
        return []
    matters = [] if too_short(asked) else list(_matters(actor, asked))
    named = sorted(_named(actor, asked), key=lambda pair: -pair[0])
    found = [*matters[:MOST_MATTERS], *(one for _, one in named), *_addresses(asked)]
    if len(matters) < _EACH:
        known = {one.id for one in matters}
        found += [one for one in _near(actor, asked) if one.id not in known][:_EACH]
    exact = [one for one in found if not one.near]
    return [*exact, *(one for one in found if one.near)][: max(1, min(limit, 50))]


def _matters(actor: Actor, asked: str) -> Iterator[Found]:
    for matter in newest_worded(actor, asked, MOST_MATTERS):
        yield _matter(matter, Words("编号、地址或内容", "number, address or content"))


def _matter(matter: Matter, why: Words, *, near: bool = False) -> Found:
    kind = KINDS[matter.kind].words
    title = matter.title or kind.zh
    state = matter.workflow.state(matter.state).words
    said = Words(f"{kind.zh} · {state.zh} · {matter.address}", f"{kind.en} · {state.en} · {matter.address}")
    return Found(
        "matter", str(matter.pk), matter.number, Words(title, title), why if near else said,
        f"/matters/{matter.number}", matter.received_at, near,
    )  # fmt: skip


def _near(actor: Actor, asked: str) -> Iterator[Found]:
    sets = near_sets(asked)
    if not sets:
        return
    for matter in newest_holding(actor, sets, _EACH):
        why = Words(f"相近：{matter.address or matter.title}", f"similar: {matter.address or matter.title}")
        yield _matter(matter, why, near=True)


def _named(actor: Actor, asked: str) -> Iterator[tuple[float, Found]]:
    """Names of the house: few enough to be compared one by one, with their sound, initials and one wrong character."""
    for source in (_agencies(actor, asked), _people(actor, asked), _grids(actor), _categories()):
        rated = [(likeness_of(asked, text), found) for text, found in source]
        best = sorted((pair for pair in rated if pair[0] >= _LEAST_LIKE), key=lambda pair: (-pair[0], pair[1].number))
        yield from best[:_EACH]


def _agencies(actor: Actor, asked: str) -> Iterable[tuple[tuple[str, ...], Found]]:
    phone = plain_phone(asked)
    for row in Agency.objects.visible_to(actor).at_work():
        kind = Words(*Agency.KINDS[row.kind])
        page = f"/rooms/{row.code}" if row.is_room else f"/matters?agency={quote(row.code)}"
        texts = (row.name, row.code, *((phone,) if phone and plain_phone(row.phone) == phone else ()))
        yield texts, Found("agency", str(row.pk), row.code, Words(row.name, row.name), kind, page)


def _people(actor: Actor, asked: str) -> Iterable[tuple[tuple[str, ...], Found]]:
    why = Words("同事", "colleague")
    rows: Any = Person.objects.visible_to(actor).filter(left_on__isnull=True)
    for row in rows.only("id", "name", "staff_no")[:_STAFF_KEPT]:
        yield (
            (row.name, row.staff_no),
            Found(
                "person",
                str(row.pk),
                row.staff_no,
                Words(row.name, row.name),
                why,
                f"/matters?assignee={quote(row.staff_no)}",
            ),
        )


def _grids(actor: Actor) -> Iterable[tuple[tuple[str, ...], Found]]:
    for row in Grid.objects.visible_to(actor).filter(active=True).only("id", "code", "name", "kind"):
        kind = Words(*Grid.KINDS[row.kind])
        yield (
            (row.name, row.code),
            Found("grid", str(row.pk), row.code, Words(row.name, row.name), kind, f"/matters?grid={quote(row.code)}"),
        )


def _categories() -> Iterable[tuple[tuple[str, ...], Found]]:
    why = Words("警情类别", "category")
    for row in categories():
        yield (
            (row.zh, row.code, *row.words),
            Found(
                "category", str(row.pk), row.code, Words(row.zh, row.en), why, f"/matters?category={quote(row.code)}"
            ),
        )


def _addresses(asked: str) -> Iterator[Found]:
    for one in candidates(asked, limit=_EACH):
        if one.address_id is None or one.score < _LEAST_LIKE:
            continue
        by = one.why[0].words if one.why else Words("地址", "address")
        yield Found(
            "address", str(one.address_id), "", Words(one.text, one.text), by, f"/matters?q={quote(one.text)}", None,
            one.score < 0.8,
        )  # fmt: skip
