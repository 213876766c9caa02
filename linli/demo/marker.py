"""The file in LINLI_HOME that says: this installation is a demo. Without it nobody is signed in by a tap."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "demo"


@dataclass(frozen=True, slots=True)
class Marker:
    """What was loaded, and for which day (ISO, Asia/Shanghai)."""

    size: str
    seed: int
    day: str
    agencies: int
    people: int
    matters: int


def read_marker(home: Path) -> Marker | None:
    """The marker of a finished load, or None."""
    path = home / NAME
    try:
        return Marker(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write_marker(home: Path, marker: Marker) -> None:
    """Mark the installation as a demo; written only when everything is loaded."""
    home.mkdir(parents=True, exist_ok=True)
    part = home / f"{NAME}.part"
    part.write_text(json.dumps(asdict(marker)), encoding="utf-8")
    part.replace(home / NAME)
