"""`tools/setup`: everything a checkout needs, each step skipped when it is current."""

from __future__ import annotations

from collections.abc import Sequence

from tools.workshop import frontend, python_env
from tools.workshop.steps import say, stop


def main(arguments: Sequence[str]) -> None:
    """Entry of `tools/setup`. `--python` leaves the frontend out."""
    unknown = set(arguments) - {"--python"}
    if unknown:
        stop(f"tools/setup knows only --python, not {' '.join(sorted(unknown))}", code=2)
    python_env.ensure()
    if "--python" not in arguments:
        frontend.ensure()
    say("ready")
