"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.works.jobs.models import Job
from linli.works.outbox.models import Message
from linli.works.receipts.models import Receipt

__all__ = ["Job", "Message", "Receipt"]
