"""The template of a bureau."""

from __future__ import annotations

from django.db import models

from linli.org.agencies.models import Agency


class ExportTemplate(models.Model):
    """The workbook of one agency and those below it: ``columns`` is a list of [our name, its title, its width]."""

    scope_excuse = "Titles and order of columns: a form, without any row of the ledger."

    agency = models.OneToOneField(Agency, primary_key=True, on_delete=models.CASCADE, related_name="+")
    heading = models.CharField(max_length=80, blank=True)
    columns = models.JSONField(default=list)
    set_by = models.CharField(max_length=80)
    set_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)
