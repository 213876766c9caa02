"""What every test stands on: loopback only, a clock that can be fixed, the machine's browser, counts for `tools/test`.

Which pass a test runs in follows from its folder. `acts`, `doors`, `journeys` and `faults` run on SQLite and again on
PostgreSQL; `rules`, `contracts` and `browser` run once, on SQLite (`tools/test` says so in LINLI_TEST_ONCE). The
markers `once` and `both` overrule it.
"""

from __future__ import annotations

import json
import os
import socket
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase

from linli.kernel import clock
from tools.workshop import debian

ONCE = {"rules", "contracts", "browser"}
HERE = Path(__file__).parent
PASS = os.environ.get("LINLI_TEST_PASS", "")
ONCE_HERE = set(os.environ.get("LINLI_TEST_ONCE", "rules contracts browser others").split())
IN_CI = os.environ.get("CI") == "true"
_counts: Counter[str] = Counter()
_failed: list[str] = []
"""Node ids, for `tools/test`: what failed in the browser is tried once more, alone (docs/adr/0210)."""


def pytest_configure() -> None:
    """Properties are not judged by the clock and, in CI, tried with the same cases each time.

    WhiteNoise warns about a static folder that is not there, and warnings are errors.
    """
    hypothesis.settings.register_profile("linli", deadline=None, derandomize=IN_CI, database=None)
    hypothesis.settings.load_profile("linli")
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by folder, leave out of a pass what belongs to the other alone, put the browser last."""
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        folder = item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""
        if folder == "browser":
            item.add_marker(pytest.mark.browser)
        if folder == "faults":
            item.add_marker(pytest.mark.faults)
        marker = item.get_closest_marker("once")
        once = (folder in ONCE or marker) and not item.get_closest_marker("both")
        group = marker.args[0] if marker and marker.args else folder if folder in ONCE else "others"
        runs_here = group in ONCE_HERE if once else True
        elsewhere = not runs_here or (PASS != "postgres" and item.get_closest_marker("postgres"))
        (left_out if elsewhere else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    # Chromium's driver keeps an event loop in this thread from its first test to the end of the run.
    items[:] = sorted(kept, key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """In CI a browser or database that is not there is a failure, never a quiet skip."""
    report = yield
    needs = item.get_closest_marker("browser") or item.get_closest_marker("faults") or item.get_closest_marker("both")
    if IN_CI and needs and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where it must run: {report.longrepr}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count as pytest does: a broken fixture is a failure."""
    if report.failed:
        _counts["failed"] += 1
        _failed.append(report.nodeid)
    elif report.skipped and not hasattr(report, "wasxfail"):
        _counts["skipped"] += 1
    elif report.when == "call" and report.passed:
        _counts["passed"] += 1


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """A file that cannot be read is a failure."""
    if report.failed:
        _counts["failed"] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the counts for `tools/test`, which adds up its passes."""
    target = os.environ.get("LINLI_TEST_COUNTS")
    if target:
        Path(target).write_text(json.dumps({"counts": _counts, "failed": sorted(set(_failed))}))


_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def _loopback(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else None
    return host is None or host in {"localhost", "::1", ""} or str(host).startswith("127.")


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test talks to anything but this machine; one that tries is told where it went."""

    def connect(self: socket.socket, address: Any) -> None:
        if not _loopback(address):
            raise PermissionError(f"a test tried to reach {address}: tests stay on this machine")
        _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        if not _loopback(address):
            raise PermissionError(f"a test tried to reach {address}: tests stay on this machine")
        return _connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)


@pytest.fixture(autouse=True)
def logs_stay_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is run inside a test must not bind the loggers to that test's captured standard error."""
    monkeypatch.setattr("linli.command.main.to_stderr", lambda: None)


_STAY = {"django_content_type", "auth_permission"}
"""Written by the migrations of Django itself, and read by nobody here."""


def _emptied(case: TransactionTestCase) -> None:
    """After a test with transactions of its own: what was written goes, table by table where there is anything.

    Django's way cuts off all 126 tables and then writes its permissions anew, two seconds a test on a busy machine.
    The locks wait, as that did, for whoever still writes.
    """
    postgres, quote = connection.vendor == "postgresql", connection.ops.quote_name
    names = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in _STAY]
    tables = {name: quote(name) for name in names}
    probe = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {at})" for name, at in tables.items())
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        if postgres:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(f"LOCK TABLE {', '.join(tables.values())} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(probe)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {tables[name]}")


TransactionTestCase._fixture_teardown = _emptied  # type: ignore[attr-defined]  # the stubs leave it out; pytest-django's tests are such cases


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of the run. PostgreSQL drops it only when nobody is connected, so what threads and killed servers of
    tests left open is ended first.
    """
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture
def fixed_clock() -> Iterator[Callable[[datetime], AbstractContextManager[None]]]:
    """The clock stands at Sunday 22 November 2026, 08:00 in Shanghai; call the fixture to stand elsewhere."""
    with clock.fixed(datetime(2026, 11, 22, 0, 0, tzinfo=UTC)):
        yield clock.fixed


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium of the machine: nothing is downloaded. WebGL is drawn by software, for the map."""
    found = debian.chromium()
    if found is None:
        pytest.skip(debian.explain(["chromium"]))
    flags = [
        "--no-sandbox",
        "--enable-unsafe-swiftshader",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
    ]
    return {**browser_type_launch_args, "executable_path": str(found), "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """The desk's screen, the country's language and time."""
    return {
        **browser_context_args,
        "viewport": {"width": 1440, "height": 900},
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
    }
