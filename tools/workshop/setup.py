"""`tools/setup`: everything a checkout needs, each step skipped when it is current."""

from __future__ import annotations

from collections.abc import Sequence

from tools.workshop import python_env
from tools.workshop.steps import say


def main(arguments: Sequence[str]) -> None:
    """Entry of `tools/setup`."""
    python_env.ensure()
    say("ready")
