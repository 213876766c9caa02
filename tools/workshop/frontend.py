"""The frontend: packages by lock, then the bundle, each only when its input changed."""

from __future__ import annotations

from tools.workshop import node
from tools.workshop.paths import FRONTEND, ROOT, digest, is_current, mark_current
from tools.workshop.steps import run, say

BUNDLE = ROOT / "linli" / "web" / "static" / "dist"
LOOKS = ROOT / "linli" / "web" / "components" / "looks.json"
"""The one file outside of ``frontend`` that the bundle is made of: pages and scripts show a state alike."""
_NOT_INPUT = {"node_modules", "dist", "test-results", "trials"}


def packages() -> dict[str, str]:
    """`npm ci` when the lock changed. Returns the environment for Node."""
    env = node.ensure()
    wanted = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if not ((FRONTEND / "node_modules").is_dir() and is_current("npm", wanted)):
        say("installing the locked frontend packages")
        run(["npm", "ci", "--no-fund", "--no-audit"], cwd=FRONTEND, env=env, quiet=True)
        mark_current("npm", wanted)
    return env


def ensure() -> None:
    """Build the bundle when anything it is made from changed."""
    if not (FRONTEND / "package.json").is_file():
        return
    inputs = [LOOKS, *(path for path in sorted(FRONTEND.iterdir()) if path.name not in _NOT_INPUT)]
    wanted = digest(inputs)
    if (BUNDLE / "manifest.json").is_file() and is_current("bundle", wanted):
        return
    env = packages()
    say("building the frontend")
    run(["npm", "run", "--silent", "build"], cwd=FRONTEND, env=env, quiet=True)
    mark_current("bundle", wanted)


def typecheck() -> None:
    """TypeScript's own check, without building."""
    run(["npm", "run", "--silent", "check"], cwd=FRONTEND, env=packages())
