"""``{% part NAME … %}`` and ``{% wrap NAME … %}…{% endwrap %}``: the components of ``linli.web.components``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from linli.kernel import clock as kernel_clock
from linli.web.components.declared import COMPONENTS, LOOKS, Component
from linli.web.templatetags.linli_web import icon

register = template.Library()

JUST_NOW_S, MINUTES_S = 45, 3600


class ComponentNode(Node):
    """Renders one component with its own context: it sees what it is given and nothing else of the page."""

    def __init__(self, component: Component, given: dict[str, FilterExpression], body: NodeList | None) -> None:
        self.component = component
        self.given = given
        self.body = body

    def render(self, context: Context) -> SafeString:
        """The component's file, filled."""
        values: dict[str, Any] = dict.fromkeys((*self.component.needs, *self.component.takes))
        values.update({name: value.resolve(context) for name, value in self.given.items()})
        if self.body is not None:
            values["content"] = mark_safe(str(self.body.render(context)).strip())  # noqa: S308  rendered by us, escaped already
        return mark_safe(get_template(self.component.template).render(values))  # noqa: S308  our own template, escaped


def _read(parser: Parser, token: Token) -> tuple[Component, dict[str, FilterExpression]]:
    """Name and arguments, checked against the declaration while the page is compiled."""
    tag, *bits = token.split_contents()
    name = bits.pop(0).strip("\"'") if bits else ""
    component = COMPONENTS.get(name)
    if component is None:
        raise template.TemplateSyntaxError(f"{tag}: there is no component {name!r}")
    given = token_kwargs(bits, parser)
    known = {*component.needs, *component.takes}
    if bits or set(given) - known or set(component.needs) - set(given):
        raise template.TemplateSyntaxError(
            f"{tag} {name}: needs {component.needs}, takes {component.takes}; given {sorted(given)} {bits}"
        )
    return component, given


@register.tag
def part(parser: Parser, token: Token) -> ComponentNode:
    """``{% part "state" code=row.state words=row.words %}``."""
    component, given = _read(parser, token)
    if component.wraps:
        raise template.TemplateSyntaxError(f"{component.name} wraps a body: write wrap … endwrap")
    return ComponentNode(component, given, None)


@register.tag
def wrap(parser: Parser, token: Token) -> ComponentNode:
    """``{% wrap "panel" title=… %}body{% endwrap %}``."""
    component, given = _read(parser, token)
    if not component.wraps:
        raise template.TemplateSyntaxError(f"{component.name} wraps nothing: write part")
    body = parser.parse(("endwrap",))
    parser.delete_first_token()
    return ComponentNode(component, given, body)


@register.simple_tag
def tone_of(code: str) -> str:
    """The tone of a state; one that nobody declared looks calm."""
    return LOOKS.get(code, ("", "over"))[1]


@register.simple_tag
def icon_of(code: str) -> SafeString:
    """The shape of a state."""
    return icon(LOOKS.get(code, ("circle-dashed", ""))[0])


@register.simple_tag
def change_tone(change: float, better: str | None) -> str:
    """``better``, ``worse`` or ``plain``: only a figure that says which way is good (up, down) gets a colour."""
    if not change or better not in {"up", "down"}:
        return "plain"
    return "better" if (change > 0) == (better == "up") else "worse"


@register.simple_tag
def form_field(field: BoundField) -> dict[str, Any]:
    """The control of a bound field, tied to its hint and its error for who listens instead of looking."""
    name = field.id_for_label or f"id_{field.html_name}"
    described = [f"{name}-{end}" for end, there in (("hint", field.help_text), ("bad", field.errors)) if there]
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if field.errors:
        attrs["aria-invalid"] = "true"
    return {
        "id": name,
        "control": field.as_widget(attrs=attrs),
        "check": isinstance(field.field.widget, CheckboxInput),
    }


@register.filter
def counted(rows: object) -> Iterable[int]:
    """``4|counted``: four turns of a loop."""
    return range(int(str(rows or 0)))


@register.filter
def ago(at: datetime | None) -> str:
    """刚刚 · 3 分钟前 · 14:05 today · month-day and clock before; the same as ``shared/time.ts`` says it."""
    if at is None:
        return "—"
    local, now = timezone.localtime(at), timezone.localtime(kernel_clock.now())
    seconds = (now - local).total_seconds()
    if 0 <= seconds < JUST_NOW_S:
        return gettext("刚刚")
    if 0 <= seconds < MINUTES_S:
        minutes = max(1, round(seconds / 60))
        return gettext("{n} 分钟前").format(n=minutes)
    return f"{local:%H:%M}" if local.date() == now.date() else f"{local:%m-%d %H:%M}"


@register.filter
def exact(at: datetime | None) -> str:
    """Date and clock to the second, for hover and print."""
    if at is None:
        return ""
    english = (get_language() or "").startswith("en")
    return date_format(timezone.localtime(at), "j M Y, H:i:s" if english else "Y年n月j日 H:i:s")


@register.filter
def moment(at: datetime | None) -> str:
    """ISO 8601 for ``<time datetime>``."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""


@register.filter
def clock(at: datetime | None) -> str:
    """The clock of today, month-day and clock of another day."""
    if at is None:
        return "—"
    local, today = timezone.localtime(at), timezone.localtime(kernel_clock.now()).date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%m-%d %H:%M}"
