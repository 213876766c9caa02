"""In which order the channels of one person are tried. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def own_order(channels: Sequence[tuple[str, bool]], wished: Sequence[str]) -> list[str]:
    """The bureau's order with a person's wishes in it.

    ``channels`` are names in the bureau's order, each with whether people may move it. Those that may be moved change
    places among themselves as wished, what is not wished for comes behind; the others stay where they are.
    """
    free = [name for name, may_move in channels if may_move]
    chosen = [name for name in wished if name in free]
    moved = iter([*chosen, *(name for name in free if name not in chosen)])
    return [next(moved) if may_move else name for name, may_move in channels]
