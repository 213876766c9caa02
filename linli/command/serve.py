"""``linli serve``: pages, API and live feed on one port; on the embedded database the worker runs beside them.

A small supervisor keeps the port and starts the processes that listen on it, each on a socket of its own
(SO_REUSEPORT:
on one shared socket a single process took nearly every connection). One that dies is started again; while it starts,
the
others answer. The supervisor itself touches no database and imports no application.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from types import FrameType

import structlog

from linli.command.lifeline import SUPERVISOR, end_with_parent
from linli.command.main import Unreadable
from linli.command.place import reserved

log = structlog.get_logger(__name__)

PORT = 8000
WEB_PROCESSES = 2
END_WITHIN_S = 2.5
_LOOK_EVERY_S = 0.05
_SHORT_LIFE_S = 5.0
_PAUSE_S = 1.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen and how many processes."""
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--workers", type=int, default=WEB_PROCESSES, help="web processes (default 2)")


def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT, or until the process is gone that started it as its own (the demo)."""
    end_with_parent()
    if options.workers < 1:
        raise Unreadable(f"--workers must be at least 1, not {options.workers}")
    try:
        supervisor = Supervisor(port=options.port, host=options.host, workers=options.workers)
    except (OSError, OverflowError) as failed:
        raise Unreadable(f"cannot listen on {options.host}:{options.port}: {failed}") from failed
    print(f"http://{options.host}:{supervisor.port}", flush=True)
    supervisor.run()


def is_embedded() -> bool:
    """Whether the database is a file of this machine."""
    return os.environ.get("LINLI_DATABASE_URL", "sqlite:").startswith("sqlite:")


@dataclass(slots=True)
class Child:
    """One process that should be running."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    not_before_s: float = 0.0


class Supervisor:
    """Starts the processes, starts again what dies, ends all together."""

    def __init__(self, *, port: int = PORT, host: str = "127.0.0.1", workers: int = WEB_PROCESSES) -> None:
        reserved(host, port, alone=True).close()
        # Bound and never listened on: it keeps the port while the processes come and go.
        self._place = reserved(host, port)
        self.port: int = self._place.getsockname()[1]
        self._ending = False
        python = sys.executable
        where = ["--host", host, "--port", str(self.port)]
        self.children = [Child(f"web-{i + 1}", [python, "-m", "linli.command.web", *where]) for i in range(workers)]
        if is_embedded():
            self.children.append(Child("worker", [python, "-m", "linli.command.main", "worker"]))

    def run(self) -> None:
        """Blocks until SIGTERM or SIGINT; the processes have ended when it returns."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        try:
            while not self._ending:
                for child in self.children:
                    self._look_after(child)
                time.sleep(_LOOK_EVERY_S)
        finally:
            self._end_all()
            self._place.close()

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True

    def _look_after(self, child: Child) -> None:
        now_s = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            lived_s = now_s - child.started_s
            log.error("process_ended", process=child.name, code=code, lived_s=round(lived_s, 1))
            child.process = None
            # One that falls at once would otherwise be started ten times a second.
            child.not_before_s = now_s + (_PAUSE_S if lived_s < _SHORT_LIFE_S else 0.0)
        if now_s >= child.not_before_s:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603  (our own interpreter and modules)
            child.command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, SUPERVISOR: str(os.getpid())},
        )
        child.started_s = time.monotonic()
        log.info("process_started", process=child.name, pid=child.process.pid)

    def _end_all(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + END_WITHIN_S
        for process in running:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
