"""The process in which one file is made anew: bytes come in on standard input, others go out, and then it ends.

It has no database, no key and no network; it may not write a file, and memory and time are limited. Started by
``linli.works.cleaning.acts.clean_apart`` only.
"""

from __future__ import annotations

import json
import os
import resource
import sys

from linli.kernel.errors import Refusal
from linli.works.cleaning.rules.kinds import clean

MOST_MEMORY = 1_500_000_000
MOST_CPU_S = 15


def main() -> int:
    """One file: a line of JSON saying what it became or why not, then its bytes."""
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    body = sys.stdin.buffer.read()
    # Libraries talk to standard output when they like; the answer goes out by a way of its own.
    way_out = os.dup(1)
    os.dup2(2, 1)
    try:
        made = clean(body)
    except Refusal as refusal:
        told: dict[str, object] = {"code": refusal.code, "facts": refusal.facts}
        kept = b""
    except MemoryError:
        told, kept = {"code": "cleaning.huge", "facts": {"most_mb": 10, "field": "files"}}, b""
    else:
        told, kept = {"media": made.media, "ending": made.ending}, made.body
    with os.fdopen(way_out, "wb") as out:
        out.write(json.dumps(told).encode() + b"\n" + kept)
    return 0


if __name__ == "__main__":
    sys.exit(main())
