"""Tying and untying: one key each, always by a person."""

from __future__ import annotations

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.matters.links.models import Link

declare("link.to_itself", zh="不能与自身关联。", en="A matter cannot be linked to itself.")
declare("link.exists", zh="两件事项已关联。", en="These two are already linked.")
declare("link.undone", zh="该关联已解除。", en="This link was already undone.")


@act(
    "link.make",
    zh="关联",
    en="link",
    keeps=("one", "other", "relation"),
    within=lambda facts: facts["one"].scope_paths()[0],
)
def link_matters(actor: Actor, *, one: Matter, other: Matter, relation: str = "same_incident") -> Link:
    """Tie ``other`` to the main matter ``one``. Raises Conflict when the tie stands already, in either direction."""
    if one.pk == other.pk:
        raise Invalid("link.to_itself", field="other")
    if relation not in Link.RELATIONS:
        raise Invalid("fact.wrong", field="relation", why=relation)
    if Link.objects.standing().filter(one__in=(one, other), other__in=(one, other), relation=relation).exists():
        raise Conflict("link.exists")
    return Link.objects.create(one=one, other=other, relation=relation, made_by=actor.name, made_at=clock.now())


@act(
    "link.undo", zh="解除关联", en="undo a link", about="link", within=lambda facts: facts["link"].one.scope_paths()[0]
)
def undo_link(actor: Actor, *, link: Link) -> Link:
    """Untie; the row and its history stay. A second undo is a Conflict."""
    changed = (
        Link.objects.standing()
        .filter(pk=link.pk)
        .update(undone_at=clock.now(), undone_by=actor.name, version=F("version") + 1)
    )
    if not changed:
        raise Conflict("link.undone")
    link.refresh_from_db()
    return link
