"""Many hands at once, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from linli.kernel.errors import Conflict


def race(hands: int, deed: Callable[[int], Any]) -> list[Any]:
    """Let all hands do the deed at once; returns what each got: a result or the Conflict."""
    gate = threading.Barrier(hands)
    answers: list[Any] = [None] * hands

    def run(n: int) -> None:
        try:
            gate.wait()
            answers[n] = deed(n)
        except Conflict as lost:
            answers[n] = lost
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
