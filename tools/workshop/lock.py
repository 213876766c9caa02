"""`tools/lock`: write the locks anew from the .in files: exact versions, hashes, and no address of any registry."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tools.workshop.paths import LOCKS, ROOT, STATE
from tools.workshop.steps import run, say

OPTIONS = [
    "--python-version",
    "3.11",
    "--universal",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
]


def main(arguments: Sequence[str]) -> None:
    """Entry of `tools/lock`. Arguments go to the resolver, for example `--upgrade-package numba`."""
    home = STATE / "lock"
    if not (home / "bin" / "uv").exists():
        say("installing the resolver")
        run([sys.executable, "-m", "venv", home], quiet=True)
        run([home / "bin" / "python", "-m", "pip", "install", "--quiet", "uv"], quiet=True)
    for name in ("base", "dev", "node"):
        say(f"requirements/{name}.txt")
        target = (LOCKS / f"{name}.txt").relative_to(ROOT)
        source = (LOCKS / f"{name}.in").relative_to(ROOT)
        run([home / "bin" / "uv", "pip", "compile", "--quiet", *OPTIONS, *arguments, source, "-o", target], quiet=True)
