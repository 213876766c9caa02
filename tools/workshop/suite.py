"""`tools/test`: the whole suite on SQLite, then what concerns a database again on PostgreSQL; one total at the end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tools.workshop import debian, frontend, postgres, python_env
from tools.workshop.paths import BIN, ROOT
from tools.workshop.steps import say

USAGE = """tools/test [--only sqlite|postgres] [PATH …] [pytest options]

Runs the suite on SQLite (a real file) and on a PostgreSQL of its own, the browser tests in Chromium.
PATH runs a part. With CI=true a missing database or browser is a failure, not a skip."""
NOTHING_RAN = 5
PUT_AWAY_S = 30.0


@dataclass(slots=True)
class Outcome:
    """What one pass counted, and pytest's own exit code."""

    counts: Counter[str] = field(default_factory=Counter)
    code: int = 0


def main(arguments: Sequence[str]) -> None:
    """Entry of `tools/test`."""
    rest = list(arguments)
    if "--help" in rest or "-h" in rest:
        print(USAGE)
        return
    passes = ["sqlite", "postgres"]
    if "--only" in rest:
        at = rest.index("--only")
        passes = [rest[at + 1]]
        del rest[at : at + 2]
    signal.signal(signal.SIGTERM, told_to_stop)
    skipped = prepare(passes)
    outcomes = [run_pass(name, rest) for name in passes if name not in skipped]
    conclude(outcomes, skipped)


def prepare(passes: Sequence[str]) -> dict[str, str]:
    """Everything the suite needs. Returns the passes that cannot run, with the sentence why."""
    python_env.ensure()
    frontend.ensure()
    wanted = [] if debian.chromium() else ["chromium"]
    wanted += ["fonts-noto-cjk"] if shutil.which("dpkg-query") else []
    if "postgres" in passes and postgres.binaries() is None:
        debian.no_main_cluster()
        wanted.append("postgresql")
    missing = debian.ensure(wanted, must=False)
    if missing:
        say(debian.explain(missing))
    if "postgres" in passes and postgres.binaries() is None:
        return {"postgres": debian.explain(["postgresql"])}
    return {}


def run_pass(name: str, arguments: Sequence[str]) -> Outcome:
    """One pytest process with its own home folder and database."""
    print(f"\n━━━ {name} ━━━", flush=True)
    with tempfile.TemporaryDirectory(prefix=f"linli-{name}-") as home:
        if name == "sqlite":
            return pytest(name, f"sqlite:///{home}/linli.sqlite3", home, arguments)
        with postgres.Postgres() as server:
            return pytest(name, server.url("linli"), home, arguments)


def pytest(name: str, database: str, home: str, arguments: Sequence[str]) -> Outcome:
    """Run pytest and read its counts; conftest.py writes them."""
    counts = Path(home) / "counts.json"
    env: Mapping[str, str] = {
        **os.environ,
        "LINLI_DATABASE_URL": database,
        "LINLI_HOME": home,
        "LINLI_TEST_PASS": name,
        "LINLI_TEST_COUNTS": str(counts),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    code = to_the_end([str(BIN / "python"), "-m", "pytest", *arguments], env)
    seen = Counter(json.loads(counts.read_text())) if counts.is_file() else Counter({"failed": 1})
    return Outcome(seen, code)


def to_the_end(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run, and when we are told to stop, let pytest put its things away before we go."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except BaseException:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=PUT_AWAY_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise


def told_to_stop(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends the run like Ctrl-C: nothing stays running."""
    raise SystemExit(128 + number)


def conclude(outcomes: Sequence[Outcome], skipped: Mapping[str, str]) -> None:
    """Say what did not run, give the total, end with the code that tells CI."""
    total: Counter[str] = sum((outcome.counts for outcome in outcomes), Counter())
    in_ci = os.environ.get("CI") == "true"
    for name, why in skipped.items():
        print(f"\nskipped: the whole {name} pass: {why}")
        total["failed" if in_ci else "skipped"] += 1
    bad = [outcome.code for outcome in outcomes if outcome.code not in (0, NOTHING_RAN)]
    nothing = not total["passed"] and not total["failed"]
    if nothing:
        print("\nno test ran")
    print(f"\n{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped", flush=True)
    sys.exit(1 if bad or nothing or (skipped and in_ci) else 0)
