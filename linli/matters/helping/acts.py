"""Coming to help, doing one's part, leaving it; the first helper takes the request on, its end is thanked to all."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.inputs import Offline, Variant, asked
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import take
from linli.matters.helping.models import HELPING, Helper
from linli.matters.helping.queries import helping_post, may_join
from linli.matters.kinds.help_request import HELPERS
from linli.matters.ledger.acts import MatterMoved, carry_out
from linli.matters.ledger.models import Matter, MattersRewritten
from linli.org.people.models import Person
from linli.org.reach.acts import let_know

LONGEST_WORD = 400

declare(
    "help.closed", zh="这件求助现在不能加入帮办，或您已在帮办。", en="One cannot join this, or you are at it already."
)
declare("help.not_yours", zh="只有帮办人本人可以这样登记。", en="Only the helper himself may say so.")


def _where(facts: dict[str, Matter]) -> str:
    return facts["matter"].scope_paths()[0]


def _where_of(facts: dict[str, Helper]) -> str:
    return facts["helper"].scope_paths()[0]


def joined_on_phone() -> tuple[Variant, ...]:
    """Beside the others who are at it. The first one takes the request on by its own step."""
    when = {"kind": ("help_request",), "state": ("assigned", "helping"), "at_it": ("no",)}
    return (Variant("along", Words("我也来帮", "I will help too"), (), posts=HELPERS, when=when),)


@act(
    "help.join",
    zh="加入帮办",
    en="come to help",
    about="matter",
    offline=Offline(subject=Matter, variants=joined_on_phone, icon="heart-handshake", order=30),
    within=_where,
)
def join_help(actor: Actor, *, matter: Matter) -> Helper:
    """One more named helper. The first one takes the request on with it; raises Conflict ``help.closed``."""
    if not may_join(actor, matter):
        raise Conflict("help.closed")
    if matter.state == "open" or (matter.state == "assigned" and matter.assignee_id == actor.id):
        carry_out(actor, matter=matter, step=matter.workflow.move("take_on"), facts={})
        return Helper.objects.get(matter=matter, person_id=actor.id, state="at_it")
    helper = _come(actor, matter)
    _renew(matter)
    return helper


def _come(actor: Actor, matter: Matter) -> Helper:
    helper = Helper.objects.create(
        matter=matter,
        person_id=actor.id,
        name=actor.name,
        post=helping_post(actor, matter),
        joined_at=clock.now(),
    )
    _rekey(matter)
    return helper


def _rekey(matter: Matter) -> None:
    """Who helps sees the request, also when it has been given to another to do; who has left does not."""
    news.announce(MattersRewritten([matter.line], frozenset({"assignee"})))


def _one_word(move: str, zh: str, en: str, *, icon: str, order: int) -> Offline:
    """The form of a step of one's own helping: a sentence."""
    step = HELPING.move(move)
    return Offline(
        inputs=(asked("word", "long_text", zh, en, required=True, longest=LONGEST_WORD),),
        subject=Helper,
        states=step.sources,
        to=step.target,
        icon=icon,
        order=order,
    )


@act(
    "help.done",
    zh="登记我的帮办",
    en="say that one's part is done",
    about="helper",
    offline=_one_word("do", "帮了什么", "what one did", icon="circle-check", order=10),
    within=_where_of,
)
def end_part(actor: Actor, *, helper: Helper, word: str) -> Helper:
    """One's own part is done, in a sentence. The request itself is settled by its own step."""
    return _ended(actor, helper, "do", word)


@act(
    "help.leave",
    zh="退出帮办",
    en="leave a request to others",
    about="helper",
    offline=_one_word("leave", "为什么帮不了", "why one cannot go on", icon="logout", order=60),
    within=_where_of,
)
def leave_help(actor: Actor, *, helper: Helper, word: str) -> Helper:
    """One cannot go on, with the reason. Who had taken the request on hands it back with it: it waits again."""
    matter = helper.matter
    if matter.assignee_id == actor.id and matter.state == "helping" and helper.person_id == actor.id:
        carry_out(actor, matter=matter, step=matter.workflow.move("hand_back"), facts={"reason": _said(word)})
        helper.refresh_from_db()
        return helper
    return _ended(actor, helper, "leave", word)


def _ended(actor: Actor, helper: Helper, move: str, word: str) -> Helper:
    if helper.person_id != actor.id:
        raise NotAllowed("help.not_yours")
    take(helper, HELPING, move, word=_said(word), ended_at=clock.now())
    _rekey(helper.matter)
    _renew(helper.matter)
    return helper


def _said(word: str) -> str:
    if not word.strip():
        raise Invalid("fact.missing", field="word")
    return word.strip()[:LONGEST_WORD]


def _renew(matter: Matter) -> None:
    """Who has the request on his screen or phone reads it anew."""
    Matter.objects.filter(pk=matter.pk).update(version=F("version") + 1)


@news.listen(MatterMoved)
def on_moved(item: MatterMoved) -> None:
    """Taken on, handed back or ended by its own step: the list of helpers says the same."""
    matter, actor = item.matter, item.actor
    if matter.kind != "help_request":
        return
    rows = Helper.objects.filter(matter=matter, state="at_it")
    mine = rows.filter(person_id=actor.id).first() if actor.kind == "person" else None
    if item.move == "take_on" and actor.kind == "person" and mine is None:
        _come(actor, matter)
    elif item.move == "hand_back" and mine is not None:
        reason = str(matter.details.get("reason", ""))[:LONGEST_WORD]
        take(mine, HELPING, "leave", word=reason or "帮不了", ended_at=clock.now())
        _rekey(matter)
    elif matter.state == "settled" or matter.closed_at is not None:
        for row in rows:
            take(row, HELPING, "end", ended_at=clock.now())
    if item.move == "close" and matter.details.get("thanks"):
        _thank(matter, actor)


def _thank(matter: Matter, actor: Actor) -> None:
    """A word to everybody who helped: what the one helped said stands on the request's page."""
    for person in Person.objects.filter(pk__in=_helped(matter), left_on__isnull=True).exclude(pk=actor.id):
        let_know(
            person,
            template="help.thanked",
            body={"number": matter.number, "link": f"/matters/{matter.number}"},
            subject_type="matters.matter",
            subject_id=str(matter.pk),
        )


def _helped(matter: Matter) -> set[UUID]:
    return set(Helper.objects.filter(matter=matter, state="done").values_list("person_id", flat=True))
