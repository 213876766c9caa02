"""Taking a register out: the wish is recorded with its purpose before the first row is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from linli.kernel.acts import act
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor
from linli.trail.reads.acts import note_read
from linli.works.tables.acts.declaring import IMPORTERS, BulkEntry
from linli.works.tables.rules.planning import Importer

declare("export.kind", zh="这种表不能导出。", en="This kind cannot be exported.")
declare("export.purpose", zh="导出含个人信息的登记须写明用途。", en="Say what for: this register holds personal data.")


def can_export(kind: str) -> bool:
    """Whether a kind says how its rows are exported."""
    return kind in IMPORTERS and IMPORTERS[kind].export is not Importer.export


@act("register.export", zh="导出登记", en="export a register", keeps=("kind",))
def ask_export(actor: Actor, *, kind: str, purpose: str = "") -> BulkEntry:
    """Note who takes which register out and what for. Raises Invalid without a purpose where rows are personal."""
    if not can_export(kind):
        raise Invalid("export.kind", field="kind")
    if IMPORTERS[kind].personal:
        if not purpose.strip():
            raise Invalid("export.purpose", field="purpose")
        note_read(actor, subject_type=f"register.{kind}", subject_id="", purpose=purpose.strip()[:200])
    return BulkEntry(kind, kind)


def rows_of(actor: Actor, kind: str) -> Iterator[Mapping[str, Any]]:
    """The rows of a register that the actor sees; ask with :func:`ask_export` first."""
    return IMPORTERS[kind]().export(actor)
