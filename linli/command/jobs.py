"""``linli jobs failed|retry|forget``: what was tried to the end and failed, and what becomes of it."""

from __future__ import annotations

import argparse
import uuid
from typing import Any

from linli.command.main import Failed, Unreadable
from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.kernel.scope import system
from linli.works.jobs.acts import forget_job, retry_job
from linli.works.jobs.models import Job
from linli.works.jobs.queries import failed_jobs, jobs_by_id

COMMAND = system("command")
_DEEDS = {"retry": retry_job, "forget": forget_job}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Three sub-commands."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    listed = verbs.add_parser("failed", help="jobs that were tried to the end and failed, the latest first")
    listed.add_argument("--most", type=int, default=200, metavar="N", help="at most so many (200)")
    for name, said in (("retry", "try failed jobs again, now"), ("forget", "give failed jobs up: somebody has looked")):
        deed = verbs.add_parser(name, help=said)
        deed.add_argument("id", nargs="*", type=_key, metavar="ID", help="as `linli jobs failed` prints them")
        deed.add_argument("--all", action="store_true", help="all that have failed")


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{text!r} is not the id of a job") from fault


def run(options: argparse.Namespace) -> dict[str, Any]:
    """``failed`` answers {"jobs"}; the others {"done", "refused"}, exit 1 when a job was not done."""
    if options.verb == "failed":
        return {"jobs": [_shown(job) for job in failed_jobs(max(0, options.most))]}
    if bool(options.id) == options.all:
        raise Unreadable(f"linli jobs {options.verb} needs the ids of jobs, or --all")
    found = {job.pk: job for job in (failed_jobs(100_000) if options.all else jobs_by_id(options.id))}
    unknown = [str(key) for key in options.id if key not in found]
    if unknown:
        raise Unreadable(f"there is no job {', '.join(unknown)}")
    done, refused = [], []
    for job in found.values():
        try:
            _DEEDS[options.verb](COMMAND, job=job)
            done.append(str(job.pk))
        except Refusal as why:
            refused.append({"id": str(job.pk), "code": why.code, "zh": why.words.zh, "en": why.words.en})
    answer = {"done": done, "refused": refused}
    if refused:
        raise Failed(answer)
    return answer


def _shown(job: Job) -> dict[str, Any]:
    return {
        "id": str(job.pk),
        "name": job.name,
        "key": job.key,
        "due_at": clock.shanghai(job.due_at).isoformat(timespec="seconds"),
        "attempts": job.attempts,
        "error": job.last_error,
    }


def words(answer: dict[str, Any]) -> str:
    """The answer as lines."""
    if "jobs" not in answer:
        lines = [f"完成 done: {len(answer['done'])}"]
        return "\n".join(lines + [f"{one['id']}  {one['zh']} {one['en']}" for one in answer["refused"]])
    if not answer["jobs"]:
        return "没有失败的任务 no job has failed"
    return "\n".join(
        f"{job['id']}  {job['due_at']}  {job['name']}  {job['attempts']}×  {job['error'][:120]}"
        for job in answer["jobs"]
    )
