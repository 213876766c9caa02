"""`tools/check`: format, lint, types, floors, migrations, sizes, docs and what may not be in a tracked file.

Every check runs, then the failures are named together: one look tells all there is to mend.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.workshop import frontend, python_env, sizes, tracked
from tools.workshop.paths import BIN, FRONTEND, ROOT
from tools.workshop.steps import attempt, say, stop

USAGE = "tools/check [NAME …]: runs these checks, or all of them: "


def main(arguments: Sequence[str]) -> None:
    """Entry of `tools/check`."""
    if "--help" in arguments or "-h" in arguments:
        print(USAGE + ", ".join(CHECKS))
        return
    unknown = [name for name in arguments if name not in CHECKS]
    if unknown:
        stop(f"no check is called {', '.join(unknown)}. {USAGE}{', '.join(CHECKS)}", code=2)
    python_env.ensure()
    failed = [name for name in arguments or CHECKS if not passes(name)]
    if failed:
        stop(f"not right yet: {', '.join(failed)}. One of them alone: tools/check {failed[0]}")
    say("all checks pass")


def passes(name: str) -> bool:
    """Run one check and say how it went."""
    began = time.monotonic()
    said = CHECKS[name]()
    took = f"{time.monotonic() - began:.1f} s"
    print(f"{'✗' if said else '✓'} {name} ({took})", flush=True)
    for line in said:
        print(f"    {line}", flush=True)
    return not said


def said_by(*command: str | Path, env: Mapping[str, str] | None = None) -> list[str]:
    """The output of a command that failed; nothing when it succeeded."""
    done = attempt(command, env=env, quiet=True)
    return (done.stdout.strip().splitlines() or [f"ended with {done.returncode}"]) if done.returncode else []


def python(*arguments: str) -> Callable[[], list[str]]:
    """A check that is a program of `.venv`, with settings of the tests and a home folder of its own."""

    def check() -> list[str]:
        with tempfile.TemporaryDirectory(prefix="linli-check-") as home:
            env = {
                "LINLI_HOME": home,
                "LINLI_DATABASE_URL": f"sqlite:///{home}/linli.sqlite3",
                "DJANGO_SETTINGS_MODULE": "linli.settings.test",
                "PYTHONPATH": str(ROOT),
            }
            return said_by(BIN / arguments[0], *arguments[1:], env=env)

    return check


def typescript() -> list[str]:
    """The frontend's types."""
    env = frontend.packages()
    done = attempt(["npm", "run", "--silent", "check"], cwd=FRONTEND, env=env, quiet=True)
    return done.stdout.strip().splitlines() or ["tsc failed"] if done.returncode else []


CHECKS: dict[str, Callable[[], list[str]]] = {
    "format": python("ruff", "format", "--check", "--output-format", "concise", "."),
    "lint": python("ruff", "check", "--output-format", "concise", "."),
    "floors": python("lint-imports", "--no-cache"),
    "sizes": sizes.check,
    "tracked": tracked.check,
    "types": python("mypy", "linli", "tools", "tests", "benchmarks"),
    "typescript": typescript,
    "migrations": python("django-admin", "makemigrations", "--check", "--dry-run"),
    "docs": python("python", "-m", "tools.reference", "--check"),
}
