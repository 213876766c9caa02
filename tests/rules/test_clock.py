"""The clock never goes back (ADR 0023)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.clock import SteadyClock


class Machine:
    """A wall clock that somebody sets and a steady one that only runs."""

    def __init__(self) -> None:
        self.wall_s = 1_000_000.0
        self.steady_s = 5.0

    def run(self, seconds: float) -> None:
        self.wall_s += seconds
        self.steady_s += seconds

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall_s, lambda: self.steady_s)


def test_an_hour_back_changes_nothing() -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock.seconds()
    machine.wall_s -= 3600
    machine.run(10)
    assert clock.seconds() == before + 10


def test_forward_is_followed() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall_s += 3600
    assert clock.seconds() == machine.wall_s


@given(steps=st.lists(st.tuples(st.floats(0, 100), st.floats(-7200, 7200)), max_size=30))
def test_never_back_whatever_is_done(steps: list[tuple[float, float]]) -> None:
    machine = Machine()
    clock = machine.clock()
    last = clock.seconds()
    for passed, set_by in steps:
        machine.run(passed)
        machine.wall_s += set_by
        now = clock.seconds()
        assert now >= last + passed - 1e-6
        last = now


def test_a_new_process_starts_at_the_newest_stored_time() -> None:
    machine = Machine()
    clock = machine.clock()
    stored = datetime.fromtimestamp(machine.wall_s + 3600, UTC)
    assert clock.floor(stored)
    assert clock.seconds() >= stored.timestamp()
    assert not clock.floor(stored - timedelta(seconds=10))


def test_a_stored_time_far_ahead_is_not_believed() -> None:
    machine = Machine()
    clock = machine.clock()
    assert not clock.floor(datetime.fromtimestamp(machine.wall_s + 10 * 86_400, UTC))
    assert clock.seconds() == machine.wall_s
