"""Template tags of the register's pages."""

from __future__ import annotations

from django import template

from linli.insight.measures.rules.standing import Standing
from linli.places.addresses.models import Address
from linli.places.homes.models import Home
from linli.web.templatetags.linli_web import say

register = template.Library()


@register.simple_tag
def standing(figures: dict[str, float | None], one: Standing) -> str:
    """A figure as a table shows it: thousands apart, — for none."""
    value = figures.get(one.code)
    if value is None:
        return "—"
    return f"{value:,.{one.digits}f}" + (f" {say(one.unit)}" if one.digits else "")


@register.simple_tag
def address_kind(row: Address) -> str:
    """What kind of address this is, in the reader's language."""
    return say(Address.KINDS[row.kind])


@register.simple_tag
def home_use(row: Home) -> str:
    """What a home is used for, in the reader's language."""
    return say(Home.USES[row.use])
