"""`tools/docs` and `tools/snapshot`: tools that need Django, run in `.venv` with a home folder of their own."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence

from tools.workshop import python_env
from tools.workshop.paths import BIN, ROOT
from tools.workshop.steps import attempt


def docs(arguments: Sequence[str]) -> None:
    """Entry of `tools/docs`: write docs/reference anew."""
    run("tools.reference", arguments)


def snapshot(arguments: Sequence[str]) -> None:
    """Entry of `tools/snapshot`: write tests/snapshots/openapi.json anew."""
    run("tools.openapi", arguments)


def run(module: str, arguments: Sequence[str]) -> None:
    """Run one module in the environment."""
    python_env.ensure()
    with tempfile.TemporaryDirectory(prefix="linli-tools-") as home:
        env = {
            "LINLI_HOME": home,
            "LINLI_DATABASE_URL": f"sqlite:///{home}/linli.sqlite3",
            "DJANGO_SETTINGS_MODULE": "linli.settings.test",
            "PYTHONPATH": str(ROOT),
        }
        sys.exit(attempt([BIN / "python", "-m", module, *arguments], env=env).returncode)
