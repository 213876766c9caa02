"""django-import-export on a bare table, in a process of its own.

``python -m benchmarks.peers.import_export FILE ROWS`` prints the seconds. Its bulk mode, a plain Django back end, the
cells unsealed and unchecked, one index for the key; reading the workbook is not counted.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import django
import environ
from django.conf import settings

COLUMNS = ("name", "number", "sex", "phone", "kind", "relation", "address", "unit", "room", "since", "source")


def import_rows(people: Path, rows: int) -> float:
    """Seconds for ``rows`` rows of the workbook."""
    command = [sys.executable, "-m", "benchmarks.peers.import_export", str(people), str(rows)]
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, text=True)
    return float(done.stdout.split()[-1])


def main(people: Path, rows: int) -> None:
    """Import once and print how long it took."""
    database = environ.Env.db_url_config(os.environ["LINLI_DATABASE_URL"])
    if "sqlite" in database["ENGINE"]:
        database["NAME"] = str(Path(os.environ["LINLI_HOME"]) / "peer.sqlite3")
    settings.configure(
        DATABASES={"default": database}, INSTALLED_APPS=["django.contrib.contenttypes", "import_export"], USE_TZ=True
    )
    django.setup()
    import tablib  # noqa: PLC0415 - settings come first
    from django.db import connection, models  # noqa: PLC0415 - settings come first
    from import_export import resources  # noqa: PLC0415 - settings come first
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - settings come first

    fields = {name: models.CharField(max_length=60, blank=True) for name in COLUMNS if name != "number"}
    number = models.CharField(max_length=20, unique=True)
    meta = type("Meta", (), {"app_label": "contenttypes", "db_table": "bench_peer"})
    peer = type("Peer", (models.Model,), {"__module__": __name__, "number": number, **fields, "Meta": meta})
    options = {
        "model": peer, "import_id_fields": ("number",), "use_bulk": True, "batch_size": 1_000, "skip_unchanged": True,
        "fields": COLUMNS, "skip_diff": True, "report_skipped": False,
    }  # fmt: skip
    resource = type("PeerResource", (resources.ModelResource,), {"Meta": type("Meta", (), options)})
    with connection.schema_editor() as editor:
        editor.create_model(peer)
    sheet = CalamineWorkbook.from_path(str(people)).get_sheet_by_index(0).to_python(nrows=rows + 1)
    given = tablib.Dataset(*[tuple(map(str, row)) for row in sheet[1:]], headers=COLUMNS)
    began = time.perf_counter()
    result = resource().import_data(given, raise_errors=True)
    took_s = time.perf_counter() - began
    if result.totals["new"] < rows * 0.99:
        raise SystemExit(f"the peer imported {result.totals}")
    print(took_s)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
