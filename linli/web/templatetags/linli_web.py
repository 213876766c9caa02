"""Template tags of the pages."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from linli.kernel.words import Words

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite, hidden from screen readers: a word always stands beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>', extra, static("linli/icons.svg"), name
    )


@register.filter
def say(words: Words | tuple[str, str] | object) -> str:
    """The side of a bilingual value that the reader wants; nothing for None."""
    if words is None:
        return ""
    english = (get_language() or "").startswith("en")
    if isinstance(words, Words):
        return words.en if english else words.zh
    if isinstance(words, tuple) and len(words) == 2:
        return str(words[1] if english else words[0])
    return str(words)


@register.filter
def minutes(value: int) -> str:
    """Minutes since midnight as a clock; beyond 24:00 is the next day."""
    return f"{value // 60 % 24:02d}:{value % 60:02d}" if value != 1440 else "24:00"


@register.simple_tag
def sign_in_language() -> str:
    """The language that the switch offers: the one that is not spoken now."""
    return "zh-hans" if (get_language() or settings.LANGUAGE_CODE).startswith("en") else "en"


@register.simple_tag
def today_date() -> object:
    """Today in Asia/Shanghai."""
    return timezone.localdate()
