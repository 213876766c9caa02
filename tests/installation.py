"""A real installation for tests: its own home folder, its own database, real processes that can be killed.

Used by tests/faults (kill -9 of web, live feed, worker and database) and by tests/browser (a server as in the field).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools.workshop.postgres import free_port

BIN = Path(sys.executable).parent
SETPRIV = shutil.which("setpriv")
WITH_US = [SETPRIV, "--pdeathsig", "TERM"] if SETPRIV else []
"""The kernel ends what a test started when the test's process is gone, however it went."""

READY_S = 60.0


class Installation:
    """`init`, then `start("serve")` or `start("worker")`, `kill(…)`, and everything is gone after the `with` block."""

    def __init__(self, home: Path, database: str, *, settings: str = "linli.settings.embedded") -> None:
        self.home = home
        self.port = free_port()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings,
            "LINLI_HOME": str(home),
            "LINLI_DATABASE_URL": database,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.env.pop("LINLI_TEST_PASS", None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self.running):
            self.kill(name)

    @property
    def origin(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str, timeout_s: float = 120) -> Any:
        """`linli … --json` to the end; what it printed. Raises with its own words when it fails."""
        done = subprocess.run(
            [str(BIN / "linli"), *arguments, "--json"],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        assert done.returncode == 0, f"linli {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-3000:]}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def start(self, name: str, *arguments: str) -> None:
        """Start `linli NAME` in a process group of its own; `serve` is waited for until it is ready."""
        extra = ("--port", str(self.port)) if name == "serve" else ()
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [*WITH_US, str(BIN / "linli"), name, *extra, *arguments],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if name == "serve":
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until `/readyz` answers 200; fails with the server's own words."""
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            assert self.running["serve"].poll() is None, f"the server ended:\n{self.log('serve')}"
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.status("/readyz") == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"the server is not ready after {READY_S} s:\n{self.log('serve')}")

    def status(self, path: str) -> int:
        """The status of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def post(self, path: str, body: object, *, token: str, key: str, timeout_s: float = 10) -> tuple[int, Any]:
        """POST JSON as a machine would; status and parsed answer. Raises OSError when the server falls meanwhile."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def kill(self, name: str) -> None:
        """SIGKILL to the process and everything it started, as when the machine's memory ran out.

        Returns when all of them are gone: what dies last may still hold the port.
        """
        process = self.running.pop(name)
        until = time.monotonic() + READY_S
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            while time.monotonic() < until:
                os.killpg(process.pid, 0)
                time.sleep(0.02)
        process.wait()

    def kill_one(self, name: str, *, containing: str, most: int = 99) -> int:
        """SIGKILL to children of `name` whose command line contains a word, `most` of them; how many there were."""
        group, killed = self.running[name].pid, 0
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, IndexError):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                in_group = int((folder / "stat").read_text().rpartition(")")[2].split()[2]) == group
                if killed < most and in_group and int(folder.name) != group and containing in command:
                    os.kill(int(folder.name), signal.SIGKILL)
                    killed += 1
        return killed

    def log(self, name: str) -> str:
        """The last words of a process."""
        file = self.home / f"{name}.log"
        return file.read_text(errors="replace")[-3000:] if file.exists() else ""
