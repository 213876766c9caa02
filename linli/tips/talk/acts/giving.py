"""The giver's two acts: done by the house for whoever holds a receipt; the trail keeps no entry of them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.boxes import new_pair, public_of
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.ids import drawn_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.org.agencies.models import Agency
from linli.tips.readers.queries import candidates, reader_names
from linli.tips.readers.rules import CONCERNS, Wanted, enough, named_in, readers_of
from linli.tips.receipts.rules import GiverKeys
from linli.tips.talk.acts.sealing import add_to_first, boxed_for_giver, put_envelopes, put_files, put_word, turn_keys
from linli.tips.talk.models import Tip
from linli.tips.talk.queries.opening import Opened, first_of, opened_word
from linli.tips.talk.rules import LONGEST, TIP_LIFE, Said, Told, plain_text, wanted_by
from linli.works.cleaning.rules import Cleaned

_UNRECORDED = "An entry has a moment and neighbours in the chain: a giver was promised that only the day is kept."
_CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Given:
    """What came of giving: the tip, whether it was there already (a form sent twice), and whether two can read it."""

    tip: Tip
    again: bool
    by_two: bool


@act("tip.give", zh="提供匿名线索", en="give an anonymous tip", unrecorded=_UNRECORDED)
def give_tip(actor: Actor, *, keys: GiverKeys, told: Told, files: Sequence[Cleaned] = ()) -> Given:
    """Seal a tip to the few who may read it. ``keys`` are those of its receipt; where there is a tip under them already
    nothing is written. Readers whom the text names are left out. Raises Invalid naming a field, Conflict
    ``tip.nobody_reads``.
    """
    told.check()
    there = Tip.objects.filter(index=keys.index).first()
    if there is not None:
        return Given(there, again=True, by_two=True)
    said = _first_said(told)
    readers = readers_of(wanted_by(said), candidates())
    if not readers:
        raise Conflict("tip.nobody_reads")
    pair, today = new_pair(), clock.today()
    tip = Tip(
        id=drawn_id(),
        code=_code(),
        index=keys.index,
        public=pair.public,
        giver_public=public_of(keys.key),
        given_on=today,
        heard_on=today,
    )
    tip.giver_boxed = boxed_for_giver(tip, pair.private)
    tip.save(force_insert=True)
    put_word(tip, replace(said, files=put_files(tip, files)), by_giver=True)
    put_envelopes(Opened(tip, pair.private), readers)
    return Given(tip, again=False, by_two=enough(readers))


def _first_said(told: Told) -> Said:
    what, where = plain_text(told.what), plain_text(told.where)
    room = Agency.objects.at_work().filter(code=told.room).first() if told.room else None
    station = Agency.objects.at_work().filter(code=told.station, kind="station").first() if told.station else None
    if room is not None and station is None and room.parent_id:
        station = Agency.objects.filter(pk=room.parent_id, kind="station").first()
    facts = {
        "where": where,
        "when": told.when,
        "part": told.part,
        "audience": told.audience,
        "concerns": told.concerns,
        "room": room.name if room else "",
        "station": station.name if station else "",
        "room_path": room.path if room else "",
        "station_path": station.path if station else "",
        "left_out": sorted(named_in(f"{what}\n{where}", reader_names())),
    }
    return Said(kind="tip", text=what, facts=facts)


def _code() -> str:
    """What readers call a tip among themselves: drawn by chance, no number in a row."""
    drawn = "".join(secrets.choice(_CODE_SIGNS) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


@act("tip.write", zh="匿名线索补充", en="write again under a receipt", about="opened", unrecorded=_UNRECORDED)
def write_again(
    actor: Actor, *, opened: Opened, text: str, files: Sequence[Cleaned] = (), concerns: str = ""
) -> Opened:
    """Say more under a receipt. A closed tip waits again. When it is now said to be about police, or names a reader,
    the tip's keys are turned first and whoever is meant is left out. Raises Invalid naming a field, Conflict
    ``tip.full``.
    """
    words = plain_text(text)
    if not words and not files:
        raise Invalid("tip.no_words", field="text")
    if len(words) > LONGEST:
        raise Invalid("tip.too_long", most=LONGEST, field="text")
    if concerns not in CONCERNS:
        raise Invalid("tip.choice", field="concerns")
    opened = _without_those_meant(opened, words, concerns)
    tip = opened.tip
    put_word(tip, Said(kind="word", text=words, files=put_files(tip, files)), by_giver=True)
    if tip.state != "waiting":
        take(tip, TIP_LIFE, "hear", heard_on=clock.today(), closed_on=None, outcome="")
    return opened


def _without_those_meant(opened: Opened, words: str, concerns: str) -> Opened:
    wanted = wanted_by(opened_word(opened, first_of(opened)))
    left_out = wanted.left_out | named_in(words, reader_names())
    concerned = concerns or wanted.concerns
    if left_out == wanted.left_out and concerned == wanted.concerns:
        return opened
    now = Wanted(wanted.audience, concerned, wanted.room_path, wanted.station_path, left_out)
    readers = readers_of(now, candidates())
    if not readers:
        raise Conflict("tip.nobody_reads")
    add_to_first(opened, concerns=concerned, left_out=sorted(left_out))
    return turn_keys(opened, keep=readers)
