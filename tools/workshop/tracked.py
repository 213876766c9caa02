"""What git tracks, and what may not be in it: an address of a package registry, a path of this machine, a secret."""

from __future__ import annotations

import re
from pathlib import Path

from tools.workshop.paths import FRONTEND, ROOT
from tools.workshop.steps import attempt

SHARED_FOLDERS = {"tmp", "home", "usr", "opt", "var", "srv", "etc", "mnt", "Users"}
"""Top folders that any machine has: naming them gives nothing away."""
NEVER = {
    r'"resolved": *"http': "a lock names the registry that it was made with",
    r"-----BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY-----": "a private key",
    r"(?i)--(extra-)?index-url|--find-links": "a lock or script names a registry",
}


def files(*suffixes: str) -> list[Path]:
    """Tracked files that exist, relative to the checkout, with one of these suffixes (or all)."""
    listed = attempt(["git", "ls-files", "-z"], quiet=True).stdout.split("\0")
    paths = [Path(name) for name in listed if name]
    return [path for path in paths if (not suffixes or path.suffix in suffixes) and (ROOT / path).is_file()]


def check() -> list[str]:
    """A line for each thing that must go."""
    rules = {**NEVER, **_hosts(), **_machine()}
    found: list[str] = []
    for path in files():
        if path == Path(__file__).relative_to(ROOT):
            continue
        try:
            text = (ROOT / path).read_text()
        except UnicodeDecodeError:
            continue
        for pattern, why in rules.items():
            found += [
                f"{path}:{text.count(chr(10), 0, hit.start()) + 1}: {why}: {hit.group(0)!r}"
                for hit in re.finditer(pattern, text)
            ]
    return found


def _hosts() -> dict[str, str]:
    """The registries that this machine's clients are set up for, whatever they are."""
    told = attempt(["python3", "-m", "pip", "config", "list"], quiet=True).stdout
    told += attempt(
        ["npm", "config", "get", "registry"], cwd=FRONTEND if FRONTEND.is_dir() else ROOT, quiet=True
    ).stdout
    for source in [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]:
        told += source.read_text(errors="replace") if source.is_file() else ""
    hosts = {host for host in re.findall(r"https?://(?:[^/@\s'\"]*@)?([^/:\s'\"]+)", told) if "." in host}
    return {rf"(?<![\w.]){re.escape(host)}(?![\w.])": "the address of a package registry" for host in hosts}


def _machine() -> dict[str, str]:
    """The folder of this checkout, when only this machine has such a folder."""
    places = {str(ROOT)}
    if ROOT.parts[1] not in SHARED_FOLDERS:
        places.add(f"/{ROOT.parts[1]}")
    return {rf"(?<![\w.}}/-]){re.escape(place)}/": "a path of this machine" for place in places}
