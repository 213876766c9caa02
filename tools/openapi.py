"""`tools/snapshot`: keep what the API promises in tests/snapshots/openapi.json, so that a change of it is seen."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import django
from django.test import Client

TARGET = Path(__file__).resolve().parents[1] / "tests" / "snapshots" / "openapi.json"
ADDRESS = "/api/v1/openapi.json"


def promised() -> str:
    """The API's own description, in a fixed order."""
    answer = Client(headers={"host": "127.0.0.1"}).get(ADDRESS)
    if answer.status_code != 200:
        raise SystemExit(f"{ADDRESS} answered {answer.status_code}")
    return json.dumps(json.loads(answer.content), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the snapshot."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings.test")
    django.setup()
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(promised())
    return 0


if __name__ == "__main__":
    sys.exit(main())
