"""The server of the demo as a process of its own, so that it can be waited for and stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

SUPERVISOR = "LINLI_SUPERVISOR"
"""What a process reads that must end with the one that started it (command.lifeline, a floor above)."""
READY_WITHIN_S = 60.0
STOP_WITHIN_S = 10.0


class NotReady(Exception):
    """The server ended, or did not answer in time."""


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(port: int) -> bool:
    """Does somebody listen on this port of 127.0.0.1?"""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Serving:
    """``linli serve`` on a port, for as long as the block lasts; what it logs goes to a file. Raises NotReady."""

    def __init__(self, port: int, log: Path, *, worker: bool) -> None:
        """``worker``: start one beside; on the embedded database the server brings its own."""
        self._log = log
        self.address = f"http://127.0.0.1:{port}"
        self._process = _started(["serve", "--port", str(port)], log)
        self._worker = _started(["worker"], log) if worker else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def ended(self) -> bool:
        """Has the server stopped by itself?"""
        return self._process.poll() is not None

    def wait_until_ready(self) -> None:
        """Return when it answers; raises NotReady."""
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until:
            if self.ended:
                raise NotReady(f"the server ended with code {self._process.returncode}; see {self._log}")
            try:
                if httpx.get(f"{self.address}/readyz", timeout=2.0).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
                continue
            time.sleep(0.1)
        raise NotReady(
            f"the server did not answer {self.address}/readyz within {READY_WITHIN_S:.0f} s; see {self._log}"
        )

    def stop(self) -> None:
        """End the server and all that it started."""
        for process in (self._process, self._worker):
            if process is not None and process.poll() is None:
                _stop(process)


def _started(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """A ``linli`` process in a group of its own."""
    # Killed with SIGKILL, the demo cannot stop what it started: then the kernel does (command.lifeline).
    environment = {**os.environ, "LINLI_DEMO": "1", SUPERVISOR: str(os.getpid())}
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "linli.command.main", *command],
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
