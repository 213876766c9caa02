"""One web process: ``python -m linli.command.web --port N``, started by ``linli serve``."""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Sequence

import uvicorn

from linli.command.lifeline import end_with_parent
from linli.command.logs import to_stderr
from linli.command.main import settle_environment
from linli.command.place import reserved

STREAMS_END_S = 1
"""Open streams would keep a process for ever: after this they are cut, and the clients resume elsewhere."""
_KEEP_ALIVE_S = 75
_BACKLOG = 4096


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="linli.command.web")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(argv)
    end_with_parent()
    settle_environment(None)
    to_stderr()
    _many_files()
    config = uvicorn.Config(
        "linli.command.asgi:application",
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=STREAMS_END_S,
    )
    place = reserved(options.host, options.port)
    place.listen(_BACKLOG)
    uvicorn.Server(config).run(sockets=[place])
    return 0


def _many_files() -> None:
    """A stream is an open file: take as many as the machine allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
