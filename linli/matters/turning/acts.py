"""Turning community information into a matter of another kind (Q3)."""

from __future__ import annotations

from typing import Any

from linli.kernel.acts import act
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import Placed, carry_out, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.links.acts import link_matters

declare("turn.not_this", zh="{kind_zh}不能转为其他事项。", en="A {kind_en} is not turned into another kind.")
TURNS_INTO = ("hazard", "tip", "help_request", "dispute")
"""What community information may turn out to be; calls are taken by the desk."""


@act(
    "matter.turn",
    zh="转为其他事项",
    en="turn into another kind",
    keeps=("kind",),
    about="matter",
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def turn_matter(
    actor: Actor, *, matter: Matter, kind: str, title: str = "", details: dict[str, Any] | None = None
) -> Matter:
    """Open a matter of another kind at the same place, tied to this one as what follows from it; this one is settled
    with the other's number as its outcome, so that whoever reported it sees what became of it. Returns the new matter.
    """
    step = next((one for one in matter.workflow.moves if one.name == "turn"), None)
    declared = KINDS[matter.kind]
    if step is None or kind not in TURNS_INTO:
        raise Invalid("turn.not_this", kind_zh=declared.words.zh, kind_en=declared.words.en, field="kind")
    place = Placed(
        matter.lon,
        matter.lat,
        matter.address,
        matter.address_id,
        matter.placed_by,
        matter.grid,
        matter.agency,
        matter.station,
    )
    made = open_matter(
        actor,
        kind=kind,
        title=title or matter.title,
        details=details or _said_again(kind, matter),
        place=place,
        source="turned",
    )
    link_matters(actor, one=matter, other=made, relation="follows")
    carry_out(actor, matter=matter, step=step, facts={"outcome": f"转为{KINDS[kind].words.zh}{made.number}"})
    return made


def _said_again(kind: str, matter: Matter) -> dict[str, Any]:
    """What was reported, under the name that the other kind asks for it."""
    needed = next(item.name for item in KINDS[kind].details if item.required)
    return {needed: str(matter.details.get("what") or matter.title)}
