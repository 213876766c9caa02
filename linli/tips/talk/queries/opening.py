"""Opening a tip: by its receipt, or by a reader's key."""

from __future__ import annotations

import functools
import secrets
import uuid
from dataclasses import dataclass

from linli.kernel.boxes import box, new_pair, open_box, unlock
from linli.kernel.errors import NotFound, Refusal
from linli.tips.readers.queries import OpenDesk
from linli.tips.receipts.rules import GiverKeys
from linli.tips.talk.models import Envelope, Tip, TipFile, Word
from linli.tips.talk.rules import Said, SealedFile


@dataclass(frozen=True, slots=True)
class Opened:
    """A tip whose private key is at hand, for the length of one request."""

    tip: Tip
    private: bytes


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word with its day and place in the talk."""

    row: Word
    said: Said


def giver_context(index: str) -> str:
    """Where a giver's envelope belongs."""
    return f"tips.giver.{index}"


def envelope_context(tip_id: uuid.UUID, key_id: str) -> str:
    """Where a reader's envelope belongs."""
    return f"tips.envelope.{tip_id}.{key_id}"


def word_context(tip_id: uuid.UUID, *, by_giver: bool) -> str:
    """Where a word belongs: what a giver said does not open as if the desk had."""
    return f"tips.word.{tip_id}.{'giver' if by_giver else 'desk'}"


def file_context(tip_id: uuid.UUID, file_id: str) -> str:
    """Where a file belongs."""
    return f"tips.file.{tip_id}.{file_id}"


@functools.cache
def _decoy() -> tuple[str, bytes, bytes]:
    """An envelope that looks like a giver's, so that a wrong receipt is worked on as long as a right one."""
    index, pair = secrets.token_hex(16), new_pair()
    return index, pair.private, box(new_pair().private, to=pair.public, context=giver_context(index))


def by_receipt(keys: GiverKeys) -> Opened | None:
    """The tip of a receipt, or None. Both ways cost the same: one row sought by the whole index, one box opened."""
    index, key, boxed = _decoy()
    tip = Tip.objects.filter(index=keys.index).first()
    if tip is not None:
        index, key, boxed = keys.index, keys.key, bytes(tip.giver_boxed)
    try:
        private = open_box(boxed, private=key, context=giver_context(index))
    except Refusal:
        return None
    return Opened(tip, private) if tip is not None else None


def opened_by(desk: OpenDesk, tip: Tip) -> Opened:
    """A tip by a reader's open key; raises NotFound when it is not sealed to it."""
    row = Envelope.objects.filter(tip=tip, key_id=uuid.UUID(desk.key_id)).first()
    if row is None:
        raise NotFound("row.unknown", what=tip.code)
    context = envelope_context(tip.pk, desk.key_id)
    return Opened(tip, open_box(row.boxed, private=desk.private, context=context))


def said_in(opened: Opened) -> list[Spoken]:
    """The whole talk in clear, in order."""
    rows = Word.objects.filter(tip=opened.tip).order_by("place")
    return [Spoken(row, opened_word(opened, row)) for row in rows]


def opened_word(opened: Opened, row: Word) -> Said:
    """One word in clear."""
    context = word_context(opened.tip.pk, by_giver=row.by_giver)
    return Said.from_bytes(open_box(row.boxed, private=opened.private, context=context))


def first_of(opened: Opened) -> Word:
    """The first word, which holds what the tip says of its readers."""
    found = Word.objects.filter(tip=opened.tip).order_by("place").first()
    if found is None:
        raise NotFound("row.unknown", what=opened.tip.code)
    return found


def file_of(opened: Opened, file_id: str) -> tuple[SealedFile, bytes]:
    """A file of the talk with its bytes in clear; raises NotFound for one that no word of this tip names."""
    known = {one.id: one for spoken in said_in(opened) for one in spoken.said.files}
    named = known.get(file_id)
    row = TipFile.objects.filter(pk=named.id, tip=opened.tip).first() if named else None
    if named is None or row is None:
        raise NotFound("row.unknown", what="file")
    body = unlock(row.locked, key=bytes.fromhex(named.key), context=file_context(opened.tip.pk, named.id))
    return named, body
