"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.matters.exporting.models import ExportTemplate
from linli.matters.files.models import Attachment
from linli.matters.handovers.models import Handover
from linli.matters.helping.models import Helper
from linli.matters.keeping.models import Hold, Thinned
from linli.matters.ledger.models import Fact, Listing, Matter, MatterShare, NumberSeries, Stamp
from linli.matters.levels.models import LevelChange
from linli.matters.line.models import Hop, LevelClock
from linli.matters.links.models import Link
from linli.matters.notes.models import Note
from linli.matters.parties.models import Party
from linli.matters.public.models import PublicReport
from linli.matters.routing.models import Category
from linli.matters.runs.models import Run
from linli.matters.saved.models import ChosenColumns, SavedFilter
from linli.matters.search.models import Words
from linli.matters.tasks.models import Allowance, Receipt, ReceiptFile, Tasking, TaskPost
from linli.matters.thanks.models import Thanks

__all__ = [
    "Allowance",
    "Attachment",
    "Category",
    "ChosenColumns",
    "ExportTemplate",
    "Fact",
    "Handover",
    "Helper",
    "Hold",
    "Hop",
    "LevelChange",
    "LevelClock",
    "Link",
    "Listing",
    "Matter",
    "MatterShare",
    "Note",
    "NumberSeries",
    "Party",
    "PublicReport",
    "Receipt",
    "ReceiptFile",
    "Run",
    "SavedFilter",
    "Stamp",
    "TaskPost",
    "Tasking",
    "Thanks",
    "Thinned",
    "Words",
]
