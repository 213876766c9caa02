"""An importer is declared once and has an act of its own: one entry in the trail for one import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from linli.kernel.acts import act, may
from linli.kernel.errors import Invalid, NotAllowed, declare
from linli.kernel.ids import new_id
from linli.kernel.registry import Registry
from linli.kernel.scope import Actor
from linli.works.tables.rules.planning import Importer

B = TypeVar("B", bound=type[Importer])
declare("load.kind", zh="没有“{kind}”这种表。", en="There is no kind {kind!r}.")

IMPORTERS: Registry[type[Importer]] = Registry("importers")
BULK_ACTS: Registry[Callable[..., BulkEntry]] = Registry("bulk acts")


@dataclass(frozen=True, slots=True)
class BulkEntry:
    """The subject of the trail's entry: which kind of rows, from which file."""

    pk: str
    kind: str


def act_of(declared: type[Importer]) -> str:
    """The name of the bulk act of a kind: the right that importing it asks for."""
    return declared.act or f"import.{declared.kind}"


def may_load(actor: Actor, kind: str) -> bool:
    """Whether the actor may import this kind."""
    return kind in IMPORTERS and may(actor, act_of(IMPORTERS[kind]), None)


def require(actor: Actor, kind: str) -> None:
    """Raises Invalid for a kind that there is not, NotAllowed without its right."""
    if kind not in IMPORTERS:
        raise Invalid("load.kind", kind=kind[:24], field="kind")
    if not may_load(actor, kind):
        words, name = IMPORTERS[kind].words, act_of(IMPORTERS[kind])
        raise NotAllowed("right.missing", act=name, act_zh=f"导入{words.zh}", act_en=f"import {words.en}", path="")


def importer(declared: B) -> B:
    """Declare an importer: it becomes a KIND of ``linli import``, with an act of its own."""

    @act(
        act_of(declared),
        zh=f"导入{declared.words.zh}",
        en=f"import {declared.words.en}",
        keeps=("file_name", "file_sha256", "rows_sha256", "created", "updated", "strict", "taken_back"),
    )
    def record(
        actor: Actor,
        *,
        file_name: str,
        file_sha256: str,
        rows_sha256: str,
        created: int,
        updated: int,
        strict: bool,
        taken_back: bool,
    ) -> BulkEntry:
        return BulkEntry(str(new_id()), declared.kind)

    IMPORTERS.add(declared.kind, declared)
    BULK_ACTS.add(declared.kind, record)
    return declared
