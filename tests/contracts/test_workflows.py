"""Every life: all of it can be reached, none of it is a trap, each word in both languages."""

from __future__ import annotations

import pytest

from linli.kernel.workflow import WORKFLOWS, Workflow
from linli.org.access.rules import RIGHTS
from tests.contracts import house

house.modules()
NAMES = sorted(WORKFLOWS)


def reachable(workflow: Workflow, start: str) -> set[str]:
    """The states that some row can come to from `start`."""
    seen, edge = {start}, [start]
    while edge:
        for move in workflow.moves_from(edge.pop()):
            if move.target not in seen:
                seen.add(move.target)
                edge.append(move.target)
    return seen


def test_there_are_workflows() -> None:
    assert NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_state_is_reachable(name: str) -> None:
    workflow = WORKFLOWS[name]
    assert {state.name for state in workflow.states} == reachable(workflow, workflow.initial)


@pytest.mark.parametrize("name", NAMES)
def test_every_open_state_can_end(name: str) -> None:
    workflow = WORKFLOWS[name]
    final = {state.name for state in workflow.states if state.final}
    assert final, "nothing of this kind ever ends"
    traps = [state.name for state in workflow.states if not reachable(workflow, state.name) & final]
    assert not traps


@pytest.mark.parametrize("name", NAMES)
def test_words_in_both_languages(name: str) -> None:
    workflow = WORKFLOWS[name]
    for words in [state.words for state in workflow.states] + [move.words for move in workflow.moves]:
        assert house.CHINESE.search(words.zh), words
        assert house.LATIN.search(words.en), words


@pytest.mark.parametrize("name", NAMES)
def test_names_are_given_once(name: str) -> None:
    workflow = WORKFLOWS[name]
    for names in ([s.name for s in workflow.states], [m.name for m in workflow.moves]):
        assert len(names) == len(set(names))


@pytest.mark.parametrize("name", NAMES)
def test_moves_are_for_posts_that_exist(name: str) -> None:
    for move in WORKFLOWS[name].moves:
        assert set(move.may) <= set(RIGHTS), move
