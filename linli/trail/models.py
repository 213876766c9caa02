"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.trail.entries.models import Entry
from linli.trail.reads.models import Read
from linli.trail.seal.models import Head

__all__ = ["Entry", "Head", "Read"]
