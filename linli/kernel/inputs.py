"""What an act asks for when a phone does it without a network. Forms, checks and merging come from here alone.

A programme declares its act ``offline=Offline(…)`` and writes nothing else: the phone builds the form from it, the
replay checks what comes back, finds the row by ``visible_to``, merges, and calls the act.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.kernel.scope import Actor
from linli.kernel.words import Words

KINDS = (
    *("text", "long_text", "choice", "choices", "flag", "number", "date", "datetime", "place"),
    *("row", "rows", "person", "matter", "premises", "photo", "voice", "signature", "file"),
)
APART = frozenset({"photo", "voice", "signature"})
"""Files that go apart, after the record, by the act that the form names as ``attach``: never an argument of the act."""
ROWS = frozenset({"row", "rows", "person", "matter", "premises"})
CLASSES = ("append", "light", "legal")
"""append: never conflicts. light: the later writer wins and the office sees it. legal: both kept, a person decides."""

_LONGEST = {"text": 200, "long_text": 4000}

Choice = tuple[str, Words]
Choices = tuple[Choice, ...] | Callable[[], tuple[Choice, ...]]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as a phone gives it: WGS-84, metres, and what is written of it."""

    lon: float | None = None
    lat: float | None = None
    address: str = ""
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that a phone names by the SHA-256 of what it sent; ``row`` is the stored file once it is whole."""

    sha256: str
    name: str
    row: Any = None


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that is asked for: its ``name`` is the argument of the act, unless ``Offline.prepare`` says otherwise.

    ``of`` is the model of a row kind, found by ``visible_to`` of the author; ``typed``: words are taken too where there
    is no row (the value is then text). ``retired`` codes are no longer offered
    and still taken. ``shown_if`` (name, values) asks only when another input has one of these values. ``conflict`` is
    the class of this field where the act changes a record; empty is the act's own (``Offline.merges``). ``unless``:
    what is required need not be written when one of these inputs says it (a photo, a voice).
    """

    name: str
    kind: str
    words: Words
    required: bool = False
    choices: Choices = ()
    retired: tuple[str, ...] = ()
    of: Any = None
    typed: bool = False
    default: Any = None
    least: float | None = None
    most: float | None = None
    longest: int = 0
    personal: bool = False
    conflict: str = ""
    shown_if: tuple[str, tuple[str, ...]] | None = None
    unless: tuple[str, ...] = ()
    hint: Words | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.conflict not in ("", *CLASSES):
            raise RuntimeError(f"input {self.name}: no kind {self.kind} or class {self.conflict}")
        if self.kind in ("choice", "choices") and not self.choices:
            raise RuntimeError(f"input {self.name} offers nothing to choose")
        if self.kind in ROWS and self.of is None:
            raise RuntimeError(f"input {self.name} does not say of which model")

    @property
    def offered(self) -> tuple[Choice, ...]:
        """What can be chosen now."""
        return self.choices() if callable(self.choices) else self.choices

    @property
    def longest_text(self) -> int:
        """Signs that a text may have."""
        return self.longest or _LONGEST.get(self.kind, _LONGEST["text"])


def asked(name: str, kind: str, zh: str, en: str, **more: Any) -> Input:
    """An :class:`Input` in one line."""
    return Input(name, kind, Words(zh, en), **more)


@dataclass(frozen=True, slots=True)
class Given:
    """What a phone brought for one act, checked: values by the name of the input (only those that were sent).

    Row kinds are rows (``rows`` a list of them), ``place`` is a :class:`Spot`, ``file`` a :class:`Sent` with its row,
    moments are aware.
    ``record`` is the phone's key for a new row. ``device_at`` is set right by how far the phone's clock was off.
    """

    values: Mapping[str, Any]
    subject: Any = None
    record: uuid.UUID | None = None
    variant: str = ""
    device_at: datetime | None = None


Prepare = Callable[[Actor, Given], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several forms of one act: a kind of matter to open, a step to take.

    ``posts``: who is offered it (empty: whoever has the act's right). ``when``: what the subject's data must show.
    """

    code: str
    words: Words
    inputs: tuple[Input, ...]
    posts: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    icon: str = ""
    quick: str = ""
    """The input by which it is begun with one tap from the first page: a photo, a voice."""
    to: str = ""
    """The state that the subject is in afterwards, where the act is a step."""


@dataclass(frozen=True, slots=True)
class Offline:
    """That an act may be done on a phone without a network, and how.

    ``creates`` is the model of the row it makes: the act then takes ``row_id``, the key that the phone made.
    ``subject`` is the model of the row it works on, found by ``visible_to`` of its author and given as the argument
    ``argument`` (empty: the model's name). ``states`` and ``kinds``: of which subjects the phone offers the act.
    ``merges`` says how it meets what others did meanwhile: append, light or legal; for the last two ``current`` gives
    the present value of each input on the subject (default: the attribute of that name).
    ``prepare`` turns :class:`Given` into the arguments of the act where they differ from the inputs.
    ``attach`` names the act that takes the photos, voice and signature of the record, each when it has arrived.
    ``to`` is the state of the subject afterwards, where the act is a step: the phone offers the next one by it.
    ``group`` is where the phone shows the form (order, visit, report, other; unseen: the phone does it by itself),
    ``order`` its place there: smaller is
    first, and the first of an item is its large button. ``follows`` names forms offered in the same sheet.
    """

    inputs: tuple[Input, ...] = ()
    creates: Any = None
    subject: Any = None
    argument: str = ""
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    merges: str = "append"
    current: Callable[[Any], Mapping[str, Any]] | None = None
    prepare: Prepare | None = None
    variants: Callable[[], tuple[Variant, ...]] | None = None
    attach: str = ""
    to: str = ""
    icon: str = ""
    group: str = "other"
    order: int = 50
    follows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.merges not in CLASSES:
            raise RuntimeError(f"no class of conflict {self.merges}")
        if self.merges != "append" and self.subject is None:
            raise RuntimeError("only what changes a record can merge")

    @property
    def subject_argument(self) -> str:
        """The argument of the act that takes the row it works on."""
        if self.subject is None:
            return ""
        return self.argument or str(self.subject._meta.model_name)

    def variant(self, code: str) -> Variant | None:
        """The form with this code, or None."""
        found = self.variants() if self.variants else ()
        return next((one for one in found if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Followed:
    """News: a phone did an act because of another record (a hazard seen at a visit): ``cause`` is that record's key."""

    actor: Actor
    row: Any
    cause: uuid.UUID


def label_of(model: Any) -> str:
    """How a model is called to the phone: ``matters.matter``."""
    return str(model._meta.label_lower) if model is not None else ""
