"""Putting a paper into the file of a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid
from linli.kernel.ids import new_id
from linli.kernel.inputs import Given, Offline, asked
from linli.kernel.scope import Actor
from linli.mediation.cases.acts.standing import standing_of
from linli.mediation.cases.models import MediationCase
from linli.mediation.papers.models import CasePaper
from linli.mediation.papers.rules import CONTENTS
from linli.works.files.models import StoredFile
from linli.works.files.rules import clean_name


def _from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    """A photo or a drawn signature of what was settled on the spot."""
    sent = given.values["file"]
    return {"place": "evidence", "file": sent.row, "title": given.values.get("title") or sent.name}


@act(
    "mediation.add_paper",
    zh="材料入卷",
    en="put a paper into the file",
    keeps=("place",),
    offline=Offline(
        inputs=(
            asked("file", "file", "文件", "file", required=True),
            asked("title", "text", "名称", "name", longest=120),
        ),
        subject=MediationCase,
        argument="case",
        prepare=_from_phone,
        group="unseen",
    ),
)
def add_paper(
    actor: Actor,
    *,
    case: MediationCase,
    place: str,
    file: StoredFile,
    title: str,
    pages: int = 1,
    device_at: datetime | None = None,
    row_id: Any = None,
) -> CasePaper:
    """Proof of identity, evidence, a photographed paper: kept in the place where it belongs, also after the end."""
    standing_of(actor, case)
    if place not in CONTENTS:
        raise Invalid("fact.wrong", field="place", why=place[:16])
    return CasePaper.objects.create(
        id=row_id or new_id(),
        case=case,
        place=place,
        title=clean_name(title)[:120],
        file=file,
        pages=min(max(pages, 1), 500),
        by_id=actor.id,
        at=clock.now(),
    )
