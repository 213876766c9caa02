"""`linli backup` and `linli restore`: the same house comes back, whoever writes meanwhile; a damaged file changes
nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from linli.command.main import main
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.ids import new_id
from linli.matters.ledger.models import Matter
from linli.works.backup.acts.unpacking import unpack
from linli.works.backup.queries import postgres
from linli.works.backup.queries.packing import make_backup
from linli.works.backup.rules import check_fits, is_ours, seal_of
from tests.installation import BIN
from tests.town import Town, build_town, call

lived_in = pytest.mark.django_db(transaction=True)
_packed: list[bytes] = []


class House:
    """Another installation: an empty home and an empty database of the same kind."""

    def __init__(self, home: Path, database: str) -> None:
        self.home = home
        self.env = {**os.environ, "LINLI_HOME": str(home), "LINLI_DATABASE_URL": database}
        self.env |= {"DJANGO_SETTINGS_MODULE": "linli.settings.embedded"}

    def linli(self, *words: str) -> tuple[int, dict[str, Any], str]:
        """Exit code, printed object, standard error."""
        done = subprocess.run(
            [str(BIN / "linli"), *words, "--json"],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, json.loads(done.stdout or "{}"), done.stderr

    def digests(self) -> dict[str, str]:
        """What lies in the home folder."""
        files = [path for path in self.home.rglob("*") if path.is_file() and "keys" not in path.parts]
        return {str(path.relative_to(self.home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def other(tmp_path: Path) -> Iterator[House]:
    home = tmp_path / "other"
    home.mkdir()
    if connection.vendor != "postgresql":
        yield House(home, f"sqlite:///{home}/linli.sqlite3")
        return
    words = postgres.connect_words()
    name = f"other_{new_id().hex}"
    with psycopg.connect(**words, autocommit=True) as server:  # type: ignore[arg-type]  # names and texts only
        server.execute(f"CREATE DATABASE {name}".encode())
        yield House(home, f"postgres://{words['user']}@{words['host']}:{words['port']}/{name}")
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def town() -> Iterator[Town]:
    kept = Path(settings.LINLI_HOME) / "files" / "ab" / "cd.bin"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(os.urandom(5000))
    made = build_town(rooms=2)
    for _ in range(3):
        call(made.actor("call_taker"), made)
    yield made
    kept.unlink()


@pytest.fixture
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A backup of a town; made once, since the tests of damage only read it."""
    path = tmp_path / "today.linli"
    if not _packed:
        request.getfixturevalue("transactional_db")
        request.getfixturevalue("town")
        make_backup(path)
        _packed.append(path.read_bytes())
    path.write_bytes(_packed[0])
    return path


def backup(capsys: pytest.CaptureFixture[str], file: Path) -> dict[str, Any]:
    assert main(["backup", str(file), "--json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


@lived_in
def test_the_same_house_comes_back(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, town: Town, other: House
) -> None:
    file = tmp_path / "today.linli"
    made = backup(capsys, file)
    assert set(made) == {"bytes", "entries", "root"}
    assert made["bytes"] == file.stat().st_size and made["entries"] > 20
    assert file.stat().st_mode & 0o077 == 0
    code, restored, err = other.linli("restore", str(file))
    assert (code, restored) == (0, made), err
    code, verdict, _ = other.linli("trail", "verify")
    assert (code, verdict["entries"], verdict["root"]) == (0, made["entries"], made["root"])
    own = Path(settings.LINLI_HOME)
    for folder in ("files", "roads"):
        theirs = {path.relative_to(own): path.read_bytes() for path in (own / folder).rglob("*") if path.is_file()}
        assert theirs
        assert all((other.home / path).read_bytes() == content for path, content in theirs.items())
    anchor = tmp_path / "anchor.json"
    anchor.write_text(json.dumps(made))
    assert other.linli("trail", "verify", "--anchor", str(anchor))[0] == 0


@lived_in
def test_keys_and_sessions_stay_at_home(capsys: pytest.CaptureFixture[str], tmp_path: Path, town: Town) -> None:
    secrets = [path.read_bytes().strip() for path in (Path(settings.LINLI_HOME) / "keys").glob("*.key")]
    session = "k" * 32
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, 'x', '2030-01-01')",
            [session],
        )
    file = tmp_path / "today.linli"
    make_backup(file)
    with tarfile.open(file) as tar:
        names = tar.getnames()
        whole = b"".join(tar.extractfile(name).read() for name in names)  # type: ignore[union-attr]  # all are files
    assert secrets and not [name for name in names if "key" in name]
    assert not [secret for secret in secrets if secret in whole]
    assert session.encode() not in whole
    main(["backup", str(file)])
    said = capsys.readouterr().out
    assert "不含密钥" in said and "Keys are never in a backup" in said


@lived_in
def test_calls_go_on_meanwhile(tmp_path: Path, town: Town, other: House) -> None:
    before, stop, faults = Matter.objects.count(), threading.Event(), []

    def take() -> None:
        try:
            while not stop.is_set():
                call(town.actor("call_taker"), town)
        except Exception as fault:
            faults.append(fault)
            raise
        finally:
            connection.close()

    thread = threading.Thread(target=take)
    thread.start()
    made = [make_backup(tmp_path / f"{n}.linli") for n in range(3)]
    stop.set()
    thread.join()
    assert not faults and Matter.objects.count() > before
    code, restored, err = other.linli("restore", str(tmp_path / "2.linli"))
    assert code == 0, err
    assert (restored["entries"], restored["root"]) == (made[2].entries, made[2].root)


@lived_in
def test_a_house_that_is_lived_in_is_not_overwritten(tmp_path: Path, town: Town, other: House) -> None:
    old, new = tmp_path / "old.linli", tmp_path / "new.linli"
    first = make_backup(old)
    assert other.linli("init")[0] == 0
    code, _, err = other.linli("restore", str(old))
    assert code == 0, err
    call(town.actor("call_taker"), town)
    main(["trail", "verify"])
    second = make_backup(new)
    assert second.entries > first.entries
    before = other.digests()
    code, answer, err = other.linli("restore", str(new))
    assert (code, answer) == (1, {}) and "--force" in err
    assert other.digests() == before
    code, answer, err = other.linli("restore", str(new), "--force")
    assert (code, answer["entries"], answer["root"]) == (0, second.entries, second.root), err
    assert all(".before-" in path and Path(path).is_dir() for path in answer["put_aside"])


def flipped(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 0x10]) + raw[at + 1 :]


def test_a_flipped_byte_is_caught_and_nothing_changes(tmp_path: Path, file: Path, other: House) -> None:
    """The mutant: any byte, also one that unpacks to the same (gzip's own checksum let some of those pass)."""
    raw = file.read_bytes()
    bad = tmp_path / "bad.linli"
    for n, at in enumerate([*range(12), *range(200, len(raw) - 70, len(raw) // 40), *range(len(raw) - 70, len(raw))]):
        bad.write_bytes(flipped(raw, at))
        with pytest.raises(Invalid, match=r"backup\.damaged"):
            unpack(bad, tmp_path / f"desk-{n}")
    before = other.digests()
    code, answer, err = other.linli("restore", str(bad))
    lines = [line for line in err.splitlines() if line.startswith("linli restore:")]
    assert (code, answer, len(lines)) == (2, {}, 1) and "bad.linli" in lines[0]
    assert other.digests() == before


def repacked(raw: bytes, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> bytes:
    """The same archive with members changed, its checksums right again: what only the manifest can notice."""
    out = io.BytesIO()
    packed = gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=1, mtime=0)
    with tarfile.open(fileobj=io.BytesIO(raw)) as old, packed, tarfile.open(fileobj=packed, mode="w|") as new:
        for member in old:
            changed = change(member.name, old.extractfile(member).read())  # type: ignore[union-attr]  # all are files
            if changed is not None:
                fresh = tarfile.TarInfo(changed[0])
                fresh.size = len(changed[1])
                new.addfile(fresh, io.BytesIO(changed[1]))
    raw_out = out.getvalue()
    return raw_out + seal_of(hashlib.sha256(raw_out).digest())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda name, body: (name, flipped(body, len(body) // 2) if name == "database" else body), "database"),
        (lambda name, body: None if name.startswith("roads/") else (name, body), "missing"),
        (lambda name, body: None if name == "manifest.json" else (name, body), "ends before"),
        (lambda name, body: ("../evil" if name.startswith("roads/") else name, body), "does not belong"),
        (lambda name, body: (name, b"{}" if name == "manifest.json" else body), "manifest.json"),
    ],
    ids=["altered", "part missing", "no manifest", "a path outside", "empty manifest"],
)
def test_what_was_repacked_is_caught(tmp_path: Path, file: Path, change: Any, says: str) -> None:
    file.write_bytes(repacked(file.read_bytes(), change))
    with pytest.raises(Invalid) as refused:
        unpack(file, tmp_path / "desk")
    assert says in str(refused.value)
    assert not (tmp_path / "evil").exists()


def test_cut_short_or_followed_by_something(tmp_path: Path, file: Path) -> None:
    raw = file.read_bytes()
    for n, wrong in enumerate([raw[: len(raw) // 2], raw[:-1], raw + gzip.compress(b"more"), b"", b"PK\x03\x04"]):
        file.write_bytes(wrong)
        with pytest.raises(Invalid, match=r"backup\.damaged"):
            unpack(file, tmp_path / f"desk-{n}")


def test_it_must_fit(tmp_path: Path, file: Path) -> None:
    manifest = unpack(file, tmp_path / "desk")
    check_fits(manifest, vendor=connection.vendor, known=frozenset(manifest.migrations))
    with pytest.raises(Invalid, match=r"backup\.other_database"):
        check_fits(manifest, vendor="oracle", known=frozenset(manifest.migrations))
    with pytest.raises(Invalid, match=r"backup\.newer"):
        check_fits(manifest, vendor=connection.vendor, known=frozenset(manifest.migrations[1:]))


@pytest.mark.parametrize("name", ["/etc/passwd", "files/../x", "files", "keys/field.key", "files//x", "roads/./x", ""])
def test_no_other_name_is_unpacked(name: str) -> None:
    assert not is_ours(name)
    assert is_ours("files/ab/cd") and is_ours("roads/x.npz")


@lived_in
def test_a_missing_tool_is_named(tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(Conflict) as missing:
        postgres.tool("pg_dump")
    assert "postgresql-client" in str(missing.value) and "pg_dump" in str(missing.value)
    if connection.vendor == "postgresql":
        with pytest.raises(Conflict, match=r"backup\.tool_missing"):
            make_backup(tmp_path / "today.linli")
        assert not list(tmp_path.glob("*linli*"))


@lived_in
@pytest.mark.parametrize("words", [("backup", "/no/such/place/x"), ("restore", "/no/such/x")])
def test_what_cannot_be_opened_is_one_line(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    code = main([*words])
    said = capsys.readouterr()
    lines = [line for line in said.err.splitlines() if line.startswith("linli ")]
    assert (code, said.out, len(lines)) == (2, "", 1) and "No such file" in lines[0]
