"""Node: the machine's own when it is new enough, else the locked wheel in `.tools/node`."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from tools.workshop.paths import LOCKS, STATE, digest, is_current, mark_current
from tools.workshop.steps import attempt, run, say

STAMP = "node"
NEEDS = (20, 19)
"""What Vite asks for."""
_WHEEL = STATE / "node"


def version(node: Path | str) -> tuple[int, ...]:
    """The version of this Node, () when it does not start."""
    if shutil.which(str(node)) is None:
        return ()
    seen = attempt([node, "--version"], quiet=True)
    found = re.match(r"v(\d+)\.(\d+)", seen.stdout)
    return tuple(int(part) for part in found.groups()) if found and seen.returncode == 0 else ()


def ensure() -> dict[str, str]:
    """The environment in which `node` and `npm` are new enough."""
    if version("node") >= NEEDS and shutil.which("npm"):
        return {}
    wanted = digest([LOCKS / "node.txt"]) + sys.version
    if not (is_current(STAMP, wanted) and version(_WHEEL / "bin" / "node") >= NEEDS):
        say("this machine has no Node 20.19 or newer: taking the locked wheel")
        run([sys.executable, "-m", "venv", "--clear", _WHEEL], quiet=True)
        pip: list[str | Path] = [
            _WHEEL / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        run([*pip, "--require-hashes", "--no-deps", "-r", LOCKS / "node.txt"], quiet=True)
        mark_current(STAMP, wanted)
    return {"PATH": f"{_WHEEL / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
