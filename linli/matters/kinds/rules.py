"""What a kind of matter declares. Forms, buttons, API, rights rows, docs and demo data follow from it; no migration."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.kernel.registry import Registry
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow


@dataclass(frozen=True, slots=True)
class Field:
    """One detail of a kind, or one fact that a step of it takes. ``kind`` is text, number, choice, flag or moment;
    ``counted`` facts are stored as rows to filter by. ``retired`` codes are no longer offered and still taken: a phone
    may come back with one after days.
    """

    name: str
    words: Words
    kind: str = "text"
    required: bool = False
    choices: tuple[tuple[str, Words], ...] = ()
    retired: tuple[str, ...] = ()
    counted: bool = False
    personal: bool = False


COMMON_FACTS = (
    Field("outcome", Words("处理结果", "outcome")),
    Field("reason", Words("原因", "reason")),
    Field("result", Words("结果", "result")),
    Field("due_at", Words("期限", "deadline"), "moment"),
)
"""Facts that steps of many kinds take; a kind says them anew when it means something else."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A declared kind. ``prefix`` begins its public numbers, ``opens`` names the posts that may open one, ``keep_days``
    when it is erased.

    ``asks`` declares the facts that its steps take beside the common ones. ``due_in_h`` gives a state its own time: the
    step that leads there sets the date by which the next one is due, unless it says ``due_at`` itself.
    ``due_at_hour``: due at the next such hour of the clock instead of after hours (the next morning's sorting).
    ``pictured``: the steps that ask for photos on the phone; none insists on one.
    ``rises``: it has a level (``matters.levels``): begins at the grid or with the police and may be lifted.
    """

    code: str
    prefix: str
    words: Words
    icon: str
    workflow: Workflow
    opens: tuple[str, ...]
    details: tuple[Field, ...] = ()
    asks: tuple[Field, ...] = ()
    columns: tuple[str, ...] = ("number", "title", "state", "agency", "opened_at")
    search: tuple[str, ...] = ("title", "address")
    keep_days: int = 3650
    due_after_h: int | None = None
    due_at_hour: int | None = None
    due_in_h: Mapping[str, float] = field(default_factory=dict)
    pictured: tuple[str, ...] = ()
    rises: bool = True
    seed: dict[str, Any] = field(default_factory=dict)

    def check_details(self, details: dict[str, Any]) -> dict[str, Any]:
        """The declared details, cleaned; raises Invalid naming the first field that is missing or wrong."""
        clean: dict[str, Any] = {}
        for item in self.details:
            value = details.get(item.name)
            if value in (None, ""):
                if item.required:
                    raise Invalid("fact.missing", field=item.words.zh)
                continue
            clean[item.name] = cleaned(item, value)
        return clean

    def fact(self, name: str) -> Field | None:
        """What is declared of a fact that a step takes; None for columns such as ``assignee_id``."""
        return next((item for item in (*self.asks, *COMMON_FACTS) if item.name == name), None)

    def check_facts(self, step: Move, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What the step takes of ``facts``, cleaned as declared; raises Invalid naming the first that is wrong."""
        clean: dict[str, Any] = {}
        for name in step.facts:
            value = facts.get(name)
            if value in (None, ""):
                continue
            declared = self.fact(name)
            clean[name] = cleaned(declared, value) if declared else value
        return clean

    def due_of(self, at: datetime) -> datetime | None:
        """When a matter that is opened at ``at`` is due."""
        if self.due_at_hour is not None:
            return next_hour(at, self.due_at_hour)
        return at + timedelta(hours=self.due_after_h) if self.due_after_h else None

    def due_after(self, step: Move, facts: Mapping[str, Any], at: datetime) -> datetime | None:
        """The date that a step sets: the one it says, else that of the state it leads to; None leaves it as it is."""
        if facts.get("due_at"):
            return moment_of(facts["due_at"])
        hours = self.due_in_h.get(step.target)
        return at + timedelta(hours=hours) if hours else None


def next_hour(at: datetime, hour: int) -> datetime:
    """The next time that the clock of Asia/Shanghai shows a full hour, at least one minute away."""
    local = clock.shanghai(at)
    found = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return found if found > local + timedelta(minutes=1) else found + timedelta(days=1)


def moment_of(value: Any) -> datetime:
    """A moment as a form, the API or a phone gives it; without an offset it is of Asia/Shanghai, a day alone its end.
    Raises Invalid.
    """
    if isinstance(value, datetime):
        return value
    text = str(value).strip()
    try:
        found = datetime.fromisoformat(f"{text}T23:59" if len(text) == len("2026-01-01") else text)
    except ValueError as wrong:
        raise Invalid("fact.wrong", field="due_at", why=text[:40]) from wrong
    return found if found.tzinfo else found.replace(tzinfo=clock.SHANGHAI)


def cleaned(item: Field, value: Any) -> Any:
    """One value as its field declares it; raises Invalid naming the field."""
    if item.kind == "choice" and value not in {*item.retired, *(choice for choice, _ in item.choices)}:
        raise Invalid("fact.wrong", field=item.words.zh, why=str(value)[:40])
    if item.kind == "number":
        return _number(item, value)
    if item.kind == "flag":
        return value in (True, "true", "1", "on", 1)
    if item.kind == "moment" and item.name == "due_at":
        return moment_of(value).isoformat()
    return str(value)


def _number(item: Field, value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError) as wrong:
        raise Invalid("fact.wrong", field=item.words.zh, why=str(value)[:40]) from wrong
    if not math.isfinite(found):
        raise Invalid("fact.wrong", field=item.words.zh, why=str(value)[:40])
    return found


KINDS: Registry[Kind] = Registry("kinds of matter")

REPORTERS = (
    "call_taker",
    "dispatcher",
    "station_desk",
    "station_chief",
    "community_officer",
    "auxiliary",
    "assistant",
    "information_officer",
    "grid_worker",
    "liaison_cadre",
    "property_manager",
)
SHARERS = (*REPORTERS, "safety_watcher")
"""Who may tell what he saw: volunteers too, of what a resident may report as well."""
HANDS = (
    "call_taker",
    "dispatcher",
    "station_desk",
    "station_chief",
    "community_officer",
    "assistant",
    "grid_worker",
)
"""Who takes the ordinary steps. Others who may move a matter (cadres, property managers) are named by the step."""
POLICE = ("community_officer", "station_desk", "station_chief", "dispatcher", "call_taker")
"""Who judges: checks a tip, names who must put a hazard right, looks again, closes."""
OPEN, ASSIGNED = State("open", Words("待办", "open")), State("assigned", Words("已交办", "assigned"))
_CLOSE = Words("结案", "close")
CLOSED = State("closed", Words("结案", "closed"), final=True)
AWAY = State("handed_over", Words("已移交", "handed over"))


def assign(*sources: str) -> Move:
    """Give it to somebody by name."""
    return Move("assign", sources, "assigned", Words("交办", "assign"), needs=("assignee_id",), may=HANDS)


def close(words: Words = _CLOSE, *, also: tuple[str, ...] = ()) -> Move:
    """The last step, by whoever answers for it."""
    return Move("close", ("settled",), "closed", words, also=also, may=HANDS)


def reopen(*sources: str) -> Move:
    """The way back, with a reason."""
    return Move(
        "reopen", sources or ("settled", "closed"), "open", Words("重新办理", "reopen"), needs=("reason",), may=HANDS
    )


def goes_away(*sources: str) -> tuple[Move, ...]:
    """The steps of a return ticket: a partner agency takes the matter, gives it back, or settles it there. What was
    settled there is looked at here before it is closed: the first receiver answers for the answer.
    """
    return (
        Move("hand_over", sources, "handed_over", Words("移交", "hand over"), machine=True),
        Move("take_back", ("handed_over",), "open", Words("退回受理", "take back"), machine=True),
        Move(
            "settle_elsewhere",
            ("handed_over",),
            "settled",
            Words("对方办结", "settled elsewhere"),
            also=("outcome",),
            machine=True,
        ),
    )


def plain_workflow(name: str, settled: Words) -> Workflow:
    """Open, assign, settle, close, and the way back: the life of the kinds that need no other."""
    return Workflow(
        name,
        "open",
        (OPEN, ASSIGNED, State("settled", settled), CLOSED, AWAY),
        (
            assign("open", "assigned", "settled"),
            Move("settle", ("open", "assigned"), "settled", Words("办结", "settle"), needs=("outcome",), may=HANDS),
            close(),
            reopen(),
            *goes_away("open", "assigned"),
        ),
    )
