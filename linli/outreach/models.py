"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.outreach.alerts.models import Alert, AlertArea
from linli.outreach.groups.models import Group

__all__ = ["Alert", "AlertArea", "Group"]
