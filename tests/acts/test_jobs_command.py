"""``linli jobs`` and a reader who has seen enough."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from linli.command import main
from linli.kernel import clock
from linli.kernel.ids import new_id
from linli.works.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


def failed(name: str) -> Job:
    now = clock.now()
    return Job.objects.create(name=name, due_at=now, created_at=now, state=Job.FAILED, attempts=5, last_error="断线")


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    code = main.main(["jobs", *words, "--json"])
    return code, json.loads(capsys.readouterr().out or "{}")


def test_failed_jobs_are_listed_and_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    one, other = failed("a.b"), failed("c.d")
    code, answer = asked(capsys, "failed")
    assert code == 0
    assert {(job["id"], job["error"], job["attempts"]) for job in answer["jobs"]} == {  # type: ignore[attr-defined]  # JSON
        (str(one.pk), "断线", 5),
        (str(other.pk), "断线", 5),
    }
    assert asked(capsys, "retry", str(one.pk)) == (0, {"done": [str(one.pk)], "refused": []})
    one.refresh_from_db()
    assert (one.state, one.attempts) == (Job.WAITING, 0)
    code, answer = asked(capsys, "retry", str(one.pk))
    assert code == 1 and answer["done"] == [] and answer["refused"][0]["code"] == "job.not_failed"  # type: ignore[index]  # JSON
    assert asked(capsys, "forget", "--all") == (0, {"done": [str(other.pk)], "refused": []})
    assert asked(capsys, "failed") == (0, {"jobs": []})


def test_what_cannot_be_meant_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    row = failed("a.b")
    assert main.main(["jobs", "retry"]) == 2
    assert main.main(["jobs", "retry", "--all", str(row.pk)]) == 2
    assert main.main(["jobs", "forget", str(new_id())]) == 2
    with pytest.raises(SystemExit) as ended:
        main.main(["jobs", "retry", "x"])
    assert ended.value.code == 2
    row.refresh_from_db()
    assert row.state == Job.FAILED


def test_a_reader_who_has_seen_enough_is_no_fault() -> None:
    """``linli … | head``: nobody reads any more when the command prints."""
    if connection.vendor != "sqlite":
        pytest.skip("the same on both: this touches no database")
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [sys.executable, "-m", "linli.command.main", "import", "grids", "--columns"],
        stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writer)
    assert ended.returncode == main.EXIT_NOBODY_READS
    assert "Traceback" not in ended.stderr and "BrokenPipe" not in ended.stderr
