"""The head of the chain."""

from __future__ import annotations

from django.db import models


class Head(models.Model):
    """One row: how many entries are sealed, and the hash of the last."""

    scope_excuse = "One row of the chain itself; it holds no fact about anybody."

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    entries = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64)
