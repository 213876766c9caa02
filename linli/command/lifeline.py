"""A process of ``linli serve`` ends when its supervisor is gone, however that ended."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
SUPERVISOR = "LINLI_SUPERVISOR"


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the supervisor dies; nothing when there is none."""
    supervisor = os.environ.get(SUPERVISOR)
    if supervisor is None:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(supervisor):
        raise SystemExit("the supervisor is gone")
