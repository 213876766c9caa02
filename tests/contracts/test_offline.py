"""Every act that a phone may do: said in both languages, of a known class, and the same after going there and back."""

from __future__ import annotations

import inspect
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from linli.field.forms.rules import form_of
from linli.field.inbox.rules import read_batch
from linli.field.replay.queries import asked_by
from linli.field.replay.rules.meeting import digest_of, sent_from
from linli.field.replay.rules.reading import read
from linli.kernel.acts import Act
from linli.kernel.errors import Invalid
from linli.kernel.inputs import APART, CLASSES, ROWS, Input, Offline, Spot, Variant
from linli.kernel.packs import PARTS
from tests.contracts import house

OFFLINE = sorted(act.name for act in house.acts().values() if act.offline is not None)
pytestmark = pytest.mark.django_db
DIGEST = "0" * 64


def forms_of(name: str) -> Iterator[tuple[Act, Offline, Variant | None, tuple[Input, ...]]]:
    """The act, and each of its forms; some offer what the bureau has declared in its tables."""
    act = house.acts()[name]
    assert act.offline is not None
    for variant in act.offline.variants() if act.offline.variants else (None,):
        yield act, act.offline, variant, variant.inputs if variant else act.offline.inputs


def example(item: Input) -> tuple[Any, Any]:
    """What a phone sends for an input, and what the act gets of it."""
    key = uuid.UUID(int=7)
    if item.kind in ("choice", "choices"):
        code = next((code for code, _ in item.offered), next(iter(item.retired), None))
        return (code, code) if item.kind == "choice" else ([code], (code,))
    number = item.least if item.least is not None else 1
    named = {"sha256": DIGEST, "name": "一"}
    simple: dict[str, tuple[Any, Any]] = {
        "text": ("一", "一"),
        "long_text": ("一 二", "一 二"),
        "flag": (True, True),
        "number": (number, float(number)),
        "date": ("2026-11-22", date(2026, 11, 22)),
        "datetime": ("2026-11-22T08:00:00+08:00", datetime(2026, 11, 22, tzinfo=UTC)),
        "place": ({"lon": 119.8, "lat": 29.4}, Spot(119.8, 29.4)),
        "file": ([named], [named]),
        **dict.fromkeys(APART, ([named], [named])),
        **dict.fromkeys(ROWS, ({"id": str(key)}, key)),
        "rows": ([{"id": str(key)}, {"id": str(key)}], [key]),
    }
    return simple[item.kind]


def test_there_are_offline_acts_of_several_programmes() -> None:
    assert {"matter.note", "matter.open", "order.sign", "file.attach", "premises.change"} <= set(OFFLINE)


@pytest.mark.parametrize("name", OFFLINE)
def test_is_said_in_both_languages_and_has_a_class(name: str) -> None:
    for _, offline, _, inputs in forms_of(name):
        assert offline.merges in CLASSES
        names = [item.name for item in inputs]
        assert len(names) == len(set(names))
        for item in inputs:
            assert house.CHINESE.search(item.words.zh), item.name
            assert house.LATIN.search(item.words.en), item.name
            assert not house.CHINESE.search(item.words.en), item.name
            assert item.shown_if is None or item.shown_if[0] in names


@pytest.mark.parametrize("name", OFFLINE)
def test_fits_its_act(name: str) -> None:
    for act, offline, _, inputs in forms_of(name):
        arguments = set(inspect.signature(inspect.unwrap(act.run)).parameters)
        assert offline.creates is None or "row_id" in arguments, "the phone makes the key"
        assert not offline.subject_argument or offline.subject_argument in arguments
        for model in (offline.creates, offline.subject):
            assert model is None or hasattr(model._default_manager.all(), "visible_to"), "found by visible_to"
        if offline.attach:
            hangs = house.acts()[offline.attach]
            assert hangs.offline is not None
            takes = set(inspect.signature(inspect.unwrap(hangs.run)).parameters)
            assert {hangs.offline.subject_argument, "file", "title", "row_id"} <= takes
        files = [item.name for item in inputs if item.kind in APART]
        assert not files or offline.attach, "photos must be hung on the record by some act"
        if offline.merges != "append" and offline.current is None:
            assert not [item.name for item in inputs if not hasattr(offline.subject, item.name)]


@pytest.mark.parametrize("name", OFFLINE)
def test_goes_to_the_phone_and_comes_back(name: str) -> None:
    for act, offline, variant, inputs in forms_of(name):
        form = json.loads(json.dumps(form_of(act.name, act.words, offline, variant, {})))
        sent = {item.name: example(item)[0] for item in inputs if example(item)[0] not in (None, [None])}
        raw = {
            "id": str(uuid.UUID(int=1)),
            "author": str(uuid.UUID(int=2)),
            "branch": str(uuid.UUID(int=3)),
            "seq": 1,
            "act": form["act"],
            "record": str(uuid.UUID(int=4)),
            "form_version": form["version"],
            "changed": {item: {"new": value} for item, value in sent.items()},
        }
        [operation] = read_batch(json.loads(json.dumps([raw]))).operations
        kept = sent_from(json.loads(json.dumps(operation.as_json())))
        assert (kept, digest_of(kept)) == (operation, digest_of(operation))
        asked = asked_by(operation.act)
        assert asked is not None
        assert (asked.act, asked.inputs) == (act, inputs)
        values = {item: pair["new"] for item, pair in operation.changed.items()}
        wanted = {item.name: example(item)[1] for item in inputs if item.name in sent}
        missing = [item for item in inputs if item.required and item.name not in sent]
        if not missing:
            assert read(asked.inputs, values, offered={}, partly=False) == wanted
        if any(item.required and item.shown_if is None for item in inputs):
            with pytest.raises(Invalid):
                read(asked.inputs, {}, offered={}, partly=False)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_a_part_of_the_pack_is_named_and_bounded(name: str) -> None:
    part = PARTS[name]
    assert house.CHINESE.search(part.words.zh)
    assert house.LATIN.search(part.words.en)
    assert 0 < part.most <= 500
    assert hasattr(part.model._default_manager.all(), "visible_to")
