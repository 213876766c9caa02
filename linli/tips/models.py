"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.tips.readers.models import ReaderKey
from linli.tips.receipts.models import WrongHour
from linli.tips.talk.models import Envelope, Tip, TipFile, Word

__all__ = ["Envelope", "ReaderKey", "Tip", "TipFile", "Word", "WrongHour"]
