"""Writing what is sealed: words, files, envelopes. Parts of the acts beside."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import Max

from linli.kernel import clock
from linli.kernel.boxes import KEY_BYTES, box, lock, new_pair
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.ids import drawn_id
from linli.tips.readers.rules import Candidate
from linli.tips.talk.models import Envelope, Tip, TipFile, Word
from linli.tips.talk.queries.opening import (
    Opened,
    envelope_context,
    file_context,
    first_of,
    giver_context,
    opened_word,
    said_in,
    word_context,
)
from linli.tips.talk.rules import MOST_FILES, MOST_FILES_IN_ALL, MOST_WORDS, Said, SealedFile
from linli.works.cleaning.rules import Cleaned


def put_word(tip: Tip, said: Said, *, by_giver: bool) -> Word:
    """Box a word for the tip at the end of its talk."""
    place = (Word.objects.filter(tip=tip).aggregate(last=Max("place"))["last"] or 0) + 1
    if place > MOST_WORDS:
        raise Conflict("tip.full")
    boxed = box(said.as_bytes(), to=bytes(tip.public), context=word_context(tip.pk, by_giver=by_giver))
    return Word.objects.create(tip=tip, place=place, by_giver=by_giver, boxed=boxed, said_on=clock.today())


def put_files(tip: Tip, files: Sequence[Cleaned]) -> tuple[SealedFile, ...]:
    """Lock cleaned files, each under a key of its own, which only the word knows that names them."""
    if len(files) > MOST_FILES:
        raise Invalid("tip.too_many_files", most=MOST_FILES, field="files")
    if files and TipFile.objects.filter(tip=tip).count() + len(files) > MOST_FILES_IN_ALL:
        raise Conflict("tip.full")
    made = []
    for one in files:
        row_id, key = drawn_id(), secrets.token_bytes(KEY_BYTES)
        locked = lock(one.body, key=key, context=file_context(tip.pk, str(row_id)))
        TipFile.objects.create(id=row_id, tip=tip, locked=locked)
        made.append(SealedFile(id=str(row_id), key=key.hex(), media=one.media, ending=one.ending, size=len(one.body)))
    return tuple(made)


def put_envelopes(opened: Opened, readers: Iterable[Candidate]) -> int:
    """An envelope for each reader that has none yet. Returns how many were made."""
    tip = opened.tip
    held = {str(key) for key in Envelope.objects.filter(tip=tip).values_list("key_id", flat=True)}
    made = 0
    for one in readers:
        if str(one.key_id) in held:
            continue
        held.add(str(one.key_id))
        boxed = box(opened.private, to=one.public, context=envelope_context(tip.pk, str(one.key_id)))
        Envelope.objects.create(tip=tip, key_id=one.key_id, post_id=one.post_id, boxed=boxed)
        made += 1
    return made


def add_to_first(opened: Opened, **facts: object) -> Said:
    """Write further facts into the first word: it is where a tip says who may read it."""
    row = first_of(opened)
    said = opened_word(opened, row)
    said = replace(said, facts={**said.facts, **facts})
    context = word_context(opened.tip.pk, by_giver=row.by_giver)
    Word.objects.filter(pk=row.pk).update(boxed=box(said.as_bytes(), to=bytes(opened.tip.public), context=context))
    return said


def turn_keys(opened: Opened, *, keep: Iterable[Candidate]) -> Opened:
    """A new key pair for a tip: all words boxed anew, envelopes for the giver and for ``keep`` alone. Whoever was left
    out holds, even with every old copy of the tables, a key to nothing that is said from now on.
    """
    tip, pair = opened.tip, new_pair()
    for one in said_in(opened):
        context = word_context(tip.pk, by_giver=one.row.by_giver)
        Word.objects.filter(pk=one.row.pk).update(boxed=box(one.said.as_bytes(), to=pair.public, context=context))
    Envelope.objects.filter(tip=tip).delete()
    tip.public = pair.public
    tip.giver_boxed = boxed_for_giver(tip, pair.private)
    Tip.objects.filter(pk=tip.pk).update(public=tip.public, giver_boxed=tip.giver_boxed)
    turned = Opened(tip, pair.private)
    put_envelopes(turned, keep)
    return turned


def boxed_for_giver(tip: Tip, private: bytes) -> bytes:
    """The tip's private key for the receipt's."""
    return box(private, to=bytes(tip.giver_public), context=giver_context(tip.index))
