"""A browser test may be tried again, alone: at most two, and never what broke otherwise (ADR 0210)."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence

import pytest

from tools.workshop import suite
from tools.workshop.suite import Grounds, Lane, Outcome

BROWSER = Lane("browser", "sqlite", ("browser",))
ACTS = Lane("acts", "sqlite", ("acts",))
PART = Lane("sqlite", "sqlite")


def outcome(lane: Lane, *failed: str, code: int | None = None) -> Outcome:
    counts = Counter(passed=5, failed=len(failed))
    return Outcome(lane, counts, failed, code if code is not None else int(bool(failed)))


def again(
    monkeypatch: pytest.MonkeyPatch, outcomes: Sequence[Outcome], *, code: int
) -> tuple[list[Outcome], list[str]]:
    """What stands in the end, and what was run a second time; `code` is how that ends."""
    asked: list[str] = []

    def run(lanes: Sequence[Lane], arguments: Sequence[str], grounds: Grounds) -> list[Outcome]:
        asked.extend(arguments)
        return [Outcome(lanes[0], Counter(passed=len(arguments) - code, failed=code), (), code)]

    monkeypatch.setattr(suite, "run_lanes", run)
    with contextlib.ExitStack() as things:
        return suite.tried_again(outcomes, Grounds(things, whole=True)), asked


def test_what_passes_alone_is_named_and_counted_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run is green, the total is that of one run, and the name stands in what was printed."""
    stands, asked = again(monkeypatch, [outcome(BROWSER, "b::x"), outcome(ACTS)], code=0)
    assert asked == ["b::x"]
    assert sum((one.counts for one in stands), Counter()) == Counter(passed=11, failed=0)
    assert [one.code for one in stands] == [0, 0, 0]
    assert "shaky, passed alone: b::x" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("outcomes", "asked"),
    [
        ([outcome(BROWSER, "b::x"), outcome(ACTS)], ["b::x"]),
        ([outcome(BROWSER, "b::x", "b::y", "b::z"), outcome(ACTS)], []),
        ([outcome(BROWSER, "b::x", code=2), outcome(ACTS)], []),
        ([Outcome(BROWSER, Counter(failed=1), (), -9), outcome(ACTS)], []),
        ([outcome(BROWSER), outcome(ACTS, "a::x")], []),
        ([outcome(PART, "b::x")], []),
        ([outcome(BROWSER), outcome(ACTS)], []),
    ],
    ids=["failed again", "too many", "not collected", "killed", "no browser test", "a part", "all passed"],
)
def test_what_has_failed_stays_failed(
    monkeypatch: pytest.MonkeyPatch, outcomes: list[Outcome], asked: list[str]
) -> None:
    """A second failure, a third name, a broken run, another lane: nothing is made better by trying again."""
    stands, tried = again(monkeypatch, outcomes, code=1)
    assert tried == asked
    assert stands == outcomes


def test_another_lane_stays_failed_beside_a_shaky_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the browser may, the rest may not."""
    stands, _ = again(monkeypatch, [outcome(BROWSER, "b::x"), outcome(ACTS, "a::x")], code=0)
    assert sorted(one.code for one in stands) == [0, 0, 1]
