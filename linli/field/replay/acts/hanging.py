"""Hanging files on the records that named them."""

from __future__ import annotations

import json
from typing import Any

import structlog
from django.db import transaction

from linli.field.files.models import Awaited, PhoneFile
from linli.field.replay.models import Operation
from linli.field.replay.queries import opened_json, sealed_json
from linli.kernel import clock
from linli.kernel.acts import ACTS, act
from linli.kernel.errors import Invalid, Refusal
from linli.kernel.scope import Actor
from linli.works.files.models import StoredFile

log = structlog.get_logger(__name__)


@act("field.hang_file", zh="附上手机文件", en="hang a phone's file", about="awaited")
def hang_file(actor: Actor, *, awaited: Awaited, stored: StoredFile) -> Awaited:
    """Hang a file on its record by the act that the form named, as part of what its author did when he named it: what
    he may no longer see he did see then. A refusal is written down, and the file stays in the store.
    """
    offline = ACTS[awaited.attach].offline
    if offline is None or offline.subject is None:
        raise RuntimeError(f"{awaited.attach} hangs files on nothing")
    record = offline.subject._default_manager.filter(pk=awaited.record_id).first()
    try:
        if record is None:
            raise Invalid("row.unknown", what=str(awaited.record_id))
        facts = {offline.subject_argument: record, "file": stored, "title": awaited.name, "row_id": awaited.pk}
        with transaction.atomic():
            ACTS[awaited.attach].run(actor, **facts)
        awaited.hung_at = clock.now()
    except Refusal as refusal:
        log.warning("field_file_refused", attach=awaited.attach, code=refusal.code)
        awaited.refused = refusal.code
        _tell(awaited, refusal)
    Awaited.objects.filter(pk=awaited.pk).update(hung_at=awaited.hung_at, refused=awaited.refused)
    return awaited


def _tell(awaited: Awaited, refusal: Refusal) -> None:
    """Its author's phone hears that the record is there without this file, and why, when it asks for answers."""
    row = Operation.objects.get(pk=awaited.operation_id)
    facts: dict[str, Any] = json.loads(opened_json(row.facts, row=row.pk, what="facts") or "{}")
    facts.setdefault("refused_files", []).append({"name": awaited.name, **refusal.words.as_json()})
    told = sealed_json(json.dumps(facts, ensure_ascii=False), row=row.pk, what="facts")
    Operation.objects.filter(pk=row.pk).update(facts=told, answered_at=clock.now(), later=True)


def hang_arrived(actor: Actor, operation: Operation) -> None:
    """Files that were here before the operation that names them."""
    for one in Awaited.objects.filter(operation=operation, hung_at__isnull=True, refused=""):
        found = PhoneFile.objects.filter(owner_id=one.owner_id, sha256=one.sha256).select_related("stored").first()
        if found is not None:
            hang_file(actor, awaited=one, stored=found.stored)
