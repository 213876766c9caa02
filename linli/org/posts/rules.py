"""The posts there are, in the words of the field."""

from __future__ import annotations

from datetime import date

from linli.kernel.words import Words

POSTS: dict[str, Words] = {
    "call_taker": Words("接警员", "call taker"),
    "dispatcher": Words("指挥调度员", "dispatcher"),
    "station_desk": Words("派出所值班员", "station desk"),
    "station_chief": Words("派出所所长", "station chief"),
    "bureau_leader": Words("局领导", "bureau leader"),
    "tips_desk": Words("线索受理专员", "tips desk"),
    "community_officer": Words("社区民警", "community officer"),
    "auxiliary": Words("辅警", "auxiliary"),
    "assistant": Words("警务助理", "police assistant"),
    "information_officer": Words("警务信息员", "information officer"),
    "grid_worker": Words("网格员", "grid worker"),
    "liaison_cadre": Words("包联干部", "liaison cadre"),
    "property_manager": Words("物业经理", "property manager"),
    "safety_watcher": Words("治安监督员", "safety watcher"),
    "partner_officer": Words("联动单位联系人", "partner's officer"),
    "mediator": Words("人民调解员", "people's mediator"),
    "lawyer": Words("驻所律师", "lawyer in residence"),
    "administrator": Words("系统管理员", "administrator"),
    "auditor": Words("审计员", "auditor"),
    "intake_machine": Words("110接警系统", "110 intake machine"),
}


CIVIL: frozenset[str] = frozenset(
    {"liaison_cadre", "property_manager", "grid_worker", "information_officer", "safety_watcher", "mediator", "lawyer"}
)
"""Posts of people who work beside the police and see no police data: what they reported and what they were given is
theirs, no call of their village is (Q1, F2, experience).
"""


NAMELESS: frozenset[str] = frozenset({"safety_watcher"})
"""Posts of volunteers: the card of such a person carries no name, and is made with his code card alone (ADR 0219)."""


NARROW: frozenset[str] = frozenset({"tips_desk"})
"""Police posts with one task that needs no look at the ledger: the tips desk reads what is sealed to it, no more."""


def sees_there(code: str, agency_kind: str) -> bool:
    """Whether a post reaches what lies at its agency. A civil post at a police agency reaches only its own: what it
    reported, what it was given. At a partner's it sees what the partner was handed.
    """
    return (code not in CIVIL and code not in NARROW) or agency_kind == "partner"


def overlaps(since: date, until: date | None, other_since: date, other_until: date | None) -> bool:
    """Whether two half-open periods share a day; an end of None is open."""
    return (until is None or other_since < until) and (other_until is None or since < other_until)
