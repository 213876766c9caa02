"""``linli demo``: load the demo county, run it alive, check it, pause it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from linli.command.main import Failed, Unreadable
from linli.demo.live.check import CheckFailed
from linli.demo.live.running import PortTaken, check_demo, run_demo, set_paused
from linli.demo.live.serving import NotReady
from linli.demo.load.whole import load_demo
from linli.demo.sizes import SIZES

PORT = 8000
SEED = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    """load, run, pause, resume."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="load|run|pause|resume")
    load = verbs.add_parser("load", help="put a demo county into an empty database", allow_abbrev=False)
    run_it = verbs.add_parser(
        "run", help="make the demo county once, serve it, and play a live shift", allow_abbrev=False
    )
    for one in (load, run_it):
        one.add_argument("--size", choices=sorted(SIZES), default="county")
        one.add_argument("--seed", type=int, default=SEED)
    run_it.add_argument("--port", type=int, default=PORT)
    run_it.add_argument("--check", action="store_true", help="carry one call from order to closed, print it, stop")
    run_it.add_argument("--no-play", action="store_true", help="serve only: nobody calls, no unit moves")
    run_it.add_argument("--pace", type=float, default=75.0, metavar="S", help="seconds between two calls, on average")
    verbs.add_parser("pause", help="let the play rest", allow_abbrev=False)
    verbs.add_parser("resume", help="let the play go on", allow_abbrev=False)


def run(options: argparse.Namespace) -> dict[str, Any] | None:
    """Do what was asked; ``load`` answers with counts, ``run --check`` with the number of its call."""
    if options.verb == "load":
        return dict(load_demo(options.size, options.seed, _say_aside))
    if options.verb in ("pause", "resume"):
        set_paused(options.verb == "pause")
        return {"paused": options.verb == "pause"}
    if not 0 < options.port < 65_536:
        raise Unreadable(f"--port must lie between 1 and 65535, not {options.port}")
    if options.pace <= 0:
        raise Unreadable(f"--pace must be above 0, not {options.pace}")
    return _live(options)


def _live(options: argparse.Namespace) -> dict[str, Any] | None:
    say = _say_aside if options.json else _say
    try:
        if options.check:
            return {"ok": True, "number": check_demo(size=options.size, seed=options.seed, say=say)}
        run_demo(
            size=options.size,
            seed=options.seed,
            port=options.port,
            play=not options.no_play,
            pace_s=options.pace,
            say=say,
        )
    except PortTaken as taken:
        raise Unreadable(str(taken)) from taken
    except (CheckFailed, NotReady) as failed:
        sys.stderr.write(f"linli demo run: {failed}\n")
        raise Failed({"ok": False, "why": str(failed)}) from failed
    return None


def words(answer: dict[str, Any]) -> str:
    """The answer in words."""
    if "number" in answer:
        return f"自检通过：{answer['number']} 从派警到结案。The check passed."
    if "paused" in answer:
        return "演示已暂停。The play rests." if answer["paused"] else "演示继续。The play goes on."
    if "why" in answer:
        return f"自检未通过：{answer['why']}"
    return f"{answer['agencies']} agencies, {answer['people']} people, {answer['matters']} matters."


def _say(line: str) -> None:
    print(line, flush=True)


def _say_aside(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
