"""Lifting a matter to the next level, and pushing one back with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.inputs import Given, Offline, Variant, asked
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import MatterMoved, share
from linli.matters.ledger.models import Matter
from linli.matters.levels.models import LevelChange
from linli.matters.levels.queries import agency_on
from linli.matters.levels.rules import LEVELS, OVER, above, below_level, level_or_first

declare("level.none", zh="这类事项不分级。", en="This kind of matter has no level.")
declare(
    "level.no_further", zh="已在{level_zh}，不能再往{way_zh}。", en="It is with the {level_en}; it goes no {way_en}."
)
declare(
    "level.not_yours", zh="从{level_zh}提级或退回，不由您的岗位办理。", en="Not your post moves it from the {level_en}."
)
declare(
    "level.over", zh="该事项已办结或已移交，不能再提级或退回。", en="It is settled or handed over; its level stays."
)
declare(
    "level.changed",
    zh="该事项的层级刚被别人改过，请看新的情况。",
    en="Somebody has just changed its level; look again.",
)


_WHY = asked("reason", "text", "原因", "why", required=True, longest=400)


def _forms(*, up: bool) -> tuple[Variant, ...]:
    """A form for each level that has one to go to, for the posts that may, on what runs there."""
    states = {state.name for kind in KINDS.values() if kind.rises for state in kind.workflow.states}
    runs, found = tuple(sorted(states - set(OVER))), []
    for level in LEVELS.values():
        to = above(level.code) if up else below_level(level.code)
        posts = level.lifts if up else level.pushes_back
        if to and posts:
            zh, en = LEVELS[to].words.zh, LEVELS[to].words.en
            words = Words(f"提级到{zh}", f"lift to the {en}") if up else Words(f"退回{zh}", f"push back to the {en}")
            when = {"level": (level.code,), "state": runs}
            found.append(Variant(level.code, words, (_WHY,), posts=posts, when=when))
    return tuple(found)


def lifted_on_phone() -> tuple[Variant, ...]:
    """To the next level up."""
    return _forms(up=True)


def pushed_on_phone() -> tuple[Variant, ...]:
    """To the level below."""
    return _forms(up=False)


def _from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    """Lifted from where its author saw it: what was lifted meanwhile is not lifted once more."""
    if level_or_first(given.subject.level) != given.variant:
        raise Conflict("level.changed")
    return {"reason": given.values["reason"]}


@act(
    "level.lift",
    zh="提级办理",
    en="lift to the next level",
    keeps=("reason",),
    about="matter",
    offline=Offline(subject=Matter, prepare=_from_phone, variants=lifted_on_phone, icon="arrow-up", order=80),
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def lift_matter(actor: Actor, *, matter: Matter, reason: str) -> LevelChange:
    """Give a matter to the next level up; the level below keeps seeing it. Raises NotAllowed for posts that do not lift
    from here, Invalid at the top, Conflict when somebody was first.
    """
    level = LEVELS[_level_of(matter)]
    _check(actor, level.code, level.lifts, above(level.code), up=True)
    return _change(actor, matter, above(level.code), reason, pushed_back=False)


@act(
    "level.push_back",
    zh="退回下级办理",
    en="push back to the level below",
    keeps=("reason",),
    about="matter",
    offline=Offline(subject=Matter, prepare=_from_phone, variants=pushed_on_phone, icon="arrow-back-up", order=81),
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def push_back(actor: Actor, *, matter: Matter, reason: str) -> LevelChange:
    """Give a matter back to the level below, always with a reason. Raises as :func:`lift_matter`."""
    level = LEVELS[_level_of(matter)]
    _check(actor, level.code, level.pushes_back, below_level(level.code), up=False)
    return _change(actor, matter, below_level(level.code), reason, pushed_back=True)


def _level_of(matter: Matter) -> str:
    if not KINDS[matter.kind].rises:
        raise Invalid("level.none")
    if matter.state in OVER:
        raise Conflict("level.over")
    return level_or_first(matter.level)


def _check(actor: Actor, level: str, posts: tuple[str, ...], target: str, *, up: bool) -> None:
    words = LEVELS[level].words
    if not target:
        way = {"way_zh": "上", "way_en": "higher"} if up else {"way_zh": "下", "way_en": "lower"}
        raise Invalid("level.no_further", level_zh=words.zh, level_en=words.en, **way)
    if not actor.is_system and not actor.holds(*posts):
        raise NotAllowed("level.not_yours", level_zh=words.zh, level_en=words.en)


def _change(actor: Actor, matter: Matter, target: str, reason: str, *, pushed_back: bool) -> LevelChange:
    if not reason.strip():
        raise Invalid("fact.missing", field="reason")
    now, before = clock.now(), matter.agency
    agency = agency_on(matter, target) or before
    moved = agency is not None and (before is None or agency.pk != before.pk)
    columns = {"agency": agency, "assignee": None} if moved else {}
    due_at = now + timedelta(hours=LEVELS[target].due_h)
    changed = Matter.objects.filter(pk=matter.pk, level=matter.level, state=matter.state).update(
        level=target, due_at=due_at, late_since=None, version=F("version") + 1, **columns
    )
    if not changed:
        raise Conflict("level.changed")
    row = LevelChange.objects.create(
        matter=matter,
        from_level=level_or_first(matter.level),
        to_level=target,
        from_agency=before,
        to_agency=agency,
        pushed_back=pushed_back,
        reason=reason.strip()[:400],
        by_name=actor.name,
        at=now,
    )
    if moved and before is not None:
        share(matter, before.pk)
    matter.refresh_from_db()
    news.announce(MatterMoved(matter, "push_back" if pushed_back else "lift", actor))
    return row
