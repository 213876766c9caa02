"""A crash before every statement that an act sends to the database, and before and after its commit.

The act runs in a forked child that ends itself, without cleaning up, at the k-th point; the parent looks at what is in
the database afterwards. k grows until the child comes through. `os._exit` is to the database what SIGKILL is: a
connection that is gone in the middle.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connections

raw: Any = connections["default"]
"""Untyped on purpose: pool and commit are not part of what Django promises, and they are what is broken here."""

CRASHED = 77
WENT_WRONG = 78
LIMIT = 400


class Points:
    """Counts what is sent to the database and ends the process at one of the points."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0

    def pass_one(self) -> None:
        """One more point; the process may end here."""
        self.seen += 1
        if self.seen == self.at:
            os._exit(CRASHED)

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Around each statement: a point before it."""
        self.pass_one()
        return execute(sql, params, many, context)


def crashes(deed: Callable[[], object]) -> Iterator[int]:
    """Yield after each crash, with the point's number; ends when the deed came through. Commit the data before."""
    for point in range(1, LIMIT):
        leave()
        child = os.fork()
        if child == 0:
            run_child(deed, point)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code != WENT_WRONG, "the deed itself failed: see its traceback above"
        yield point
        if code == 0:
            return
        assert code == CRASHED, code
    raise AssertionError(f"the deed has more than {LIMIT} points")


def leave() -> None:
    """Close the connection and its pool: a forked child must not share them."""
    raw.close()
    if raw.vendor == "postgresql":
        raw.close_pool()


def run_child(deed: Callable[[], object], point: int) -> None:
    """In the child: do the deed with one crash point armed; never returns."""
    points = Points(point)
    commit = raw._commit

    def commit_between_points() -> None:
        points.pass_one()
        commit()
        points.pass_one()

    try:
        raw._commit = commit_between_points
        with raw.execute_wrapper(points.statement):
            deed()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a child must never return into the parent's tests
        traceback.print_exc()
        os._exit(WENT_WRONG)
