"""Writing an entry: called by the kernel inside each act's transaction, never by anything else."""

from __future__ import annotations

import secrets

from linli.kernel import clock
from linli.kernel.ports import Deed
from linli.kernel.rows import insert_values
from linli.trail.entries.models import Entry
from linli.trail.entries.queries import newest_at
from linli.trail.entries.rules import facts_digest, spaced


def write_entry(deed: Deed) -> None:
    """Store one deed. It fails with the act's transaction and lands with it."""
    salt = secrets.token_hex(8)
    entry = {
        "id": deed.id,
        "act": deed.act,
        "actor_id": deed.actor.id,
        "actor_name": deed.actor.name,
        "actor_kind": deed.actor.kind,
        "door": deed.actor.door,
        "device": deed.actor.device,
        "purpose": deed.actor.purpose,
        "at": deed.at,
        "device_at": deed.device_at,
        "subject_type": deed.subject_type,
        "subject_id": deed.subject_id,
        "version": deed.version,
        "paths": spaced(deed.paths),
        "facts": deed.facts,
        "salt": salt,
        "digest": facts_digest(deed.facts, salt),
        "parent_id": deed.parent_id,
    }
    insert_values(Entry, entry)


def start_no_earlier() -> bool:
    """Let this process's clock begin no earlier than the newest entry: a wall clock set back while nobody ran is not
    believed.
    """
    at = newest_at()
    return at is not None and clock.floor(at)
