"""`tools/linli` and `tools/demo`: the console script of this checkout, set up first when it is not."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from tools.workshop import frontend, python_env
from tools.workshop.paths import BIN, ROOT

SHOWS_PAGES = {"serve", "demo"}
DEMO_HOME = ROOT / ".linli"


def linli(arguments: Sequence[str]) -> NoReturn:
    """Entry of `tools/linli`: becomes the console script; standard output is the command's alone."""
    python_env.ensure()
    if arguments and arguments[0] in SHOWS_PAGES:
        frontend.ensure()
    become(arguments)


def demo(arguments: Sequence[str]) -> NoReturn:
    """Entry of `tools/demo`: the demo county, kept in `.linli` of the checkout unless LINLI_HOME says else."""
    python_env.ensure()
    frontend.ensure()
    os.environ.setdefault("LINLI_HOME", str(DEMO_HOME))
    become(["demo", "run", *arguments])


def become(arguments: Sequence[str]) -> NoReturn:
    """This process is `linli` from here on."""
    sys.stdout.flush()
    os.execv(BIN / "linli", ["linli", *arguments])
