"""Opening a matter of lines that were chosen from a chat. Names are left behind unless they are kept on purpose."""

from __future__ import annotations

from collections.abc import Sequence

from linli.kernel.acts import act
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import Placed, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.parties.models import Party, party_of
from linli.matters.pasting.rules import LONGEST_NAME

PASTED = ("hazard", "tip", "help_request", "community_info")
"""Kinds that come out of a chat group."""
SOURCE = "group"
REPORTER = "reporter"
MOST_TEXT = 4_000

declare("paste.kind", zh="从群里粘贴只能登记隐患、线索、求助、社情信息。", en="Out of a group come four kinds only.")
declare("paste.empty", zh="请至少选一行。", en="Choose one line at least.")


@act(
    "matter.paste",
    zh="从群里登记",
    en="open out of a group",
    keeps=("kind",),
    within=lambda facts: facts["place"].agency.path if facts["place"].agency else None,
)
def open_from_group(actor: Actor, *, kind: str, said: Sequence[str], place: Placed, who: Sequence[str] = ()) -> Matter:
    """Open a matter of what was said in a group. ``who`` are names kept on purpose: sealed, read by the
    actor alone; they stand in no title, text or trail. Without them nobody can learn who said it.
    """
    if kind not in PASTED:
        raise Invalid("paste.kind", field="kind")
    lines = [line.strip() for line in said if line.strip()]
    if not lines:
        raise Invalid("paste.empty", field="said")
    text = "\n".join(lines)[:MOST_TEXT]
    field = next(item.name for item in KINDS[kind].details if item.required and item.kind == "text")
    matter = open_matter(
        actor, kind=kind, title=lines[0].split("\n")[0][:40], details={field: text}, place=place, source=SOURCE
    )
    names = dict.fromkeys(name.strip()[:LONGEST_NAME] for name in who if name.strip())
    Party.objects.bulk_create([party_of(matter, part=REPORTER, name=name, phone="") for name in names])
    return matter
