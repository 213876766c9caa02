"""Debian packages: installed when this is root on a machine with apt, otherwise named so that somebody can."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tools.workshop.steps import attempt, run, say, stop

PURPOSE = {
    "python3-venv": "makes the Python environment",
    "postgresql": "the test suite runs on PostgreSQL too",
    "chromium": "the browser tests",
    "fonts-noto-cjk": "Chinese letters in the browser tests",
}


def may_install() -> bool:
    """Whether this process may install Debian packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def has(package: str) -> bool:
    """Whether Debian says that the package is installed; False where there is no dpkg."""
    if shutil.which("dpkg-query") is None:
        return False
    seen = attempt(["dpkg-query", "-W", "-f", "${db:Status-Status}", package], quiet=True)
    return seen.returncode == 0 and seen.stdout.strip() == "installed"


def ensure(packages: Sequence[str], *, must: bool = True) -> list[str]:
    """Install what is missing. Returns what is still missing; with `must` it stops instead, naming it."""
    missing = [package for package in packages if not has(package)]
    if missing and may_install():
        say(f"installing Debian packages: {' '.join(missing)}")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        if attempt(["apt-get", "install", "-y", "--no-install-recommends", *missing], env=quiet, quiet=True).returncode:
            run(["apt-get", "update"], quiet=True)
            run(["apt-get", "install", "-y", "--no-install-recommends", *missing], env=quiet, quiet=True)
        missing = [package for package in packages if not has(package)]
    if missing and must:
        stop(explain(missing))
    return missing


def explain(missing: Sequence[str]) -> str:
    """The sentence that says what is missing, what for, and the command that installs it."""
    reasons = "; ".join(f"{package} ({PURPOSE.get(package, 'needed')})" for package in missing)
    return f"missing: {reasons}. As root: apt-get install {' '.join(missing)}"


def chromium() -> Path | None:
    """The browser of the machine, from LINLI_CHROMIUM or the usual names."""
    named = os.environ.get("LINLI_CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    for name in names:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def no_main_cluster() -> None:
    """Keep Debian's postgresql from starting a server of its own when it is installed here for the tests."""
    if may_install():
        folder = Path("/etc/postgresql-common/createcluster.d")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "linli-tests.conf").write_text("create_main_cluster = false\n")
