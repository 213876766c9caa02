"""What a person has saved and chosen."""

from __future__ import annotations

from linli.kernel.scope import Actor
from linli.matters.saved.models import ChosenColumns, SavedFilter


def saved_filters(actor: Actor) -> list[SavedFilter]:
    """The filters that an actor may use: his own first, then those shared with him."""
    rows = SavedFilter.objects.visible_to(actor).select_related("shared_with").distinct()
    return sorted(rows, key=lambda row: (row.owner_id != actor.id, row.name))


def chosen_columns(actor: Actor) -> list[str]:
    """The columns that a person chose; none when he takes them as they are declared."""
    row = ChosenColumns.objects.filter(person_id=actor.id).first()
    return [name for name in row.columns.split(",") if name] if row else []
