"""News goes up: a lower floor announces, a programme above listens in its ``AppConfig.ready()``.

Listeners run inside the announcing transaction and only write rows or schedule jobs. So what follows from an act lands
with it or not at all: a crash between the two cannot lose it (ADR 0020).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

N = TypeVar("N")

_listeners: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


def listen(kind: type[N]) -> Callable[[Callable[[N], None]], Callable[[N], None]]:
    """Register a listener for one class of news; the same function is registered once."""

    def register(listener: Callable[[N], None]) -> Callable[[N], None]:
        if listener not in _listeners[kind]:
            _listeners[kind].append(listener)
        return listener

    return register


def announce(item: object) -> None:
    """Tell every listener, in the order of their registration; a listener's refusal refuses the act."""
    for listener in _listeners[type(item)]:
        listener(item)
