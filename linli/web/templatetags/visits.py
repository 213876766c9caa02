"""Template filters of the pages of visits."""

from __future__ import annotations

from django import template

from linli.visits.records.queries import reason_words
from linli.visits.records.rules import GIVEN, OUTCOMES, SEALED, TOPICS
from linli.web.templatetags.linli_web import say
from linli.web.visit_forms import CorrectForm

register = template.Library()


@register.filter
def walk_minutes(seconds: int) -> int:
    """Seconds on foot in whole minutes, at least one."""
    return max(1, round(seconds / 60))


@register.filter
def visit_field(name: str) -> str:
    """What a field of a corrected visit is called."""
    if name in SEALED:
        return say(SEALED[name])
    field = CorrectForm.base_fields.get(name)
    return str(field.label) if field is not None and field.label else name


@register.filter
def visit_value(value: object, name: str) -> str:
    """A value of a corrected visit in words."""
    if name == "outcome":
        return say(OUTCOMES.get(str(value), value))
    if name == "reason":
        return say(reason_words(str(value)))
    if name == "people":
        return str(len(value)) if isinstance(value, list) else "—"
    if isinstance(value, list):
        table = TOPICS if name == "topics" else GIVEN
        return "、".join(say(table.get(code, code)) for code in value) or "—"
    return str(value)
