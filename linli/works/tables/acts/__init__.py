"""Bulk acts: one entry in the trail for one import, with the digest of its rows; then the rows, in short steps."""

from __future__ import annotations

from linli.works.tables.acts.declaring import BULK_ACTS, IMPORTERS, BulkEntry, importer
from linli.works.tables.acts.running import Outcome, run_import
from linli.works.tables.acts.steps import STEP_S, Steps, apply

__all__ = ["BULK_ACTS", "IMPORTERS", "STEP_S", "BulkEntry", "Outcome", "Steps", "apply", "importer", "run_import"]
