"""PostgreSQL's own tools: where they are, how they are called, what they said."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from linli.kernel.errors import Conflict, declare

declare(
    "backup.tool_missing",
    zh="缺少PostgreSQL客户端程序{tool}：安装 postgresql-client，或用 LINLI_POSTGRES_BIN 指明目录。",
    en="PostgreSQL's {tool} is missing: install postgresql-client, or let LINLI_POSTGRES_BIN name its folder.",
)
declare("backup.tool_failed", zh="{tool}没有成功：{said}", en="{tool} failed: {said}")

_PASSED_ON = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
}


def connect_words() -> dict[str, str]:
    """How the configured database is reached, by the names that psycopg uses."""
    given: dict[str, Any] = connection.get_connection_params()
    return {name: str(given[name]) for name in _PASSED_ON if given.get(name)}


def tool(name: str) -> str:
    """The newest ``pg_dump``, ``pg_restore`` or ``psql`` of this machine; raises Conflict ``backup.tool_missing``."""
    named = os.environ.get("LINLI_POSTGRES_BIN")
    folders = [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_release, reverse=True)
    found = next((str(folder / name) for folder in folders if (folder / name).is_file()), None)
    found = found or (None if named else shutil.which(name))
    if found is None:
        raise Conflict("backup.tool_missing", tool=name)
    return found


def call(name: str, arguments: Sequence[str]) -> None:
    """Run a tool on the configured database. The password goes by the environment, where no process list shows it.

    Raises Conflict ``backup.tool_failed`` with the first line that it said.
    """
    words = connect_words()
    env = {**os.environ, **{_PASSED_ON[key]: value for key, value in words.items()}}
    done = subprocess.run(  # noqa: S603  (PostgreSQL's own tool with our own arguments)
        [tool(name), *arguments], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "error" in line.lower()), done.stderr.strip())
        raise Conflict("backup.tool_failed", tool=name, said=said.partition("\n")[0][:300])


def _release(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0
