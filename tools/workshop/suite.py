"""`tools/test`: the suite on SQLite and what concerns a database on PostgreSQL too, in lanes, two beside each other."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tools.workshop import debian, frontend, pattern, postgres, python_env
from tools.workshop.paths import BIN, ROOT
from tools.workshop.steps import say

USAGE = """tools/test [--only sqlite|postgres] [PATH …] [pytest options]

Runs the suite on SQLite (a real file) and on a PostgreSQL of its own, the browser tests in Chromium.
PATH runs a part. With CI=true a missing database or browser is a failure, not a skip."""
TESTS_FAILED, NOTHING_RAN = 1, 5
"""Two of pytest's exit codes."""
ONCE = {"sqlite": "rules contracts browser others", "postgres": ""}
"""What runs once, and on which database (tests/conftest.py)."""
SIDE_BY_SIDE = 2
LOOK_S = 0.2
AGAIN_AT_MOST = 2
"""So many browser tests of one run may have a second try; with more, something is wrong (docs/adr/0210)."""
PUT_AWAY_S = 30.0


@dataclass(frozen=True, slots=True)
class Lane:
    """A part of the suite for one pytest process: a database, and folders of tests (none: all of them)."""

    name: str
    database: str
    folders: tuple[str, ...] = ()


LANES = (
    Lane("browser", "sqlite", ("browser",)),
    Lane("acts on PostgreSQL", "postgres", ("acts",)),
    Lane("acts", "sqlite", ("acts",)),
    Lane("doors, journeys and faults on PostgreSQL", "postgres", ("doors", "journeys", "faults")),
    Lane("doors, journeys and faults", "sqlite", ("doors", "journeys", "faults")),
    Lane("rules and contracts", "sqlite", ("rules", "contracts")),
)
"""The longest first: whichever core is free takes the next, and both end at about the same time."""


@dataclass(slots=True)
class Outcome:
    """What one pass counted, the tests that failed in it, and pytest's own exit code."""

    lane: Lane
    counts: Counter[str]
    failed: tuple[str, ...]
    code: int


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
    lanes = [lane for lane in chosen(rest) if lane.database in passes and lane.database not in skipped]
    with contextlib.ExitStack() as things:
        grounds = Grounds(things, whole=any(lane.folders for lane in lanes))
        conclude(tried_again(run_lanes(lanes, rest, grounds), grounds), skipped)


def chosen(arguments: Sequence[str]) -> tuple[Lane, ...]:
    """The lanes of the whole suite; of named parts one lane a database."""
    named = any((ROOT / word.partition("::")[0]).exists() for word in arguments if not word.startswith("-"))
    return tuple(Lane(name, name) for name in ONCE) if named else LANES


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

    lane: Lane
    home: Path
    process: subprocess.Popen[bytes]
    said: Path | None
    began: float = field(default_factory=time.monotonic)

    def outcome(self) -> Outcome:
        """Show what was kept back, read the counts that conftest.py wrote."""
        code = self.process.wait()
        if self.said is not None:
            took_s = time.monotonic() - self.began
            print(f"\n━━━ {self.lane.name} ({took_s:.0f} s) ━━━\n{self.said.read_text(errors='replace')}", flush=True)
        if not counts_of(self.home).is_file():
            return Outcome(self.lane, Counter({"failed": 1}), (), code)
        told = json.loads(counts_of(self.home).read_text())
        return Outcome(self.lane, Counter(told["counts"]), tuple(told["failed"]), code)


def run_lanes(lanes: Sequence[Lane], arguments: Sequence[str], grounds: Grounds) -> list[Outcome]:
    """A core for each of the first two, and for the next when one of them is through."""
    waiting, running, outcomes = list(lanes), list[Pass](), list[Outcome]()
    try:
        while waiting or running:
            while waiting and len(running) < SIDE_BY_SIDE:
                running.append(begin(waiting.pop(0), arguments, grounds, aside=len(lanes) > 1))
            for one in ended(running):
                running.remove(one)
                outcomes.append(one.outcome())
            time.sleep(LOOK_S)
    except BaseException:
        put_away([one.process for one in running])
        raise
    return outcomes


def tried_again(outcomes: Sequence[Outcome], grounds: Grounds) -> list[Outcome]:
    """One or two browser tests that failed while other lanes shared the machine run again, alone, and are named.

    What fails again has failed. Nothing else has a second try, and a part run by hand has none.
    """
    whole = [one for one in outcomes if "browser" not in one.lane.folders]
    browser = [one for one in outcomes if "browser" in one.lane.folders]
    failed = [name for one in browser for name in one.failed]
    if not 0 < len(failed) <= AGAIN_AT_MOST or any(one.code not in (0, TESTS_FAILED) for one in browser):
        return list(outcomes)
    (again,) = run_lanes([Lane("browser, again and alone", "sqlite")], failed, grounds)
    if again.code:
        return list(outcomes)
    print(f"\nshaky, passed alone: {', '.join(failed)}", flush=True)
    passed = [Outcome(one.lane, Counter({**one.counts, "failed": 0}), (), 0) for one in browser]
    return [*whole, *passed, again]


def ended(running: Sequence[Pass]) -> Iterator[Pass]:
    """Those that are through."""
    yield from [one for one in running if one.process.poll() is not None]


class Grounds:
    """What the lanes stand on: a home folder each, the patterns of databases, one PostgreSQL for all."""

    def __init__(self, things: contextlib.ExitStack, *, whole: bool) -> None:
        self.things, self.whole = things, whole
        self.patterns: dict[str, Path] = {}
        self.server: postgres.Postgres | None = None
        self.made = 0

    def home(self, database: str) -> Path:
        """A folder of a lane's own, gone at the end."""
        return Path(self.things.enter_context(tempfile.TemporaryDirectory(prefix=f"linli-{database}-")))

    def pattern(self, database: str) -> Path | None:
        """The migrated database to copy; a part of the suite makes its own in less time."""
        if self.whole and database not in self.patterns:
            self.patterns[database] = pattern.make(database, self.home("pattern"))
        return self.patterns.get(database)

    def database(self, lane: Lane, home: Path) -> tuple[str, list[str]]:
        """The address of a lane's database, and what pytest must know of it."""
        like = self.pattern(lane.database)
        if lane.database == "sqlite":
            if like:
                shutil.copy(like, home / "test.sqlite3")
            return f"sqlite:///{home}/linli.sqlite3", ["--reuse-db"] if like else []
        if self.server is None:
            self.server = self.things.enter_context(postgres.Postgres(like=like))
        self.made += 1
        name = f"linli_{self.made}"
        if like:
            self.server.url(f"test_{name}", like=pattern.PATTERN)
        return self.server.url(name), ["--reuse-db"] if like else []


def begin(lane: Lane, arguments: Sequence[str], grounds: Grounds, *, aside: bool) -> Pass:
    """Start one lane with its own home folder and database."""
    home = grounds.home(lane.database)
    database, more = grounds.database(lane, home)
    like = grounds.pattern(lane.database)
    env: Mapping[str, str] = {
        **os.environ,
        "LINLI_DATABASE_URL": database,
        "LINLI_HOME": str(home),
        "LINLI_TEST_PASS": lane.database,
        "LINLI_TEST_ONCE": ONCE[lane.database],
        "LINLI_TEST_COUNTS": str(counts_of(home)),
        **({pattern.NAMED: str(like)} if like else {}),
    }
    said = home / "said.txt" if aside else None
    print(f"\n{'· begins:' if aside else '━━━'} {lane.name}", flush=True)
    out = grounds.things.enter_context(said.open("wb")) if said else None
    command = [str(BIN / "python"), "-m", "pytest", *more, *(f"tests/{name}" for name in lane.folders), *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT if out else None
    )
    return Pass(lane, home, process, said)


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
