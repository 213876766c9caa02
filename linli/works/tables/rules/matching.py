"""Which stored row a row of the file means: by its key, or by another rule that the importer declares. Pure.

None, one and many are said apart. Many never takes the first: the row is rejected, and the answer names the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from linli.kernel.words import Words

CREATE, REJECT, SKIP, UPDATE = "create", "reject", "skip", "update"
MISSING = {
    CREATE: Words("新增", "make it"),
    REJECT: Words("退回", "reject the row"),
    SKIP: Words("跳过", "leave it out"),
}
FOUND = {UPDATE: Words("更新", "update it"), SKIP: Words("跳过，不改已有的", "leave what is stored")}


@dataclass(frozen=True, slots=True)
class Match:
    """One way to find the stored row: ``columns`` together, which the file must have."""

    name: str
    words: Words
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """How one import treats what it finds: ``by`` names a :class:`Match` (blank: the key), ``keep`` the columns that
    are filled where they are blank and never overwritten.
    """

    by: str = ""
    missing: str = CREATE
    found: str = UPDATE
    keep: frozenset[str] = frozenset()


@dataclass(slots=True)
class Counted:
    """How many keys of the file meant no stored row, one, or several."""

    none: int = 0
    one: int = 0
    many: int = 0

    def as_json(self) -> dict[str, int]:
        return {"none": self.none, "one": self.one, "many": self.many}


def wanted(match: Match, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What a row is looked up by, or None when one of the cells is blank."""
    found = tuple(values.get(name) for name in match.columns)
    return None if any(one in (None, "") for one in found) else found


def kept_out(policy: Policy, name: str, stored: object) -> bool:
    """Whether a column stays as it is stored: it is to be kept, and holds something."""
    return name in policy.keep and stored not in (None, "", (), [])


@dataclass(slots=True)
class Claims:
    """Which stored rows are meant already: two rows of a file that mean the same one are a fault of the file."""

    taken: dict[str, int] = field(default_factory=dict)

    def claim(self, key: str, row: int) -> int | None:
        """The sheet row that meant this stored row before, or None."""
        before = self.taken.setdefault(key, row)
        return None if before == row else before
