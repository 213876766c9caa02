"""``linli exchange read|write|peer|list``: incidents to and from the bureau's other systems."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from linli.command.channel import secret_in
from linli.command.main import Failed, Unreadable
from linli.kernel.errors import Refusal
from linli.kernel.scope import system
from linli.works.exchange.acts import register_peer
from linli.works.exchange.acts.carrying import alone_with, hand_over_all
from linli.works.exchange.acts.reading import Outcome, read_folder
from linli.works.exchange.models import Bundle, Item, Peer
from linli.works.exchange.queries import missing_numbers, peer_named, peers
from linli.works.jobs.acts import Later

COMMAND = system("command")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which peer."""
    what = parser.add_subparsers(dest="what", required=True)
    read = what.add_parser("read", help="read the bundles that files peers have sent")
    read.add_argument("--folder", type=Path, help="this folder instead of the peers' own")
    write = what.add_parser("write", help="hand over what waits for peers")
    write.add_argument("--peer", help="only for this one")
    peer = what.add_parser("peer", help="register a peer, or change it")
    peer.add_argument("name", metavar="NAME", help="what the other system calls itself")
    peer.add_argument("--kind", required=True, choices=sorted(Peer.KINDS))
    peer.add_argument("--our-name", default="linli", help="what it calls us")
    peer.add_argument("--url", default="", help="where bundles are posted to")
    peer.add_argument("--inbox", default="", help="folder in which its files appear")
    peer.add_argument("--outbox", default="", help="folder in which our files are left")
    peer.add_argument("--key-file", metavar="FILE", help="a file that holds the key; - reads standard input")
    peer.add_argument("--map", type=Path, metavar="M.toml", help="its fields and codes, and ours")
    peer.add_argument("--agency", default="", help="code of the partner agency that it speaks for")
    peer.add_argument("--all", action="store_true", help="it is told of every incident, not only of its own")
    peer.add_argument("--off", action="store_true", help="keep it, but exchange nothing")
    what.add_parser("list", help="all peers, what waits and what is missing")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Read, write, register or list. A rejected file or a peer that cannot be reached: exit 1, with the answer."""
    if options.what == "read":
        return _read(options.folder)
    if options.what == "write":
        return _write(options.peer)
    if options.what == "peer":
        return shown(_register(options))
    return {"peers": [shown(peer) for peer in Peer.objects.order_by("name")]}


def _read(folder: Path | None) -> dict[str, Any]:
    if folder is not None and not folder.is_dir():
        raise Unreadable(f"{folder} is not a folder")
    folders = [folder] if folder else [Path(peer.inbox) for peer in peers("files") if peer.inbox]
    whole = Outcome()
    for one in folders:
        try:
            whole.add(read_folder(one))
        except OSError as wrong:
            raise Unreadable(f"cannot read {one}: {wrong.strerror}") from wrong
    if whole.rejected:
        raise Failed(whole.as_json())
    return whole.as_json()


def _write(name: str | None) -> dict[str, Any]:
    try:
        chosen = [peer_named(name)] if name else peers()
    except Refusal as unknown:
        raise Unreadable(str(unknown)) from unknown
    answer: dict[str, Any] = {"peers": []}
    for peer in chosen:
        told: dict[str, Any] = {"peer": peer.name, "bundles": 0, "error": ""}
        try:
            with alone_with(peer):
                told["bundles"] = len(hand_over_all(COMMAND, peer=peer))
        except Later:
            left = Bundle.objects.filter(peer=peer, state="made").first()
            told["error"] = left.last_error if left else "somebody else is sending to it now"
        answer["peers"].append(told)
    if any(told["error"] for told in answer["peers"]):
        raise Failed(answer)
    return answer


def _register(options: argparse.Namespace) -> Peer:
    try:
        table = options.map.read_text() if options.map else ""
    except (OSError, UnicodeDecodeError) as wrong:
        raise Unreadable(f"cannot read {options.map}: {wrong}") from wrong
    try:
        return register_peer(
            COMMAND,
            peer=options.name,
            kind=options.kind,
            our_name=options.our_name,
            url=options.url,
            key=secret_in(options.key_file),
            inbox=options.inbox,
            outbox=options.outbox,
            field_map=table,
            wants_all=options.all,
            agency_code=options.agency,
            enabled=not options.off,
        )
    except Refusal as refused:
        raise Unreadable(str(refused)) from refused


def shown(peer: Peer) -> dict[str, Any]:
    """A peer without its key."""
    return {
        "name": peer.name,
        "kind": peer.kind,
        "enabled": peer.enabled,
        "waiting": Item.objects.filter(peer=peer, bundle__isnull=True).count(),
        "sent": peer.sequence,
        "refused": Bundle.objects.filter(peer=peer, state="refused").count(),
        "missing": missing_numbers(peer),
    }


def words(answer: dict[str, Any]) -> str:
    """For a person."""
    if "read" in answer:
        lines = [
            f"读入{answer['read']}，重复{answer['replayed']}，退回{len(answer['rejected'])}。内容：{answer['items']}"
        ]
        lines += [f"  {item['file']}: {item['zh']} {item['en']}" for item in answer["rejected"]]
        lines += [f"  {name}: 缺少序号 missing {numbers}" for name, numbers in answer["missing"].items()]
        return "\n".join(lines)
    rows = answer.get("peers", [answer])
    return (
        "\n".join(" ".join(f"{name}={value}" for name, value in row.items()) for row in rows)
        or "没有对接系统。No peers."
    )
