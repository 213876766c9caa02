"""``linli channel set|test|list``: the ways out of the house."""

from __future__ import annotations

import argparse
import sys
from datetime import time
from pathlib import Path
from typing import Any

from linli.command.main import Unreadable
from linli.kernel.errors import Refusal
from linli.kernel.scope import system
from linli.org.people.models import Person
from linli.org.reach.acts import try_alert_of
from linli.org.reach.queries import ways_to
from linli.works.channels.acts.setting import set_channel
from linli.works.channels.models import ChannelConfig
from linli.works.channels.queries import channel_named
from linli.works.channels.rules.shapes import KINDS
from linli.works.outbox.acts.queueing import try_channel

COMMAND = system("command")
_ON = {True: "开 on", False: "关 off"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which channel."""
    what = parser.add_subparsers(dest="what", required=True)
    made = what.add_parser("set", help="set up or change a channel")
    made.add_argument("name", metavar="NAME", help="what messages call it: wecom, sms, voice, …")
    made.add_argument("--kind", required=True, choices=sorted(KINDS))
    made.add_argument("--url", default="", help="where the gateway is")
    made.add_argument("--secret-file", metavar="FILE", help="a file that holds the secret; - reads standard input")
    made.add_argument("--receipt-secret-file", metavar="FILE", help="what its receipts are signed with")
    made.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="corp_id=…, agent_id=…")
    made.add_argument("--place", type=int, default=1, help="order in which one stands in for another")
    made.add_argument("--quiet", metavar="22:00-07:00", help="hours in which what is not urgent waits")
    made.add_argument("--fixed", action="store_true", help="nobody may put it before or behind others for himself")
    made.add_argument("--off", action="store_true", help="keep it, but send nothing over it")
    test = what.add_parser("test", help="send a test message")
    test.add_argument("name", metavar="NAME")
    test.add_argument("address", metavar="ADDRESS", help="a telephone number, a WeCom user, a mail address")
    mine = what.add_parser("alert", help="test somebody's alert on every channel that reaches him")
    mine.add_argument("person", metavar="STAFF_NO")
    what.add_parser("list", help="all channels")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Set, test or list; a secret never stands on the command line or in the answer."""
    if options.what == "set":
        return shown(_set(options))
    if options.what == "test":
        message = try_channel(COMMAND, channel=channel_named(options.name), address=options.address)
        return {"message": str(message.pk), "channel": message.channel, "state": message.state}
    if options.what == "alert":
        person = Person.objects.filter(staff_no=options.person).first()
        if person is None:
            raise Unreadable(f"没有工号{options.person}。There is no staff number {options.person}.")
        try:
            ways = ways_to(try_alert_of(COMMAND, person=person))
        except Refusal as refused:
            raise Unreadable(str(refused)) from refused
        return {"tests": [{"channel": way.config.name, "state": way.test.state if way.test else ""} for way in ways]}
    return {"channels": [shown(row) for row in ChannelConfig.objects.all()]}


def _set(options: argparse.Namespace) -> ChannelConfig:
    try:
        return set_channel(
            COMMAND,
            channel=options.name,
            kind=options.kind,
            url=options.url,
            secret=secret_in(options.secret_file),
            receipt_secret=secret_in(options.receipt_secret_file),
            options=dict(pair.split("=", 1) for pair in options.option) if options.option else None,
            enabled=not options.off,
            place=options.place,
            own_order=not options.fixed,
            quiet=_hours(options.quiet),
        )
    except Refusal as refused:
        raise Unreadable(str(refused)) from refused
    except ValueError as wrong:
        raise Unreadable("--option wants NAME=VALUE") from wrong


def secret_in(path: str | None) -> str:
    """The secret in a file, or from standard input; empty when none is named."""
    if not path:
        return ""
    try:
        return (sys.stdin.readline() if path == "-" else Path(path).read_text()).strip()
    except (OSError, UnicodeDecodeError) as wrong:
        raise Unreadable(f"cannot read the secret in {path}: {wrong}") from wrong


def _hours(text: str | None) -> tuple[time, time] | None:
    if not text:
        return None
    try:
        begins, ends = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError as wrong:
        raise Unreadable(f"--quiet wants two times as 22:00-07:00, not {text}") from wrong
    return begins, ends


def shown(row: ChannelConfig) -> dict[str, Any]:
    """A channel without its secrets."""
    return {
        "name": row.name,
        "kind": row.kind,
        "url": row.url,
        "enabled": row.enabled,
        "place": row.place,
        "quiet": f"{row.quiet_from:%H:%M}-{row.quiet_until:%H:%M}" if row.quiet_from and row.quiet_until else None,
        "receipts": bool(row.receipt_secret),
    }


def words(answer: dict[str, Any]) -> str:
    """For a person."""
    if "tests" in answer:
        names = "、".join(row["channel"] for row in answer["tests"])
        return f"测试提醒已排队，由 linli worker 发送。Queued on: {names}"
    if "message" in answer:
        return f"测试消息已排队，由 linli worker 发送。Queued: {answer['message']}"
    rows = answer.get("channels", [answer])
    lines = [
        f"{row['place']} {row['name']:<8} {row['kind']:<12} {'开 on' if row['enabled'] else '关 off'}" for row in rows
    ]
    return "\n".join(lines) or "尚未设置通道。No channel is set up."
