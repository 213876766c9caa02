"""`tools/test`: the whole suite on SQLite, beside it what concerns a database on PostgreSQL; one total at the end."""

from __future__ import annotations

import contextlib
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
ONCE = {"sqlite": "rules contracts others", "postgres": "browser"}
"""What runs once, in which of two passes: both then take about as long (tests/conftest.py)."""
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
    conclude(run_passes([name for name in passes if name not in skipped], rest), skipped)


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


@dataclass(slots=True)
class Pass:
    """One pytest process: its home folder, and the file that keeps what it says until the end."""

    name: str
    home: Path
    process: subprocess.Popen[bytes]
    said: Path | None

    def outcome(self) -> Outcome:
        """Wait for the end, show what was kept back, read the counts that conftest.py wrote."""
        code = self.process.wait()
        if self.said is not None:
            print(f"\n━━━ {self.name} ━━━\n{self.said.read_text(errors='replace')}", flush=True)
        counts = counts_of(self.home)
        return Outcome(Counter(json.loads(counts.read_text())) if counts.is_file() else Counter({"failed": 1}), code)


def run_passes(names: Sequence[str], arguments: Sequence[str]) -> list[Outcome]:
    """The passes beside each other, a core for each: the first speaks at once, the others when they are through."""
    once = ONCE if len(names) > 1 else {**ONCE, "sqlite": " ".join(ONCE.values())}
    with contextlib.ExitStack() as things:
        passes = [begin(name, arguments, once[name], things, aside=at > 0) for at, name in enumerate(names)]
        try:
            return [one.outcome() for one in passes]
        except BaseException:
            put_away([one.process for one in passes])
            raise


def begin(name: str, arguments: Sequence[str], once: str, things: contextlib.ExitStack, *, aside: bool) -> Pass:
    """Start one pass with its own home folder and database; ``once`` names what runs in this pass alone."""
    home = Path(things.enter_context(tempfile.TemporaryDirectory(prefix=f"linli-{name}-")))
    if name == "sqlite":
        database = f"sqlite:///{home}/linli.sqlite3"
    else:
        database = things.enter_context(postgres.Postgres()).url("linli")
    env: Mapping[str, str] = {
        **os.environ,
        "LINLI_DATABASE_URL": database,
        "LINLI_HOME": str(home),
        "LINLI_TEST_PASS": name,
        "LINLI_TEST_ONCE": once,
        "LINLI_TEST_COUNTS": str(counts_of(home)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    said = home / "said.txt" if aside else None
    if said is None:
        print(f"\n━━━ {name} ━━━", flush=True)
    out = things.enter_context(said.open("wb")) if said else None
    command = [str(BIN / "python"), "-m", "pytest", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT if out else None
    )
    return Pass(name, home, process, said)


def counts_of(home: Path) -> Path:
    """Where a pass leaves its counts."""
    return home / "counts.json"


def put_away(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """We are told to stop: let each pytest put its things away before we go."""
    for process in processes:
        process.send_signal(signal.SIGINT)
    for process in processes:
        try:
            process.wait(timeout=PUT_AWAY_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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
