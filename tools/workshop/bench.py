"""`tools/bench [NAME …]`: measure. One JSON object a line on standard output; a failure to measure is a failure.

A benchmark is a file of `benchmarks/` with `NAMES`, a literal tuple of the names that it measures, and `run(name)`,
which yields dicts with "metric", "value", "unit" and "n", and "ratio" and "against" where a peer was measured in the
same run. Each name has a process and an empty home folder of its own, a name ending in `.postgres` a PostgreSQL.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.workshop import frontend, postgres, python_env
from tools.workshop.paths import BIN, ROOT
from tools.workshop.steps import say, stop

USAGE = "tools/bench [NAME …]: runs these benchmarks, or all of them; a name before a dot stands for all below it:"
LIMIT_S = 1_800


def main(arguments: Sequence[str]) -> None:
    """Entry of `tools/bench`."""
    known = names()
    if "--help" in arguments or "-h" in arguments or "--list" in arguments:
        print("\n  ".join([USAGE, *known]))
        return
    unknown = [asked for asked in arguments if not chosen([asked], known)]
    if unknown:
        stop(f"no benchmark is called {', '.join(unknown)}. Known: {', '.join(known)}", code=2)
    python_env.ensure()
    frontend.ensure()
    failed = [name for name, module in chosen(arguments, known).items() if not measure(name, module)]
    if failed:
        stop(f"could not measure: {', '.join(failed)}")


def chosen(asked: Sequence[str], known: dict[str, str]) -> dict[str, str]:
    """Names and modules that were asked for: all when nothing was."""
    return {
        name: module
        for name, module in known.items()
        if not asked or any(name == word or name.startswith(f"{word}.") for word in asked)
    }


def names() -> dict[str, str]:
    """Every benchmark and its module, read without importing anything."""
    found: dict[str, str] = {}
    for file in sorted((ROOT / "benchmarks").glob("*.py")):
        for node in ast.parse(file.read_text()).body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            value = getattr(node, "value", None)
            if isinstance(target, ast.Name) and target.id == "NAMES" and isinstance(value, ast.expr):
                found |= dict.fromkeys(ast.literal_eval(value), f"benchmarks.{file.stem}")
    return found


def measure(name: str, module: str) -> bool:
    """Run one benchmark; False when it could not measure."""
    say(f"measuring {name}")
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as home:
        if not name.endswith(".postgres"):
            return run(name, module, f"sqlite:///{home}/linli.sqlite3", home)
        with postgres.Postgres(durable=True) as server:
            return run(name, module, server.url("linli"), home)


def run(name: str, module: str, database: str, home: str | Path) -> bool:
    """The benchmark's own process."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "linli.settings.embedded"),
        "LINLI_DATABASE_URL": database,
        "LINLI_HOME": str(home),
        "PYTHONPATH": str(ROOT),
    }
    command = [str(BIN / "python"), "-m", "tools.workshop.measure", module, name]
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        print(f"✗ {name} took more than {LIMIT_S} s", file=sys.stderr, flush=True)
        return False
    return done.returncode == 0
