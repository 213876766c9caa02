"""A throw-away PostgreSQL: made in a temporary folder, reachable on loopback only, gone when its maker is gone.

The binaries are Debian's. They refuse to run as root, so root hands them to the user `postgres`. The kernel tells the
server to quit when the process that started it dies, however it dies: nothing is left running.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.workshop.steps import stop

_PR_SET_PDEATHSIG = 1
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 128MB
timezone = 'UTC'
log_min_messages = warning
"""
_QUICK = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
"""For the suite only: tests of durability and benchmarks ask for `durable`."""
_DURABLE = _QUICK.replace("off", "on")


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL of this machine, from LINLI_POSTGRES_BIN or Debian's place."""
    named = os.environ.get("LINLI_POSTGRES_BIN")
    if named:
        return Path(named)
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    found.sort(key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0)
    if found:
        return found[-1]
    beside = shutil.which("initdb")
    return Path(beside).parent if beside else None


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """One server. `with Postgres() as server: server.url("linli")`; `kill()` and `start()` for tests of faults."""

    def __init__(self, *, durable: bool = False, like: Path | None = None) -> None:
        found = binaries()
        if found is None:
            stop("no PostgreSQL on this machine (Debian: postgresql); LINLI_POSTGRES_BIN may name its folder")
        self.bin: Path = found
        self.user = _user()
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="linli-postgres-"))
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.options: list[str] = []
        """More of the server's command line: settings of a benchmark."""
        self._make(durable=durable, like=like)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, name: str = "linli", *, like: str = "") -> str:
        """The LINLI_DATABASE_URL of a database of this server, made when it is missing, as a copy of `like`."""
        create = ["createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name]
        create += ["-T", like] if like else []
        made = subprocess.run([str(self.bin / create[0]), *create[1:]], capture_output=True, text=True, check=False)
        if made.returncode and "already exists" not in made.stderr:
            stop(f"could not make the database {name}: {made.stderr.strip()}")
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def start(self, *, timeout_s: float = 30.0) -> None:
        """Start and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.data), "-p", str(self.port), *self.options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                user=self.user,
                group=_group(self.user),
                extra_groups=[] if self.user is not None else None,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one prctl call, and no thread runs in the tools
            )
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            ready = [str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
            if subprocess.run(ready, check=False).returncode == 0:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        stop(f"PostgreSQL did not start: {self.log.read_text(errors='replace')[-2000:]}")

    def kill(self) -> None:
        """The server falls: SIGKILL to all its processes at once, as when power fails."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            # SIGKILL leaves the pid file; the next start finds it stale and recovers from the log.
            self.process = None

    def rest(self) -> None:
        """Stop in order and keep the data."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=10)

    def stop(self) -> None:
        """Stop and remove everything."""
        self.rest()
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self, *, durable: bool, like: Path | None) -> None:
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        if like is None:
            self._init()
        else:
            shutil.copytree(like, self.data)
            self.data.chmod(0o700)
            if self.user is not None:
                for path in (self.data, *self.data.rglob("*")):
                    shutil.chown(path, self.user)
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write(_SETTINGS + (_DURABLE if durable else _QUICK))

    def _init(self) -> None:
        command = [str(self.bin / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        made = subprocess.run(
            [*command, "--locale=C.UTF-8", "--no-sync"],
            cwd=self.folder,
            user=self.user,
            group=_group(self.user),
            extra_groups=[] if self.user is not None else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            stop(f"initdb failed: {made.stderr.strip()}")


def _user() -> str | None:
    """Who runs the server: nobody else than us, except for root, who may not."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _group(user: str | None) -> int | None:
    return None if user is None else pwd.getpwnam(user).pw_gid


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
