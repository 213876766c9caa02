"""The panel of a resident's report on the matter's page."""

from __future__ import annotations

from typing import Any

from django import template

from linli.web import public_office
from linli.web.visitor import actor_of

register = template.Library()


@register.inclusion_tag("web/matter_public.html", takes_context=True)
def public_panel(context: dict[str, Any], matter: Any) -> dict[str, Any]:
    """What a resident sent with this matter, and what the office answers; nothing when it came another way."""
    request = context["request"]
    return {"matter": matter, "csrf_token": context.get("csrf_token"), **public_office.panel(actor_of(request), matter)}
