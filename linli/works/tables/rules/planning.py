"""One import from file to plan: read, check every cell, fold repeated keys, compare with what is stored.

A later row with the same key wins, a blank never overwrites, and a row that says what is already stored writes
nothing. All checks come before the first write (``acts``). What this file holds is what an importer declares and what
passes between reading, planning (``plans``) and writing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Model

from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.works.tables.rules.columns import Column, Fault
from linli.works.tables.rules.matching import Match


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands: ``cells`` by our names without blank ones, ``extra`` counts cells past the header."""

    row: int
    cells: dict[str, object]
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose header was found: ``headers`` as written, ``ignored`` those that no column wanted, ``places`` our
    column → the number of theirs, from 0, in the sheet called ``sheet``.
    """

    file: str
    headers: tuple[str, ...]
    header_row: int
    ignored: tuple[str, ...]
    lines: Iterator[Line]
    places: Mapping[str, int] = field(default_factory=dict)
    sheet: str = ""


@dataclass(slots=True)
class Fresh:
    """New rows of one table that nobody needs as objects, for kinds of many rows: making the objects takes longer than
    writing them. ``columns`` by their names on the object (``address_id``), with the key; ``rows`` hold their values in
    that order. Columns that are not named stand as the model declares them.
    """

    model: type[Model]
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(slots=True)
class Writes:
    """What a batch of changes does: rows to make (parents first), rows to alter, rows to drop.

    ``fresh`` rows are made after those of ``create``, by staged kinds only: they cannot be :meth:`undone`.
    """

    create: list[Model] = field(default_factory=list)
    change: list[tuple[Model, dict[str, Any]]] = field(default_factory=list)
    drop: list[Model] = field(default_factory=list)
    fresh: list[Fresh] = field(default_factory=list)

    def undone(self) -> Writes:
        """The writes that take this back; ask while the rows still hold their old values."""
        if self.fresh:
            raise RuntimeError("rows without objects are taken back by the note of their load only")
        before = [(row, {name: getattr(row, name) for name in new}) for row, new in self.change]
        return Writes(create=list(self.drop), change=before, drop=list(reversed(self.create)))


@dataclass(slots=True)
class Record:
    """All rows of one key folded into one. ``values`` holds what is not blank; ``rows`` the sheet rows, in order."""

    key: str
    values: dict[str, Any]
    rows: list[int]
    repeats_changed: int = 0

    @property
    def row(self) -> int:
        """The row to name when something is wrong: the one that won."""
        return self.rows[-1]


@dataclass(frozen=True, slots=True)
class Change:
    """One key to write: ``current`` is what is stored (``None``: nothing), ``changed`` are the values that differ."""

    record: Record
    current: Mapping[str, Any] | None
    changed: dict[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        return self.record.values

    @property
    def is_new(self) -> bool:
        return self.current is None


class Importer(ABC):
    """What one KIND declares: its columns, how its rows are looked up and built. The rest is the machine's."""

    kind: ClassVar[str]
    words: ClassVar[Words]
    columns: ClassVar[tuple[Column, ...]]
    act: ClassVar[str] = ""
    """The name of its bulk act; blank: ``import.KIND``."""
    matches: ClassVar[tuple[Match, ...]] = ()
    """Other ways than the key to find the stored row; which one holds is said in the map (``[match] by``)."""
    personal: ClassVar[bool] = False
    """Its rows say something about residents or volunteers: an export needs a purpose, which is noted as a look."""
    staged: ClassVar[bool] = False
    """Its rows are ``Loaded``: new ones are written unseen and published all at once. ``build`` then only creates for
    rows that are new."""
    chunk: ClassVar[int] = 0
    """Rows that ``prepare`` is given at once; 0: all of them (parents may stand later in the file)."""

    def key(self, values: Mapping[str, Any]) -> str:
        """The name of a row: its key cells joined."""
        return "|".join(str(values.get(column.name, "")) for column in self.columns if column.key)

    def tidy(self, values: dict[str, Any]) -> dict[str, Any]:
        """One spelling for values that may be written in several, before rows of one key are folded together."""
        return values

    def prepare(self, records: list[Record], faults: Faults) -> list[Record]:
        """Check what needs more than one cell, put parents before children, fill in what follows from the cells.

        Records that are wrong are named in ``faults`` and left out of the result.
        """
        return records

    @abstractmethod
    def current(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """What is stored under these keys, in the same names and types as ``Record.values``."""

    @abstractmethod
    def build(self, changes: Sequence[Change]) -> Writes:
        """The rows to write for these changes. Reads only: writing is done by the machine, in a short transaction."""

    def find(self, match: Match, wanted: Sequence[tuple[Any, ...]]) -> Mapping[tuple[Any, ...], Sequence[str]]:
        """The keys of all stored rows with these values of ``match.columns``."""
        raise NotImplementedError

    def export(self, actor: Actor) -> Iterator[Mapping[str, Any]]:
        """Every stored row that the actor sees, by the names of our columns: imported again it changes nothing."""
        raise NotImplementedError

    def required_for_new(self, values: Mapping[str, Any]) -> Iterator[Column]:
        """Columns without which a new row cannot be made and that are blank."""
        return (column for column in self.columns if column.required and values.get(column.name) is None)

    def finish(self) -> None:
        """Called once after the last write: to drop caches that the rows have outlived."""
        return


@dataclass(slots=True)
class Faults:
    """What is wrong so far. A key that is faulty stays out, with all its rows."""

    all: list[Fault] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)

    def add(self, row: int, column: str, code: str, *, zh: str, en: str, value: str = "") -> None:
        self.all.append(Fault(row, column, code, Words(zh, en), value))
        self.rows.add(row)

    def reject(self, record: Record, column: str, code: str, *, zh: str, en: str, value: str = "") -> None:
        """Name the fault at the row that won, and reject all rows of the record."""
        self.add(record.row, column, code, zh=zh, en=en, value=value)
        self.rows.update(record.rows)
