"""Reading what a workbook says about a room's equipment: pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from linli.kernel.words import Words

_NAMED = re.compile(r"^(?P<kind>[^:：]+)[:：](?P<serial>.+)$")
_COUNTED = re.compile(r"^(?P<kind>.+?)\s*[x×*X]\s*(?P<count>\d{1,3})$")


class Item(NamedTuple):
    """One thing of a room: the code of its kind and its serial."""

    kind: str
    serial: str


def read_equipment(parts: Iterable[str], kinds: Mapping[str, Words], room: str) -> tuple[Item, ...]:
    """``对讲机:R1``, ``对讲机×3`` or ``打印机`` → items; counted ones get serials from the room's code.

    Raises ``ValueError`` with the part that names no known kind.
    """
    codes = {word.casefold(): code for code, words in kinds.items() for word in (code, words.zh, words.en)}
    items: list[Item] = []
    for part in parts:
        named, counted = _NAMED.match(part), _COUNTED.match(part)
        word = (named or counted or {"kind": part})["kind"].strip()
        code = codes.get(word.casefold())
        if code is None:
            raise ValueError(word)
        if named:
            items.append(Item(code, named["serial"].strip()[:40]))
        else:
            count = int(counted["count"]) if counted else 1
            items += [Item(code, f"{room}-{number:02d}") for number in range(1, count + 1)]
    return tuple(sorted(set(items)))
