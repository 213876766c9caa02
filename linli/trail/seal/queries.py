"""Checking the chain from its beginning."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.prepared import ask
from linli.trail.entries.models import Entry
from linli.trail.entries.rules import GENESIS, facts_digest, link
from linli.trail.seal.models import Head


@dataclass(frozen=True, slots=True)
class Verdict:
    """``first_bad`` is the first position that does not hold, or None; ``why`` says what is wrong there."""

    ok: bool
    entries: int
    root: str
    first_bad: int | None
    why: str = ""


def head() -> tuple[int, str]:
    """How many entries are sealed, and the hash of the last."""
    row = Head.objects.filter(id=1).first()
    return (row.entries, row.root) if row else (0, GENESIS)


def sealed() -> int:
    """How many entries are sealed: asked by every web process after every commit, so without the ORM."""
    rows = ask("SELECT entries FROM trail_head WHERE id = 1")
    return int(rows[0][0]) if rows else 0


def verify(anchor: tuple[int, str] | None = None) -> Verdict:
    """Recompute every link. With an ``anchor`` (entries, root) printed earlier, also prove that history has not been
    swapped.
    """
    root, position = GENESIS, 0
    for entry in Entry.objects.filter(position__isnull=False).order_by("position").iterator(chunk_size=2000):
        position += 1
        if entry.position != position:
            return Verdict(False, position - 1, root, position, "an entry is missing")
        if entry.facts is not None and facts_digest(entry.facts, entry.salt) != entry.digest:
            return Verdict(False, position, root, position, "kept facts were altered")
        root = link(root, position, entry)
        if root != entry.hash:
            return Verdict(False, position, root, position, "an entry was altered")
        if anchor and anchor[0] == position and anchor[1] != root:
            return Verdict(False, position, root, position, "history differs from the anchor")
    entries, stored = head()
    if (entries, stored) != (position, root):
        return Verdict(False, position, root, position + 1, "entries at the end are missing")
    if anchor and anchor[0] > position:
        return Verdict(False, position, root, position + 1, "fewer entries than the anchor says")
    return Verdict(True, position, root, None)


def unsealed() -> int:
    """How many committed entries wait for the sealer."""
    return Entry.objects.filter(position__isnull=True).count()
