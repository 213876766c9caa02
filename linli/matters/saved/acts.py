"""Keeping a list under a name, sharing it, giving it up; choosing columns."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.scope import Actor
from linli.matters.ledger.rules import SORTS, asked_of
from linli.matters.ledger.rules.columns import COLUMNS, columns_named
from linli.matters.saved.models import ChosenColumns, SavedFilter
from linli.org.agencies.models import Agency

declare("saved.name_taken", zh="您已有名为“{name}”的筛选。", en="You already have a filter called {name}.")
declare("saved.not_yours", zh="只有保存者可以修改此筛选。", en="Only who saved this filter may change it.")
_MOST = 60


def canonical(query: str) -> str:
    """The filters and the order of an address, without page and blanks, always in the same order."""
    given = dict(parse_qsl(query.lstrip("?")))
    sort = given.get("sort", "")
    kept = {**asked_of(given), **({"sort": sort} if sort in SORTS and sort != "received" else {})}
    return urlencode(sorted(kept.items()))


@act("filter.save", zh="保存筛选", en="save a filter", keeps=("shared_with",))
def save_filter(actor: Actor, *, title: str, query: str, shared_with: Agency | None = None) -> SavedFilter:
    """Keep a list under a name. Shared with an agency, everybody there sees the name and the filter, and in it what his
    own post may see. Raises Conflict when the name is taken.
    """
    name = title.strip()[:40]
    if not name:
        raise Invalid("fact.missing", field="name")
    own = SavedFilter.objects.filter(owner_id=actor.id)
    if own.filter(name=name).exists():
        raise Conflict("saved.name_taken", name=name)
    if own.count() >= _MOST:
        raise Invalid("fact.wrong", field="name", why=f"> {_MOST}")
    return SavedFilter.objects.create(
        owner_id=actor.id,
        owner_name=actor.name,
        name=name,
        query=canonical(query)[:600],
        shared_with=shared_with,
        made_at=clock.now(),
    )


@act("filter.drop", zh="删除筛选", en="drop a saved filter", about="saved")
def drop_filter(actor: Actor, *, saved: SavedFilter) -> SavedFilter:
    """Give up a saved filter of one's own."""
    if saved.owner_id != actor.id:
        raise NotAllowed("saved.not_yours")
    key = saved.pk
    saved.delete()
    saved.pk = key
    return saved


@act("ledger.choose_columns", zh="选择台账列", en="choose the columns of the ledger", keeps=("columns",))
def choose_columns(actor: Actor, *, columns: list[str]) -> ChosenColumns:
    """Which columns one sees, in this order; none: as the kind declares them. Raises Invalid for an unknown one."""
    for name in columns:
        if name not in COLUMNS:
            raise Invalid("fact.wrong", field="columns", why=name[:40])
    row, _ = ChosenColumns.objects.update_or_create(
        person_id=actor.id, defaults={"columns": ",".join(columns_named(columns)), "chosen_at": clock.now()}
    )
    return row
