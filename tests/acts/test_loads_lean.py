"""Rows written without objects are the rows that the objects would have been; numbers are found by their index."""

from __future__ import annotations

import hmac
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel.crypto import _key, blind_index
from linli.kernel.ids import new_id
from linli.org.registers.acts.occupants import OccupantImporter
from linli.places.homes.models import Home
from linli.works.tables.acts.steps import insert_of, inserts_of
from linli.works.tables.models import Load
from linli.works.tables.rules.planning import Fresh, Writes


def test_a_row_without_an_object_is_written_as_the_object_would_be() -> None:
    load, key, address = Load(kind="occupants"), new_id(), new_id()
    names = ("unit", "id", "address_id", "code", "room", "agency_path", "grid_code")
    given = ("2", key, address, "W1-U2-R101", "101", "/a/b/", "G1")
    lean = insert_of(Fresh(Home, names, [given, given]), load)
    whole = inserts_of([Home(**dict(zip(names, given, strict=True)), load=load.pk)])[0]
    assert lean.rows == [whole.rows[0]] * 2
    assert (lean.model, lean.columns, lean.sql) == (whole.model, whole.columns, whole.sql)
    seen = insert_of(Fresh(Home, names, [given]), None)
    place = seen.columns.index("load")
    assert seen.rows[0][place] is None and UUID(str(lean.rows[0][place])) == load.pk
    with pytest.raises(RuntimeError):
        Writes(fresh=[Fresh(Home, names, [given])]).undone()


def test_the_index_of_a_number_is_the_digest_by_the_houses_key() -> None:
    whole = hmac.digest(_key("index"), b"places.occupant.phone\x0013900000001", "sha256")
    for _ in range(2):  # the key is worked in once and must not be used up
        assert blind_index("13900000001", context="places.occupant.phone") == whole[:12].hex()
    assert blind_index("", context="places.occupant.phone") == ""


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what lies in the table")
def test_many_numbers_are_looked_up_by_their_index() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert OccupantImporter().current([f"{n:024x}" for n in range(400)]) == {}
    looked = [one["sql"] for one in asked.captured_queries if "id_index" in one["sql"]]
    assert len(looked) == 1
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {looked[0]}")
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "occupant_id_number (id_index=?)" in plan
