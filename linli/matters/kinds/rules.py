"""What a kind of matter declares. Forms, buttons, API, rights rows, docs and demo data follow from it; no migration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from linli.kernel.errors import Invalid
from linli.kernel.registry import Registry
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow


@dataclass(frozen=True, slots=True)
class Field:
    """One detail of a kind. ``kind`` is text, number, choice, flag or moment; ``counted`` facts are stored as rows to
    filter by. ``retired`` codes are no longer offered and still taken: a phone may come back with one after days.
    """

    name: str
    words: Words
    kind: str = "text"
    required: bool = False
    choices: tuple[tuple[str, Words], ...] = ()
    retired: tuple[str, ...] = ()
    counted: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A declared kind. ``prefix`` begins its public numbers, ``opens`` names the posts that may open one, ``keep_days``
    when it is erased.
    """

    code: str
    prefix: str
    words: Words
    icon: str
    workflow: Workflow
    opens: tuple[str, ...]
    details: tuple[Field, ...] = ()
    columns: tuple[str, ...] = ("number", "title", "state", "agency", "opened_at")
    search: tuple[str, ...] = ("title", "address")
    keep_days: int = 3650
    due_after_h: int | None = None
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
            clean[item.name] = _cleaned(item, value)
        return clean


def _cleaned(item: Field, value: Any) -> Any:
    if item.kind == "choice" and value not in {*item.retired, *(choice for choice, _ in item.choices)}:
        raise Invalid("fact.wrong", field=item.words.zh, why=str(value))
    if item.kind == "number":
        try:
            return float(value)
        except (TypeError, ValueError) as wrong:
            raise Invalid("fact.wrong", field=item.words.zh, why=str(value)) from wrong
    if item.kind == "flag":
        return value in (True, "true", "1", "on", 1)
    return str(value)


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


def plain_workflow(name: str, settled: Words) -> Workflow:
    """Open, assign, settle, close, and the way back: the life of the kinds that need no other."""
    return Workflow(
        name,
        "open",
        (
            State("open", Words("待办", "open")),
            State("assigned", Words("已交办", "assigned")),
            State("settled", settled),
            State("closed", Words("结案", "closed"), final=True),
        ),
        (
            Move(
                "assign", ("open", "assigned", "settled"), "assigned", Words("交办", "assign"), needs=("assignee_id",)
            ),
            Move("settle", ("open", "assigned"), "settled", Words("办结", "settle"), needs=("outcome",)),
            Move("close", ("settled",), "closed", Words("结案", "close")),
            Move("reopen", ("settled", "closed"), "open", Words("重新办理", "reopen"), needs=("reason",)),
        ),
    )
