"""For a process under test: the wall clock as Python reads it is off by what a file says. The monotonic clock runs on.

Python imports a module of this name at its start; the test puts this folder on PYTHONPATH.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_OFFSET = Path(os.environ["LINLI_TEST_WALL"])
_real = time.time


def _off() -> float:
    return _real() + float(_OFFSET.read_text() or 0)


time.time = _off
time.time_ns = lambda: int(_off() * 1e9)
