"""``linli feed set|run|end|list``: other systems' folders and bundles, into registers and out of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from linli.command.main import Failed, Unreadable
from linli.kernel.errors import Refusal
from linli.kernel.scope import system
from linli.works.tables.acts.feeding import Feed, feed_folder, feeds
from linli.works.tables.acts.feeds import end_feed, run_feed, set_feed
from linli.works.tables.models import FeedRun

COMMAND = system("command")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which feed."""
    what = parser.add_subparsers(dest="what", required=True)
    made = what.add_parser("set", help="set a feed, or change it")
    made.add_argument("name", metavar="NAME")
    made.add_argument("file", metavar="M.toml", type=Path, help="its map, with a section [feed]")
    for name, words in (("run", "read it, or fill it, now"), ("end", "read it no more")):
        what.add_parser(name, help=words).add_argument("name", metavar="NAME")
    what.add_parser("list", help="all feeds, and what each did last")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Set, run, end or list. A feed that cannot be read or run: exit 1, with the answer."""
    try:
        if options.what == "set":
            set_feed(COMMAND, feed=options.name, text=options.file.read_text("utf-8"))
        elif options.what == "end":
            end_feed(COMMAND, feed=options.name)
        elif options.what == "run":
            return _run(options.name)
    except (OSError, UnicodeDecodeError) as wrong:
        raise Unreadable(f"cannot read {options.file}: {wrong}") from wrong
    except Refusal as refused:
        raise Unreadable(str(refused)) from refused
    return {"feeds": [shown(one) for one in feeds()]}


def _run(name: str) -> dict[str, Any]:
    place = feed_folder() / f"{name}.toml"
    if not place.is_file():
        raise Unreadable(f"there is no feed {name!r}")
    before = set(FeedRun.objects.filter(feed=name).values_list("pk", flat=True))
    run_feed({"feed": str(place), "asked": True})
    runs = [ran(row) for row in FeedRun.objects.filter(feed=name).order_by("at") if row.pk not in before]
    answer = {"feed": name, "runs": runs}
    if any(one["state"] in ("refused", "failed") for one in runs):
        raise Failed(answer)
    return answer


def ran(row: FeedRun) -> dict[str, Any]:
    """What one run did."""
    names = ("state", "file_name", "rows", "created", "updated", "rejected", "why")
    return {"at": row.at.isoformat(), **{name: getattr(row, name) for name in names}}


def shown(one: Feed | tuple[str, Refusal]) -> dict[str, Any]:
    """A feed with what it did last; what is wrong with one that cannot be read."""
    if not isinstance(one, Feed):
        return {"name": one[0], "error": one[1].words.en}
    last = FeedRun.objects.filter(feed=one.name).order_by("-at").first()
    where = {"peer": one.peer} if one.peer else {"folder": str(one.folder)}
    return {
        "name": one.name,
        "kind": one.kind,
        "direction": one.direction,
        **where,
        "last": ran(last) if last else None,
    }


def words(answer: dict[str, Any]) -> str:
    """For a person."""
    rows = answer["feeds"] if "feeds" in answer else answer["runs"]
    told = [" ".join(f"{name}={value}" for name, value in row.items() if value not in ("", None)) for row in rows]
    return "\n".join(told) or ("没有数据源。No feeds." if "feeds" in answer else "没有新文件。Nothing new.")
