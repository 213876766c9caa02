"""States and moves as data, and ``take``: the only thing that changes a state.

A state changes by compare-and-swap, ``UPDATE … WHERE id = … AND state IN (sources)``. Read-check-save lost 27 of 30
races on PostgreSQL (architecture, "Facts that decide"); here the second of two racers gets a Conflict that names the
present state.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Model

from linli.kernel.errors import Conflict, Invalid
from linli.kernel.registry import Registry
from linli.kernel.rows import reread
from linli.kernel.words import Words


@dataclass(frozen=True, slots=True)
class State:
    """A place in a life: ``final`` states need no way on."""

    name: str
    words: Words
    final: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A step: imperative name, from where, to where, with which facts (``needs``; ``also`` may be said and need not)
    and for which posts (empty: by the act's right).
    """

    name: str
    sources: tuple[str, ...]
    target: str
    words: Words
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    machine: bool = False
    """True when only the house itself takes it, as the consequence of something else: no button."""
    also: tuple[str, ...] = ()
    takes_on: bool = False
    """True when whoever takes the step becomes the one who sees to it."""

    @property
    def facts(self) -> tuple[str, ...]:
        """Everything that may be said with the step, needed first."""
        return (*self.needs, *self.also)


@dataclass(frozen=True)
class Workflow:
    """One life as a table. The same tuple draws the buttons, the state diagram and the tests."""

    name: str
    initial: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        names = {state.name for state in self.states}
        for move in self.moves:
            unknown = {move.target, *move.sources} - names
            if unknown:
                raise RuntimeError(f"workflow {self.name}: move {move.name} names unknown states {sorted(unknown)}")
        WORKFLOWS.add(self.name, self)

    def state(self, name: str) -> State:
        return next(state for state in self.states if state.name == name)

    def move(self, name: str) -> Move:
        for move in self.moves:
            if move.name == name:
                return move
        raise Invalid("workflow.no_such_move", move=name)

    def moves_from(self, state: str) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if state in move.sources)


WORKFLOWS: Registry[Workflow] = Registry("workflows")


def take(row: Model, workflow: Workflow, name: str, **changes: object) -> Move:
    """Take the move ``name`` on ``row`` with the column ``changes``, or raise Conflict/Invalid. The row is refreshed in
    place.

    Needed facts must be among ``changes`` or already on the row, and not empty.
    """
    move = workflow.move(name)
    for need in move.needs:
        if changes.get(need, getattr(row, need, None)) in (None, ""):
            raise Invalid("fact.missing", field=need)
    own = {key: value for key, value in changes.items() if _is_column(row, key)}
    changed = (
        type(row)
        ._default_manager.filter(pk=row.pk, state__in=move.sources)
        .update(state=move.target, version=F("version") + 1, **own)
    )
    reread(row, *own)
    if not changed:
        present = workflow.state(str(getattr(row, "state")))  # noqa: B009  (Model has no typed state)
        raise Conflict(
            "workflow.moved_on",
            state_zh=present.words.zh,
            state_en=present.words.en,
            state=present.name,
            move=name,
            target=move.target,
        )
    return move


def _is_column(row: Model, name: str) -> bool:
    return any(name in (column.name, column.attname) for column in row._meta.concrete_fields)
