"""What became of an import, as lines that a script reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from linli.works.tables.rules.columns import Fault


def write_report(path: Path, summary: dict[str, Any], faults: Iterable[Fault]) -> None:
    """Write ``path`` (JSON lines: the summary, then each fault). Only its owner may read it: it may hold personal
    data.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        for item in (summary, *(fault.as_json() for fault in faults)):
            out.write(json.dumps(item, ensure_ascii=False) + "\n")
