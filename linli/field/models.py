"""The tables of the field."""

from __future__ import annotations

from linli.field.conflicts.models import Divergence
from linli.field.devices.models import Phone
from linli.field.files.models import Awaited, PhoneFile
from linli.field.forms.models import FormVersion
from linli.field.inbox.models import Batch
from linli.field.packs.models import PackState
from linli.field.replay.models import Operation

__all__ = ["Awaited", "Batch", "Divergence", "FormVersion", "Operation", "PackState", "Phone", "PhoneFile"]
