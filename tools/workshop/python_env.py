"""The Python environment `.venv`: exactly the locked packages, checked by hash, and Linli itself, editable."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from tools.workshop import debian
from tools.workshop.paths import BIN, LOCKS, ROOT, VENV, digest, is_current, mark_current
from tools.workshop.steps import attempt, run, say, stop

STAMP = "python"
NEEDS = (3, 11)
QUIET = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]
PIP: list[str | Path] = [BIN / "python", "-m", "pip", "install", *QUIET]


def ensure() -> None:
    """Make `.venv` current with `requirements/dev.txt`; nothing when it is."""
    wanted = digest([LOCKS / "base.txt", LOCKS / "dev.txt", ROOT / "pyproject.toml"]) + sys.version
    if (BIN / "linli").exists() and is_current(STAMP, wanted):
        return
    if sys.version_info < NEEDS:
        stop(f"Linli needs Python {NEEDS[0]}.{NEEDS[1]} or newer; this is {sys.version.split()[0]}")
    if not works(BIN / "python"):
        make()
    say("installing the locked Python packages (checked by hash)")
    run([*PIP, "--require-hashes", "--no-deps", "-r", LOCKS / "dev.txt"], quiet=True)
    run([*PIP, "--no-deps", "--no-build-isolation", "--editable", ROOT], quiet=True)
    mark_current(STAMP, wanted)


def works(python: Path) -> bool:
    """Whether this interpreter starts and has pip."""
    return python.exists() and attempt([python, "-m", "pip", "--version"], quiet=True).returncode == 0


def make() -> None:
    """A new `.venv` in place of whatever was there."""
    if importlib.util.find_spec("ensurepip") is None:
        debian.ensure(["python3-venv"])
    say(f"making {VENV.name} with Python {sys.version.split()[0]}")
    if VENV.exists():
        shutil.rmtree(VENV)
    run([sys.executable, "-m", "venv", VENV], quiet=True)
