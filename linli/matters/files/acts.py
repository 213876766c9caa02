"""Hanging a file on a matter, and taking it away again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, declare
from linli.kernel.ids import new_id
from linli.kernel.inputs import Given, Offline, asked
from linli.kernel.scope import Actor
from linli.matters.files.models import Attachment
from linli.matters.ledger.models import Matter
from linli.works.files.models import StoredFile
from linli.works.files.rules import clean_name

declare("file.dropped", zh="该文件已移除。", en="This file was already taken away.")


def _from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    """The stored file, and its name where the phone gave no other."""
    sent = given.values["file"]
    return {"file": sent.row, "title": given.values.get("title") or sent.name}


@act(
    "file.attach",
    zh="附文件",
    en="attach a file",
    keeps=("file",),
    offline=Offline(
        inputs=(
            asked("file", "file", "文件", "file", required=True),
            asked("title", "text", "名称", "name", longest=120),
        ),
        subject=Matter,
        prepare=_from_phone,
        icon="paperclip",
        order=70,
    ),
)
def attach_file(
    actor: Actor,
    *,
    matter: Matter,
    file: StoredFile,
    title: str,
    device_at: datetime | None = None,
    row_id: Any = None,
) -> Attachment:
    """Hang a stored file on a matter that the caller has found by ``visible_to``. The trail keeps its digest."""
    return Attachment.objects.create(
        id=row_id or new_id(),
        matter=matter,
        file=file,
        name=clean_name(title),
        by_id=actor.id,
        by_name=actor.name,
        at=clock.now(),
    )


@act(
    "file.drop",
    zh="移除文件",
    en="take a file away",
    about="attachment",
    within=lambda facts: facts["attachment"].matter.scope_paths()[0],
)
def drop_file(actor: Actor, *, attachment: Attachment) -> Attachment:
    """Take a file away from a matter; a second time is a Conflict."""
    changed = (
        Attachment.objects.kept()
        .filter(pk=attachment.pk)
        .update(dropped_at=clock.now(), dropped_by=actor.name, version=F("version") + 1)
    )
    if not changed:
        raise Conflict("file.dropped")
    attachment.refresh_from_db()
    return attachment
