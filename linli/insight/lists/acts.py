"""Naming lists: the bureau's own words for what it watches."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from linli.insight.lists.models import ListReader, ListSet, NamedList
from linli.insight.lists.rules import checked_query
from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.matters.routing.queries import bureau
from linli.org.posts.rules import POSTS

declare("list.ended", zh="该清单已停用。", en="This list is no longer in use.")
declare("list.no_reader", zh="请至少选择一个能看到它的岗位。", en="Choose at least one post that sees it.")


def _root(facts: dict[str, object]) -> str:
    """The lists are the whole bureau's, so the right is needed at the root of the tree."""
    root = bureau()
    return root.path if root else "/"


@act("list.name_one", zh="命名清单", en="name a list", keeps=("holds", "query", "position"), within=_root)
def name_list(
    actor: Actor,
    *,
    name: str,
    holds: str,
    query: str,
    readers: Sequence[str],
    icon: str = "clipboard-list",
    position: int = 0,
    note: str = "",
    named: NamedList | None = None,
) -> NamedList:
    """Make a list, or change ``named``. Raises Invalid for an empty name, an unknown filter or figure, or no reader."""
    if not name.strip():
        raise Invalid("fact.missing", field="名称")
    if holds not in NamedList.HOLDS or icon not in NamedList.ICONS:
        raise Invalid("fact.wrong", field="类别", why=f"{holds} {icon}")
    codes = [code for code in dict.fromkeys(readers) if code in POSTS]
    if not codes:
        raise Invalid("list.no_reader", field="readers")
    row = named or NamedList()
    if row.ended_at is not None:
        raise Conflict("list.ended")
    row.name, row.holds, row.icon, row.position, row.note = name.strip()[:40], holds, icon, position, note.strip()[:200]
    row.query = checked_query(holds, query)
    row.version = row.version + 1 if named else 1
    row.save()
    ListReader.objects.filter(named=row).exclude(code__in=codes).delete()
    ListReader.objects.bulk_create([ListReader(named=row, code=code) for code in codes], ignore_conflicts=True)
    return row


@act("list.end", zh="停用清单", en="end a list", about="named", within=_root)
def end_list(actor: Actor, *, named: NamedList) -> NamedList:
    """Take a list out of use; it stays in the trail. A second end is a Conflict."""
    ended = NamedList.objects.filter(pk=named.pk, ended_at__isnull=True)
    if not ended.update(ended_at=clock.now(), version=F("version") + 1):
        raise Conflict("list.ended")
    named.refresh_from_db()
    return named


@act("list.call_set", zh="命名清单总称", en="call the lists", keeps=("map_query",), within=_root)
def call_lists(actor: Actor, *, name: str, map_query: str = "") -> ListSet:
    """What the lists and their map are called together, and what the map shows."""
    if not name.strip():
        raise Invalid("fact.missing", field="名称")
    row, _ = ListSet.objects.update_or_create(
        id=1, defaults={"name": name.strip()[:40], "map_query": map_query.strip().removeprefix("/map?")[:400]}
    )
    ListSet.objects.filter(pk=row.pk).update(version=F("version") + 1)
    row.refresh_from_db()
    return row
