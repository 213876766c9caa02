"""Who said what was pasted: for whoever pasted it, and nobody else."""

from __future__ import annotations

from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.matters.parties.models import Party
from linli.matters.pasting.acts import REPORTER, SOURCE


def kept_names(actor: Actor, *, matter: Matter) -> list[str]:
    """The names that were kept on purpose; empty for everybody but who opened the matter out of a group. Whoever shows
    them notes the look.
    """
    if matter.source != SOURCE or matter.opened_by != actor.id:
        return []
    return [row.name for row in Party.objects.visible_to(actor).filter(matter=matter, part=REPORTER)]
