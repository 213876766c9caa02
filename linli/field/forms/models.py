"""Versions of forms."""

from __future__ import annotations

from django.db import models


class FormVersion(models.Model):
    """A form as it was once served: what was offered then is still taken from whoever comes back with it."""

    scope_excuse = "A form says what is asked for; it holds nothing of anybody."

    version = models.CharField(max_length=16, primary_key=True)
    act = models.CharField(max_length=80)
    body = models.JSONField()
    since = models.DateTimeField()
