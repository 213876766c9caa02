"""What readers do: each act stands in the trail under the reader's name, and holds nothing of the giver."""

from __future__ import annotations

import uuid
from contextlib import suppress

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotFound
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.ledger.acts import Placed, open_matter
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import station_of
from linli.tips.readers.queries import candidates
from linli.tips.readers.rules import Wanted, readers_of
from linli.tips.talk.acts.sealing import add_to_first, put_word, turn_keys
from linli.tips.talk.models import Tip
from linli.tips.talk.queries.opening import Opened, first_of, opened_word
from linli.tips.talk.rules import LONGEST, OUTCOMES, TIP_LIFE, Said, plain_text, wanted_by


@act("tip.open", zh="查看匿名线索", en="open an anonymous tip", about="tip")
def note_opened(actor: Actor, *, tip: Tip) -> Tip:
    """A reader looks at what a tip says: his name and the moment stand in the trail, nothing of the tip."""
    _read(tip)
    return tip


@act("tip.answer", zh="答复匿名线索", en="answer an anonymous tip", about="tip")
def answer_tip(actor: Actor, *, tip: Tip, text: str) -> Tip:
    """Write to the giver, who reads it by the receipt. Raises Invalid without words."""
    put_word(tip, Said(kind="answer", text=_words(text)), by_giver=False)
    _read(tip)
    return tip


def _read(tip: Tip) -> None:
    """It waits no more; another reader may have been first, and that is as well."""
    if tip.state == "waiting":
        with suppress(Conflict):
            take(tip, TIP_LIFE, "read")


def _words(text: str) -> str:
    words = plain_text(text)
    if not words:
        raise Invalid("tip.no_words", field="text")
    if len(words) > LONGEST:
        raise Invalid("tip.too_long", most=LONGEST, field="text")
    return words


@act("tip.move", zh="办理匿名线索", en="move an anonymous tip", keeps=("move", "outcome"), about="tip")
def move_tip(actor: Actor, *, tip: Tip, move: str, outcome: str = "", text: str = "") -> Tip:
    """Begin to check, or close with what came of it and a word to the giver. Raises Invalid ``tip.outcome``, Conflict
    when somebody was first.
    """
    if TIP_LIFE.move(move).machine:
        raise Invalid("workflow.no_such_move", move=move)
    if move != "close":
        take(tip, TIP_LIFE, move)
        return tip
    if outcome not in OUTCOMES or not text.strip():
        raise Invalid("tip.outcome", field="text" if outcome in OUTCOMES else "outcome")
    take(tip, TIP_LIFE, "close", outcome=outcome, closed_on=clock.today())
    put_word(tip, Said(kind="result", text=_words(text), facts={"outcome": outcome}), by_giver=False)
    return tip


@act(
    "tip.pass_on",
    zh="把线索转为一般事项",
    en="pass on what a tip says",
    about="tip",
    within=lambda facts: facts["agency"].path,
)
def pass_on(actor: Actor, *, tip: Tip, agency: Agency, title: str, what: str) -> Matter:
    """Write an ordinary matter of kind tip in the reader's own words. The sealed words stay; that the two belong
    together is written only inside the sealed talk, where the giver follows what becomes of it.
    """
    told = _words(what)
    place = Placed(agency=agency, station=station_of(agency))
    matter = open_matter(actor, kind="tip", title=plain_text(title)[:160], details={"what": told}, place=place)
    facts = {"matter": str(matter.pk), "number": matter.number}
    put_word(tip, Said(kind="passed", facts=facts), by_giver=False)
    return matter


@act("tip.leave_out", zh="线索回避", en="leave a reader out of a tip", about="tip")
def leave_out(actor: Actor, *, tip: Tip, opened: Opened, person_id: uuid.UUID) -> Tip:
    """A reader who is meant by a tip, or wishes not to read it, reads it no more: keys are turned, and the tip goes to
    the bureau's desk. Raises Conflict ``tip.nobody_reads`` when nobody would be left.
    """
    if opened.tip.pk != tip.pk:
        raise NotFound("row.unknown", what=tip.code)
    was = wanted_by(opened_word(opened, first_of(opened)))
    left_out = was.left_out | {str(person_id)}
    readers = readers_of(Wanted(was.audience, was.concerns, was.room_path, was.station_path, left_out), candidates())
    if not readers:
        raise Conflict("tip.nobody_reads")
    add_to_first(opened, left_out=sorted(left_out))
    turn_keys(opened, keep=readers)
    return tip
