"""Why somebody is cared for, on what ground, what a carer sees, how long a plan is kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from linli.kernel.words import Words

REASONS: dict[str, Words] = {
    "lonely_elderly": Words("独居老人", "an elderly person living alone"),
    "disabled": Words("残疾人", "a disabled person"),
    "victim": Words("案件被害人", "a victim of a crime"),
    "left_behind_child": Words("留守儿童", "a child left behind"),
    "child_in_need": Words("困境儿童", "a child in need"),
    "bereaved": Words("失独或变故家庭", "a family after a loss"),
    "illness": Words("长期患病", "long illness"),
    "hardship": Words("生活困难", "hardship"),
}
CHILD_REASONS = frozenset({"left_behind_child", "child_in_need"})

GROUNDS: dict[str, Words] = {
    "consent": Words("本人同意", "consent"),
    "minors_law": Words("未成年人保护法第四十三条", "Law on the Protection of Minors, art. 43"),
    "family_violence_law": Words("反家庭暴力法第六条、第十五条", "Anti-Domestic Violence Law, art. 6 and 15"),
    "elderly_law": Words("老年人权益保障法第三十六条", "Law on the Rights of the Elderly, art. 36"),
    "victim_rules": Words("刑事诉讼法第六十四条保护措施", "Criminal Procedure Law, art. 64"),
}
"""What a plan rests on. Only consent can be withdrawn; a statutory plan ends when its ground does."""

CONSENT_WAYS: dict[str, Words] = {
    "paper": Words("书面签字", "signed on paper"),
    "spoken": Words("口头同意，有见证人", "spoken, with a witness"),
    "guardian_paper": Words("监护人书面签字", "signed by the guardian"),
}
RELATIONS: dict[str, Words] = {
    "parent": Words("父母", "parent"),
    "grandparent": Words("祖父母、外祖父母", "grandparent"),
    "sibling": Words("兄姐", "brother or sister"),
    "appointed": Words("指定监护人", "appointed guardian"),
    "civil_affairs": Words("民政部门", "civil affairs department"),
}
ENDINGS: dict[str, Words] = {
    "goal_reached": Words("目标已达到", "the goal is reached"),
    "moved_away": Words("已迁出", "moved away"),
    "handed_over": Words("已转由其他单位照顾", "cared for by others now"),
    "grown_up": Words("已成年", "come of age"),
    "deceased": Words("已去世", "deceased"),
    "ground_gone": Words("法定事由消失", "the ground is gone"),
}
NEEDS_SEEN: dict[str, Words] = {
    "name": Words("姓名", "name"),
    "phone": Words("电话", "telephone"),
    "address": Words("住址", "address"),
    "situation": Words("情况", "situation"),
}
"""What a partner may be shown, each by a decision of its own; promises and visits she always sees: they are why she is
there.
"""
ROLES: dict[str, Words] = {
    "lead": Words("负责人", "lead"),
    "carer": Words("关爱人", "carer"),
    "partner": Words("合作单位联系人", "partner"),
}
VISIT_KINDS: dict[str, Words] = {
    "home": Words("上门看望", "visit at home"),
    "call": Words("电话问候", "telephone call"),
    "accompany": Words("陪同办事", "went along"),
    "supplies": Words("送生活用品", "brought supplies"),
}
PURPOSES: dict[str, Words] = {
    "visit": Words("上门看望", "to visit"),
    "call": Words("电话问候", "to call"),
    "arrange": Words("办理承诺的事", "to do what was promised"),
    "review": Words("复核", "to review"),
    "emergency": Words("紧急情况", "an emergency"),
}
"""Why a carer looks at name, telephone and home. Chosen, not written: an auditor reads it and must not learn who."""
ADULT_AGE = 18
OWN_SAY_AGE = 8
"""From eight on a child is heard too (Civil Code art. 19; Law on the Protection of Minors art. 4)."""
LONGEST_REVIEW = timedelta(days=186)
KEEP = timedelta(days=365)
"""What is personal in an ended plan goes after a year; when consent was withdrawn, at once."""
FEWEST_SHOWN = 5
"""A smaller number of plans at a place is said as "fewer than five": a room's only plan is somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a plan is asked to rest on, as a form gives it."""

    ground: str
    reason: str
    birth_year: int | None = None
    consent_by: str = ""
    consent_on: date | None = None
    consent_way: str = ""
    consent_paper: bool = False
    guardian_name: str = ""
    guardian_relation: str = ""
    child_heard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """A new plan as a form gives it; what is personal is sealed by the act."""

    called: str
    reason: str
    ground: str
    name: str
    situation: str
    phone: str = ""
    address: str = ""
    birth_year: int | None = None
    guardian_name: str = ""
    guardian_phone: str = ""
    guardian_relation: str = ""
    consent_by: str = ""
    consent_on: date | None = None
    consent_way: str = ""
    child_heard: bool = False
    review_on: date | None = None

    def ground_given(self, *, paper: bool) -> Ground:
        """What the plan is asked to rest on; ``paper``: the signed paper came with it."""
        return Ground(
            ground=self.ground,
            reason=self.reason,
            birth_year=self.birth_year,
            consent_by=self.consent_by,
            consent_on=self.consent_on,
            consent_way=self.consent_way,
            consent_paper=paper,
            guardian_name=self.guardian_name,
            guardian_relation=self.guardian_relation,
            child_heard=self.child_heard,
        )


def is_minor(birth_year: int | None, reason: str, on: date) -> bool:
    """Whether the rules for minors hold: by the reason, or by the year of birth (in doubt a minor)."""
    return reason in CHILD_REASONS or (birth_year is not None and on.year - birth_year <= ADULT_AGE)


def missing(given: Ground, on: date) -> str:
    """The first field that a lawful plan still lacks, or the empty text."""
    if given.reason not in REASONS:
        return "reason"
    if given.ground not in GROUNDS:
        return "ground"
    minor = is_minor(given.birth_year, given.reason, on)
    if minor and not given.guardian_name.strip() and given.guardian_relation != "civil_affairs":
        return "guardian_name"
    if minor and given.guardian_relation not in RELATIONS:
        return "guardian_relation"
    if given.ground != "consent":
        return ""
    return _missing_of_consent(given, on, minor)


def _missing_of_consent(given: Ground, on: date, minor: bool) -> str:
    if not given.consent_by.strip():
        return "consent_by"
    if given.consent_on is None or given.consent_on > on:
        return "consent_on"
    if given.consent_way not in CONSENT_WAYS or (minor and given.consent_way != "guardian_paper"):
        return "consent_way"
    if given.consent_way != "spoken" and not given.consent_paper:
        return "consent_file"
    if minor and not given.child_heard and _old_enough(given.birth_year, on):
        return "child_heard"
    return ""


def _old_enough(birth_year: int | None, on: date) -> bool:
    return birth_year is None or on.year - birth_year >= OWN_SAY_AGE


def may_be_shown(wanted: frozenset[str], *, minor: bool) -> frozenset[str]:
    """What of a person a partner may be shown: of a child never name, telephone or home."""
    return wanted & ({"situation"} if minor else set(NEEDS_SEEN))


def review_due(opened_on: date, wanted: date | None) -> date:
    """The day of the next review: the wanted one, at most half a year away."""
    latest = opened_on + LONGEST_REVIEW
    return min(wanted, latest) if wanted and wanted > opened_on else latest


def told(count: int) -> str:
    """A count as a supervisor is told it: nothing between one and four."""
    return str(count) if count == 0 or count >= FEWEST_SHOWN else f"<{FEWEST_SHOWN}"


def told_all(counts: Mapping[str, int]) -> dict[str, str]:
    """Counts by key as a supervisor is told them; when only one is hidden the smallest other is hidden too, so that
    nobody subtracts.
    """
    small = [key for key, n in counts.items() if 0 < n < FEWEST_SHOWN]
    hidden = set(small)
    if len(small) == 1:
        others = sorted((n, key) for key, n in counts.items() if n >= FEWEST_SHOWN)
        hidden |= {key for _, key in others[:1]}
    return {key: f"<{FEWEST_SHOWN}" if key in small else "—" if key in hidden else str(n) for key, n in counts.items()}
