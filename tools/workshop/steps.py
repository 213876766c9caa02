"""Run a command, say what happens, stop with one clear line when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from tools.workshop.paths import ROOT


def say(text: str) -> None:
    """One line for the person at the terminal; standard error, because standard output may be data."""
    print(f"· {text}", file=sys.stderr, flush=True)


def stop(text: str, code: int = 1) -> NoReturn:
    """End the tool with a sentence."""
    print(f"✗ {text}", file=sys.stderr, flush=True)
    raise SystemExit(code)


def run(
    command: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, quiet: bool = False
) -> None:
    """Run to success or stop the tool, with the command's own words when it was asked to be quiet."""
    done = attempt(command, cwd=cwd, env=env, quiet=quiet)
    if done.returncode != 0:
        if quiet:
            sys.stderr.write(done.stdout or "")
        stop(f"this command failed with {done.returncode}: {' '.join(map(str, command))}")


def attempt(
    command: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, quiet: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run and hand back the result, whatever it is. `quiet` keeps both outputs in `.stdout`."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else sys.stderr,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
