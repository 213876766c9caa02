"""What each phone holds."""

from __future__ import annotations

from django.db import models

from linli.field.devices.models import Phone


class PackState(models.Model):
    """What a phone has said it holds (``acknowledged``) and what was sent to it last (``offered``), each a compressed
    map of type → key → version. A page lost on the way is told from one that arrived by the cursor that comes back.
    """

    scope_excuse = "Keys and versions only, found by the phone's own row, which is scoped."

    phone = models.OneToOneField(Phone, primary_key=True, on_delete=models.CASCADE, related_name="pack")
    cursor = models.PositiveIntegerField(default=0)
    acknowledged = models.BinaryField(default=bytes)
    offered = models.BinaryField(default=bytes)
    at = models.DateTimeField()
