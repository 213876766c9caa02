"""Writing a note."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid
from linli.kernel.ids import new_id
from linli.kernel.inputs import Offline, asked
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.matters.notes.models import Note


@act(
    "matter.note",
    zh="记录",
    en="write a note",
    about="matter",
    offline=Offline(
        inputs=(asked("text", "long_text", "内容", "text", required=True, personal=True),),
        subject=Matter,
        icon="note",
        order=60,
    ),
)
def write_note(
    actor: Actor, *, matter: Matter, text: str, device_at: datetime | None = None, row_id: Any = None
) -> Note:
    """Add a note to a matter that the caller has found by ``visible_to``; the text itself is not kept in the trail."""
    if not text.strip():
        raise Invalid("fact.missing", field="text")
    return Note.objects.create(
        id=row_id or new_id(),
        matter=matter,
        text=text.strip(),
        by_name=actor.name,
        by_id=actor.id,
        at=clock.now(),
        device_at=device_at,
    )
