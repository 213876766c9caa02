"""Forms, services, codes, slots and limits of the residents' door: pure."""

from __future__ import annotations

from linli.matters.public.rules.codes import code_from, shown_code, typed_code
from linli.matters.public.rules.forms import (
    FORMS,
    HAZARDS,
    LONGEST_PLACE,
    LONGEST_TEXT,
    MOST_PHOTOS,
    OPINIONS,
    READERS,
    STREET,
    Form,
)
from linli.matters.public.rules.limits import Buckets
from linli.matters.public.rules.slots import free_slots

__all__ = [
    "FORMS",
    "HAZARDS",
    "LONGEST_PLACE",
    "LONGEST_TEXT",
    "MOST_PHOTOS",
    "OPINIONS",
    "READERS",
    "STREET",
    "Buckets",
    "Form",
    "code_from",
    "free_slots",
    "shown_code",
    "typed_code",
]
