"""Making files anew in a process of their own. No act: nothing is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from linli.kernel.errors import Invalid
from linli.works.cleaning.rules.told import MOST_BYTES, Cleaned, broken, huge

MOST_S = 25.0
_CHILD = (sys.executable, "-m", "linli.works.cleaning.rules.apart")
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV")


def clean_apart(body: bytes) -> Cleaned:
    """The file made anew, in a process without keys and database, which ends after 25 s whatever it does. Raises
    Invalid with a code of ``cleaning.…``; one that dies over a file refuses the file.
    """
    if len(body) > MOST_BYTES:
        raise huge()
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter and module)
            _CHILD,
            input=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=MOST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise huge() from late
    line, _, kept = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        raise broken()
    told = json.loads(line)
    if "code" in told:
        raise Invalid(told["code"], **told["facts"])
    return Cleaned(kept, told["media"], told["ending"])
