"""The process of one benchmark: `python -m tools.workshop.measure MODULE NAME`."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator

Line = dict[str, object]
FIELDS = ("name", "metric", "value", "unit", "ratio", "against", "n")


def main(module: str, name: str) -> int:
    """Print one JSON object for each figure; 1 when there was none or it has no value."""
    run: Callable[[str], Iterator[Line]] = importlib.import_module(module).run
    figures = 0
    for line in run(name):
        whole = {"name": name, **line}
        if "metric" not in whole or whole.get("value") is None:
            print(f"✗ {name}: a figure without a value: {line}", file=sys.stderr)
            return 1
        ordered = {field: whole.get(field) for field in FIELDS}
        print(json.dumps({**ordered, **whole}, ensure_ascii=False), flush=True)
        figures += 1
    if not figures:
        print(f"✗ {name}: measured nothing", file=sys.stderr)
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
