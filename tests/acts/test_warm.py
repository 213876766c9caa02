"""What a web process makes ready at its start writes nothing, in an empty house and in one that works."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.command.warm import WARMED
from linli.operations.dispatch.queries import LIVE
from tests.town import build_town

pytestmark = pytest.mark.django_db


def test_warming_writes_nothing() -> None:
    WARMED["call"]()
    build_town()
    with CaptureQueriesContext(connection) as asked:
        for load in WARMED.values():
            load()
    LIVE.forget()
    assert asked.captured_queries
    written = [one["sql"] for one in asked.captured_queries if one["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert not written
