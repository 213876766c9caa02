"""The lists that somebody may read."""

from __future__ import annotations

from linli.insight.lists.models import ListSet, NamedList
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor

USUAL_NAME = "四单一图"


def lists_for(actor: Actor) -> list[NamedList]:
    """The lists in use that one of the actor's posts sees, in the bureau's order."""
    return list(NamedList.objects.visible_to(actor).in_use())


def list_named(actor: Actor, key: str) -> NamedList:
    """One of them by its key; raises NotFound."""
    found = next((one for one in lists_for(actor) if str(one.pk) == key), None)
    if found is None:
        raise NotFound("row.unknown", what=key)
    return found


def the_set() -> ListSet:
    """What the lists are called together; unsaved with the usual name when nobody named them."""
    return ListSet.objects.filter(pk=1).first() or ListSet(name=USUAL_NAME)
