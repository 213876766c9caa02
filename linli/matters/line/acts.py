"""Taking a report up the line: the first hop by itself, then a signature, a word back, or the next level.

Hops tell where a report stands and who has signed it; what is done about it stays the matter's own life (kinds). A
report that is settled ends its way, whoever settled it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.inputs import Given, Offline, asked
from linli.kernel.scope import Actor, system
from linli.kernel.workflow import Move, take
from linli.matters.ledger.acts import MatterMoved, MatterOpened, carry_out
from linli.matters.ledger.models import Matter
from linli.matters.line.models import CURRENT, HOP, Hop, LevelClock
from linli.matters.line.queries import clock_of_level, line_above, one_person, post_on_line, signs_for
from linli.matters.line.rules import LEVELS, OWN_HANDS, REPORTS, Step, begins_after, due_at, level_of, next_step
from linli.matters.notes.acts import write_note
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.reach.acts import let_know
from linli.works.jobs.acts import cancel, job, schedule

declare("line.not_yours", zh="这一级不由您签收。", en="This level is not yours to sign.")
declare("line.top", zh="已到最高一级，不能再向上转。", en="This is the top of the line.")
declare("line.not_reporter", zh="只有上报人本人可以补充重报。", en="Only who reported may send it again.")
declare(
    "line.no_settle", zh="这一事项现在不能在此办结，请打开事项办理。", en="It cannot be settled here: open the matter."
)
declare("line.clock", zh="请填写{least}至{most}之间的分钟数。", en="Give minutes from {least} to {most}.")

LINE = system("line")
_LEAST_MIN, _MOST_MIN = 5, 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class HopChanged:
    """News: a report came before a level, was signed, sent back, sent on or settled there."""

    hop: Hop
    what: str
    actor: Actor


@news.listen(MatterOpened)
def on_opened(item: MatterOpened) -> None:
    """A report of somebody on the line takes its first hop in the same deed."""
    matter, actor = item.matter, item.actor
    if matter.kind not in REPORTS or actor.kind != "person" or matter.agency is None:
        return
    post = post_on_line(actor, matter)
    level = level_of(post.code) if post else None
    if post is None or level is None:
        return
    if level >= OWN_HANDS:
        held = Step(level, post.agency_id, (actor.id,))
        begin(actor, matter=matter, step=held, level=level, signed=True)
        return
    step = next_step(line_above(post.path, level, clock.today()), begins_after(post.code, level))
    if step is not None:
        begin(actor, matter=matter, step=step, level=level)


@act("line.report", zh="上报", en="report up the line", keeps=("level",))
def begin(actor: Actor, *, matter: Matter, step: Step, level: int, signed: bool = False) -> Hop:
    """The first hop. ``signed``: it lies in the hands of who made it, who stands high enough to deal with it."""
    hop = _hop(matter, step, number=1, level=level, how="opened")
    if signed:
        hop.state, hop.signed_at, hop.by_id, hop.by_name = "signed", hop.sent_at, actor.id, actor.name
    _place(hop, actor)
    return hop


def _hop(matter: Matter, step: Step, *, number: int, level: int, how: str, word: str = "") -> Hop:
    now = clock.now()
    return Hop(
        matter=matter,
        number=number,
        level=step.level,
        from_level=level,
        agency=Agency.objects.get(pk=step.agency),
        person_id=one_person(step, matter),
        how=how,
        sent_at=now,
        due_at=due_at(now, clock_of_level(step.level)),
        word="" if how == "unsigned" else word,
    )


def _place(hop: Hop, actor: Actor) -> None:
    """Write a hop, start its clock, tell who is meant."""
    hop.save(force_insert=True)
    if hop.state == "waiting":
        schedule("line.unsigned", due_at=hop.due_at, payload={"hop": str(hop.pk)}, key=f"line:{hop.pk}")
        _tell(hop)
    news.announce(HopChanged(hop, hop.how, actor))


def _tell(hop: Hop) -> None:
    """A word to the one who is meant by name; of several nobody is rung: it stands on the day of each."""
    person = Person.objects.filter(pk=hop.person_id).first() if hop.person_id else None
    if person is not None:
        due = f"{clock.shanghai(hop.due_at):%m-%d %H:%M}"
        _write(person, hop, "line.waits", due=due)


def _tell_reporter(actor: Actor, hop: Hop) -> None:
    """A word to who reported: it is settled, or something is missing. What it is stands on his own page alone."""
    opener = hop.matter.opened_by
    if actor.id == opener:
        return
    person = Person.objects.filter(pk=opener, left_on__isnull=True).first()
    if person is not None:
        words = HOP.state(hop.state).words
        _write(person, hop, "line.answered", what=words.zh, what_en=words.en)


def _write(person: Person, hop: Hop, template: str, **body: str) -> None:
    number = hop.matter.number
    let_know(
        person,
        template=template,
        body={"number": number, "link": f"/matters/{number}", **body},
        subject_type="matters.hop",
        subject_id=str(hop.pk),
    )


def _mine(actor: Actor, hop: Hop) -> None:
    if not signs_for(actor, hop):
        raise NotAllowed("line.not_yours")


def _took(actor: Actor, hop: Hop, move: str, device_at: datetime | None, **columns: Any) -> None:
    """One step of a hop by compare-and-swap; who is first has it, the other is told where it stands."""
    final = HOP.state(HOP.move(move).target).final
    ended = {"ended_at": clock.now()} if final or move == "send_back" else {}
    take(hop, HOP, move, by_id=actor.id, by_name=actor.name, device_at=device_at, **ended, **columns)
    cancel(prefix=f"line:{hop.pk}")


def _path(facts: dict[str, Any]) -> str:
    return str(facts["hop"].agency.path)


def _subject(*inputs: Any, move: str, icon: str, order: int) -> Offline:
    """Offered on what lies in one's own hands; on one's own report a phone shows where it stands."""
    step = HOP.move(move)
    return Offline(
        *(inputs, None, Hop), states=step.sources, kinds=("sign", "held"), to=step.target, icon=icon, order=order
    )


@act(
    "line.sign",
    zh="签收上报",
    en="sign for a report",
    about="hop",
    within=_path,
    offline=_subject(move="sign", icon="check", order=10),
)
def sign(actor: Actor, *, hop: Hop, device_at: datetime | None = None) -> Hop:
    """Sign: it is read and taken on. A second signature is a Conflict."""
    _mine(actor, hop)
    _took(actor, hop, "sign", device_at, signed_at=clock.now())
    news.announce(HopChanged(hop, "sign", actor))
    return hop


@act(
    "line.send_back",
    zh="退回补充",
    en="send a report back",
    about="hop",
    within=_path,
    offline=_subject(
        asked("word", "text", "退回原因", "why", required=True, longest=400, personal=True),
        move="send_back",
        icon="arrow-back-up",
        order=40,
    ),
)
def send_back(actor: Actor, *, hop: Hop, word: str, device_at: datetime | None = None) -> Hop:
    """Back to who reported, with what is missing; he completes it and sends it again."""
    _mine(actor, hop)
    _took(actor, hop, "send_back", device_at, word=_said(word), signed_at=hop.signed_at or clock.now())
    _tell_reporter(actor, hop)
    news.announce(HopChanged(hop, "send_back", actor))
    return hop


@act(
    "line.send_up",
    zh="转上一级",
    en="send a report further up",
    about="hop",
    within=_path,
    offline=_subject(
        asked("word", "text", "说明", "a word with it", longest=400, personal=True),
        move="send_up",
        icon="arrow-up",
        order=20,
    ),
)
def send_up(actor: Actor, *, hop: Hop, word: str = "", device_at: datetime | None = None) -> Hop:
    """To the next manned level, with a word. Raises Invalid ``line.top`` where nobody stands above."""
    _mine(actor, hop)
    step = _above(hop)
    if step is None:
        raise Invalid("line.top")
    signed = {"signed_at": clock.now()} if hop.signed_at is None else {}
    _took(actor, hop, "send_up", device_at, **signed)
    _next(actor, hop, step, how="sent_up", word=word.strip())
    return hop


@act(
    "line.settle",
    zh="就地办结",
    en="settle a report",
    about="hop",
    within=_path,
    offline=_subject(
        asked("word", "long_text", "办理结果（上报人会看到）", "outcome (who reported reads it)", required=True,
              longest=400, personal=True),
        move="settle",
        icon="circle-check",
        order=30,
    ),
)  # fmt: skip
def settle(actor: Actor, *, hop: Hop, word: str, device_at: datetime | None = None) -> Hop:
    """Settle it where it is: the matter takes its own step "settle", and its way ends with it."""
    _mine(actor, hop)
    matter = hop.matter
    step = next((one for one in matter.workflow.moves_from(matter.state) if one.name == "settle"), None)
    if step is None or not _may_settle(actor, step):
        raise Invalid("line.no_settle")
    carry_out(actor, matter=matter, step=step, facts={"outcome": _said(word)}, device_at=device_at)
    hop.refresh_from_db()
    return hop


def _may_settle(actor: Actor, step: Move) -> bool:
    """Police of any level of the line settle what came up to them; helpers what their own posts settle anyway."""
    level = max((level_of(post.code) or 0 for post in actor.posts), default=0)
    return actor.is_system or level >= OWN_HANDS or not step.may or actor.holds(*step.may)


def _renewed_on_phone(actor: Actor, given: Given) -> dict[str, Any]:
    return {"addition": given.values["word"]}


@act(
    "line.send_again",
    zh="补充后重报",
    en="complete a report and send it again",
    about="hop",
    offline=Offline(
        (asked("word", "long_text", "补充内容", "what was missing", required=True, personal=True),),
        subject=Hop,
        states=("back",),
        kinds=("mine",),
        to="renewed",
        prepare=_renewed_on_phone,
        icon="send",
        order=10,
    ),
)
def send_again(actor: Actor, *, hop: Hop, addition: str, device_at: datetime | None = None) -> Hop:
    """Who reported adds what was missing (a note of the matter) and sends it to the same level."""
    if hop.matter.opened_by != actor.id:
        raise NotAllowed("line.not_reporter")
    word, sender = _said(addition), hop.by_id
    write_note(actor, matter=hop.matter, text=word, device_at=device_at)
    _took(actor, hop, "renew", device_at)
    people = (hop.person_id,) if hop.person_id else (sender,) if sender else ()
    _next(actor, hop, Step(hop.level, hop.agency_id, people), how="again", word=word)
    return hop


def _said(word: str) -> str:
    if not word.strip():
        raise Invalid("fact.missing", field="word")
    return word.strip()


def _above(hop: Hop) -> Step | None:
    return next_step(line_above(hop.agency.path, hop.level, clock.today()), hop.level)


def _next(actor: Actor, hop: Hop, step: Step, *, how: str, word: str = "") -> Hop:
    new = _hop(hop.matter, step, number=hop.number + 1, level=hop.level, how=how, word=word)
    _place(new, actor)
    return new


@job("line.unsigned")
def run_unsigned(payload: dict[str, str]) -> None:
    """The clock of a level has run out: to the next one, if it still waits."""
    rows = Hop.objects.select_related("matter__agency", "matter__station", "agency")
    hop = rows.filter(pk=payload["hop"], state="waiting").first()
    if hop is not None and hop.due_at <= clock.now() and _above(hop) is not None:
        lapse(LINE, hop=hop)


@act("line.lapse", zh="逾期转上一级", en="pass an unsigned report on", about="hop")
def lapse(actor: Actor, *, hop: Hop) -> Hop:
    """Unsigned in time: the next manned level has it now. At the top it stays, and stands there as late."""
    step = _above(hop)
    if step is None:
        raise Invalid("line.top")
    take(hop, HOP, "lapse", ended_at=clock.now())
    _next(actor, hop, step, how="unsigned")
    return hop


@news.listen(MatterMoved)
def on_moved(item: MatterMoved) -> None:
    """Settled, turned into another kind or ended, by whatever act: the way of the report ends where it stood."""
    matter = item.matter
    if matter.kind not in REPORTS or not (matter.state == "settled" or matter.closed_at is not None):
        return
    hop = Hop.objects.filter(matter=matter, state__in=CURRENT).first()
    if hop is None:
        return
    word = str(matter.details.get("outcome") or matter.workflow.state(matter.state).words.zh)
    try:
        at = clock.now()
        who = {"by_id": item.actor.id, "by_name": item.actor.name}
        take(hop, HOP, "settle", word=word, ended_at=at, signed_at=hop.signed_at or at, **who)
    except Conflict:
        return
    cancel(prefix=f"line:{hop.pk}")
    _tell_reporter(item.actor, hop)
    news.announce(HopChanged(hop, "settle", item.actor))


@act("line.set_clock", zh="设置签收时限", en="set the clock of a level", keeps=("level", "minutes", "least_minutes"))
def set_clock(actor: Actor, *, level: int, minutes: int | None, least_minutes: int = 240) -> LevelClock:
    """How long a level has: minutes from when it came, or None for the Shanghai day (at least ``least_minutes``)."""
    if not 1 <= level < len(LEVELS):
        raise Invalid("fact.wrong", field="level", why=str(level))
    for value in (minutes, least_minutes):
        if value is not None and not _LEAST_MIN <= value <= _MOST_MIN:
            raise Invalid("line.clock", least=_LEAST_MIN, most=_MOST_MIN, field="minutes")
    row, _ = LevelClock.objects.update_or_create(
        level=level, defaults={"minutes": minutes, "least_minutes": least_minutes}
    )
    return row
