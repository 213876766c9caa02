"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.works.channels.models import ChannelConfig, Wish
from linli.works.exchange.models import Bundle, Item, Peer, Received, ReceivedItem
from linli.works.files.models import StoredFile, Upload
from linli.works.jobs.models import Job
from linli.works.outbox.models import Message
from linli.works.receipts.models import Receipt
from linli.works.tables.models import FeedRun, Load, Loaded, LoadStep, SavedMap

__all__ = [
    "Bundle",
    "ChannelConfig",
    "FeedRun",
    "Item",
    "Job",
    "Load",
    "LoadStep",
    "Loaded",
    "Message",
    "Peer",
    "Receipt",
    "Received",
    "ReceivedItem",
    "SavedMap",
    "StoredFile",
    "Upload",
    "Wish",
]
