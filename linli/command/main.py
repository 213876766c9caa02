"""``linli COMMAND …``: the console script.

A command is a module of this package named in ``COMMANDS``. It has ``arguments(parser)`` and ``run(options)``, which
returns what ``--json`` prints (one object), or None when there is nothing to print; ``words(answer)`` may say the
same
to
a person. Only the asked command is imported, so that a light one stays light.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NamedTuple, NoReturn

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from linli.command.logs import to_stderr
from linli.kernel.errors import Refusal


class Command(NamedTuple):
    """Where a command lives and what it does; ``django`` False: it starts others and touches no database itself."""

    module: str
    help: str
    django: bool = True


COMMANDS: dict[str, Command] = {
    "init": Command("linli.command.init", "create the database or bring it up to date"),
    "serve": Command("linli.command.serve", "serve pages and API; on the embedded database the worker runs too", False),
    "worker": Command("linli.command.worker", "timers, sealing, sending"),
    "demo": Command("linli.command.demo", "the demo county: load, run"),
    "import": Command("linli.command.imports", "read a file into the house"),
    "recommend": Command("linli.command.recommend", "the right units for a place"),
    "report": Command("linli.command.reports", "figures: station, response, work"),
    "trail": Command("linli.command.trail", "check the chain of what was done"),
    "register": Command("linli.command.register", "who lives where: what is past its term, erase it, duplicates"),
    "jobs": Command("linli.command.jobs", "what failed in the background: failed, retry, forget"),
    "search": Command("linli.command.search", "the word index of the ledger: rebuild"),
    "backup": Command("linli.command.backup", "the house in one file, without its keys"),
    "restore": Command("linli.command.backup", "put a backup back, checked first"),
    "exchange": Command("linli.command.exchange", "incidents to and from the bureau's other systems"),
    "feed": Command("linli.command.feed", "folders and peers that fill registers and are filled from them"),
    "channel": Command("linli.command.channel", "the ways out: WeCom, SMS, voice, mail; a test message"),
    "account": Command("linli.command.accounts", "a way to sign in for a person or a machine"),
    "token": Command("linli.command.tokens", "a bearer token for a user"),
    "check": Command("linli.command.deploy", "what keeps this installation from being safe to run"),
}

DATABASES = ("sqlite:", "postgres:", "postgresql:", "psql:", "pgsql:")
EXIT_FAILED, EXIT_UNREADABLE = 1, 2
_WRONG_ARGUMENT = (404, 422)
"""Refusals that an argument brought about: what it names is not there, or is not what it should be."""
EXIT_NOBODY_READS = 141
"""As a shell sees a process that SIGPIPE ended."""


class Unreadable(Exception):
    """A file, header or argument that cannot be read: one clear line, exit 2, nothing changed."""


class Parser(argparse.ArgumentParser):
    """argparse with one clear line instead of its usage and a line, to which every negative number is a number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._negative_number_matcher = re.compile(r"^-(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")

    def error(self, message: str) -> NoReturn:
        """Say what cannot be read and end with 2."""
        print(f"{self.prog}: {message}", file=sys.stderr)
        raise SystemExit(EXIT_UNREADABLE)


class Failed(Exception):
    """The command did its work and the answer is no: the answer is printed, exit 1."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__("failed")
        self.answer = answer


def main(argv: Sequence[str] | None = None) -> int:
    """Entry of the console script; returns the exit code."""
    given = _database_last(list(sys.argv[1:] if argv is None else argv))
    name = next((word for word in given if not word.startswith("-")), "")
    if name not in COMMANDS:
        return _overview(given)
    os.umask(0o077)  # database, keys and files are nobody else's to read
    try:
        named = "--database" in given[-2:-1] and not given[-1].startswith("-")
        settle_environment(given[-1] if named else None)
    except Unreadable as unreadable:
        print(f"linli {name}: {unreadable}", file=sys.stderr)
        return EXIT_UNREADABLE
    to_stderr()
    if COMMANDS[name].django:
        django.setup()
    module = importlib.import_module(COMMANDS[name].module)
    options = _parser(name, module).parse_args(given)
    return _carry_out(module, options)


def _overview(given: list[str]) -> int:
    out = sys.stdout if given in (["--help"], ["-h"]) else sys.stderr
    width = max(len(name) for name in COMMANDS)
    lines = [f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items()]
    if given and out is sys.stderr:
        print(f"linli: there is no command {given[0]}; there are: {', '.join(COMMANDS)}", file=out)
        return EXIT_UNREADABLE
    print("linli COMMAND … [--json] [--database URL]\n" + "\n".join(lines), file=out)
    return 0 if out is sys.stdout else EXIT_UNREADABLE


def _database_last(given: list[str]) -> list[str]:
    """The same line with ``--database URL`` at its end, wherever it stood: settings read it before all else is
    parsed.
    """
    for i, word in enumerate(given):
        if word == "--database" and i + 1 < len(given) and not given[i + 1].startswith("-"):
            return [*given[:i], *given[i + 2 :], "--database", given[i + 1]]
        if word.startswith("--database="):
            return [*given[:i], *given[i + 1 :], "--database", word.partition("=")[2]]
    return given


def settle_environment(database: str | None) -> None:
    """Name settings and database for this process and those it starts. Raises Unreadable for a database of a kind that
    the house does not speak: asking its server would only take half a minute to fail.
    """
    named = database or os.environ.get("LINLI_DATABASE_URL", "")
    if named and not named.startswith(DATABASES):
        kind = named.partition(":")[0] if ":" in named else "without a kind"
        raise Unreadable(f"a database {kind} is not known; it is sqlite:////path or postgres://user@host/name")
    if database:
        os.environ["LINLI_DATABASE_URL"] = database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings.embedded")


def _parser(name: str, module: ModuleType) -> argparse.ArgumentParser:
    whole = Parser(prog="linli", allow_abbrev=False)
    one = whole.add_subparsers(dest="command", required=True).add_parser(
        name, help=COMMANDS[name].help, description=COMMANDS[name].help, allow_abbrev=False
    )
    module.arguments(one)
    for parser in _leaves(one):
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--database", metavar="URL", help="sqlite:////path or postgres://…")
    return whole


def _leaves(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parser itself, or those of its sub-commands: options may stand at the end of the line."""
    below = [
        choice
        for action in parser._actions  # noqa: SLF001  (argparse has no other way to ask for its sub-commands)
        if isinstance(action, argparse._SubParsersAction)  # noqa: SLF001  (argparse offers no other way)
        for choice in action.choices.values()
    ]
    return [leaf for child in below for leaf in _leaves(child)] or [parser]


def _carry_out(module: ModuleType, options: argparse.Namespace) -> int:
    code = 0
    try:
        answer = module.run(options)
    except Failed as failed:
        answer, code = failed.answer, EXIT_FAILED
    except Unreadable as unreadable:
        print(f"linli {options.command}: {unreadable}", file=sys.stderr)
        return EXIT_UNREADABLE
    except Refusal as refusal:
        print(f"linli {options.command}: {refusal.words.zh} {refusal.words.en} ({refusal.code})", file=sys.stderr)
        return EXIT_UNREADABLE if refusal.status in _WRONG_ARGUMENT else EXIT_FAILED
    except (DatabaseError, ImproperlyConfigured) as failed:
        print(f"linli {options.command}: {_first_line(failed)}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _nobody_reads()
    try:
        _print(module, options, answer)
    except BrokenPipeError:
        return _nobody_reads()
    return code


def _nobody_reads() -> int:
    """``linli … | head``: whoever read has seen enough. What the interpreter would still flush goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_NOBODY_READS


def _print(module: ModuleType, options: argparse.Namespace, answer: Any) -> None:
    if answer is None:
        return
    in_words = getattr(module, "words", None)
    text = in_words(answer) if in_words and not options.json else json.dumps(answer, ensure_ascii=False)
    print(text, flush=True)


def _first_line(failed: Exception) -> str:
    """What is wrong with the database, and what helps."""
    said = str(failed).strip().partition("\n")[0]
    helps = "; run linli init first" if "no such table" in said or "does not exist" in said else ""
    return f"the database does not answer: {said}{helps}"


if __name__ == "__main__":
    sys.exit(main())
