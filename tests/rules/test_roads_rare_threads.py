"""The hierarchy answers whichever thread asks, closures between the questions included: web servers ask from many
threads.
"""

from __future__ import annotations

import threading

import numpy as np

from linli.places.roads.rules.network import FAR
from linli.places.roads.rules.rare import Hierarchy
from tests.town import town_streets


def test_asked_from_many_threads() -> None:
    network = town_streets()
    hierarchy = Hierarchy(network)
    open_ms = network.arc_ms[0][network.out_arc].astype(np.int32)
    shut_ms = open_ms.copy()
    shut_ms[:40] = FAR
    third_ms = open_ms.copy()
    third_ms[40:80] = FAR
    sources, seeds = np.arange(5, dtype=np.int32), np.array([[200, 0]], np.int64)
    answers: list[tuple[int, list[int]]] = []
    errors: list[BaseException] = []

    def ask(turn: int) -> None:
        try:
            ms = (open_ms, shut_ms, third_ms)[turn % 3]
            answers.append((turn % 3, hierarchy.many_to_one(0, ms, sources, seeds).tolist()))
        except BaseException as failed:  # noqa: BLE001  (the library's panic is no Exception; the test names it)
            errors.append(failed)

    for turn in range(24):
        thread = threading.Thread(target=ask, args=(turn,))
        thread.start()
        if turn % 2:
            thread.join()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(timeout=10)
    assert errors == []
    assert len(answers) == 24
    assert all(found == next(other for n, other in answers if n == which) for which, found in answers)
