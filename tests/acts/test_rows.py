"""Rows that wait for each other: nobody misses them, nothing is lost or kept by mistake, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from linli.kernel.ids import new_id
from linli.kernel.prepared import ask, run
from linli.kernel.rows import beside_what_waits, in_one_go, insert
from linli.matters.parties.models import Party, party_of
from linli.trail.models import Entry
from linli.works.receipts.models import Receipt
from tests.town import build_town, call

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 3, 2, 8, 30, 0, 123456, tzinfo=UTC)


def receipt(key: str, answer: str = "") -> Receipt:
    return Receipt(caller="c", route="/r", key=key, body_digest="d" * 64, status=201, answer=answer, at=AT)


def entry(facts: dict[str, Any] | None) -> Entry:
    return Entry(
        act="x", actor_id=new_id(), actor_name="甲", actor_kind="person", door="api", at=AT, device_at=None,
        subject_type="t", subject_id="s", version=3, facts=facts, salt="s", digest="d", parent_id=None,
    )  # fmt: skip


def _and_fail(row: Receipt) -> None:
    insert(row)
    raise RuntimeError


def _one_by_one(*rows: Receipt) -> None:
    for row in rows:
        insert(row)


class Sent:
    """The statements that reach the database."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.seen.append(sql)
        return execute(sql, params, many, context)

    @property
    def inserts(self) -> int:
        return sum("INSERT INTO" in sql for sql in self.seen)


def test_every_value_comes_back_as_it_went() -> None:
    facts = {"字": "引号'和\\反斜线\"%s", "n": 1.5, "list": [1, None, True], "none": None}
    with transaction.atomic(), in_one_go():
        insert(entry(facts), entry(None))
        insert(receipt("1", answer='{"字":"百分%"}'))
    rows = list(Entry.objects.order_by("id"))
    assert [row.facts for row in rows] == [facts, None]
    assert rows[0].at == AT and rows[0].device_at is None and rows[0].version == 3
    assert Receipt.objects.get().answer == '{"字":"百分%"}'


def test_an_array_comes_back_as_it_went() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("arrays are PostgreSQL's")
    sent = ["一", 'a"b\\c{d},e', "", "null"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_arrays (words text[], numbers integer[])")
    try:
        run("INSERT INTO of_arrays VALUES (%s, %s)", [sent, [1, None, 3]])
        assert ask("SELECT words, numbers FROM of_arrays") == [(sent, [1, None, 3])]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE of_arrays")


def test_rows_of_a_deed_leave_as_one_statement() -> None:
    sent = Sent()
    with connection.execute_wrapper(sent), transaction.atomic(), in_one_go():
        insert(receipt("1"))
        insert(entry({}))
        insert(receipt("2"), receipt("3"))
    assert Receipt.objects.count() == 3 and Entry.objects.count() == 1
    assert sent.inserts == (1 if connection.vendor == "postgresql" else 3)


def test_whoever_looks_sees_what_waits() -> None:
    with transaction.atomic(), in_one_go():
        insert(receipt("1"))
        with beside_what_waits():
            assert ask("SELECT 1") == [(1,)]
        assert Receipt.objects.filter(key="1").exists()
        insert(receipt("2"))
        assert Receipt.objects.filter(key="2").update(answer="x") == 1


def test_a_savepoint_takes_back_its_own_rows_only() -> None:
    with transaction.atomic(), in_one_go():
        insert(receipt("before"))
        with pytest.raises(RuntimeError), transaction.atomic():
            _and_fail(receipt("inside"))
        insert(receipt("after"))
    assert set(Receipt.objects.values_list("key", flat=True)) == {"before", "after"}


def test_a_row_that_is_there_already_is_told_inside_its_savepoint() -> None:
    insert(receipt("1"))
    with transaction.atomic(), in_one_go():
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(receipt("1"))
        insert(receipt("2"))
    assert Receipt.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic(), in_one_go():
        _one_by_one(receipt("3"), receipt("1"))
    assert Receipt.objects.count() == 2


def test_a_deed_that_fails_leaves_nothing() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), in_one_go():
        _and_fail(receipt("1"))
    with transaction.atomic(), in_one_go():
        insert(receipt("2"))
    assert list(Receipt.objects.values_list("key", flat=True)) == ["2"]


def test_sealed_bytes_come_back() -> None:
    town = build_town()
    matter = call(town.actor("dispatcher"), town)
    Party.objects.all().delete()
    with transaction.atomic(), in_one_go():
        insert(party_of(matter, part="caller", name="王小明", phone="13800000000"))
    assert Party.objects.get().name == "王小明"
