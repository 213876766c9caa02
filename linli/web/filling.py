"""Forms that lose nothing: a refusal of the act is written at the field that it names, and all that was typed stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.kernel.errors import Refusal
from linli.kernel.words import Words
from linli.web.templatetags.linli_web import say

Crumb = tuple[Any, str]


class DateInput(forms.DateInput):
    """The browser's own calendar; the value in ISO 8601, as it wants it."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """Date and clock in Asia/Shanghai."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def choices_of(table: dict[str, Words] | dict[str, tuple[str, str]], *, blank: str = "") -> list[tuple[str, str]]:
    """A declared table as choices in the reader's language; ``blank`` names the empty choice, if there is one."""
    own = [(code, say(words)) for code, words in table.items()]
    return [("", blank), *own] if blank else own


def blame(form: forms.Form, refusal: Refusal) -> None:
    """Write a refusal at the field that it names, else above all fields."""
    field = str(refusal.facts.get("field", ""))
    form.add_error(field if field in form.fields else None, say(refusal.words))


def carry_out(form: forms.Form, deed: Callable[[dict[str, Any]], Any]) -> Any:
    """What ``deed`` makes of a valid form; None when the form or the act refuses, and then the form says why."""
    if not form.is_valid():
        return None
    try:
        return deed(form.cleaned_data)
    except Refusal as refusal:
        blame(form, refusal)
        return None


def status_of(form: forms.Form) -> int:
    """422 for a form that was refused."""
    return 422 if form.is_bound and form.errors else 200


def show_form(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: object,
    submit: object,
    back: str,
    crumbs: Sequence[Crumb] = (),
    note: object = "",
    wide: Sequence[str] = (),
    danger: bool = False,
) -> HttpResponse:
    """A page that is one form. ``wide`` names the fields that take the whole row."""
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "back": back,
        "crumbs": list(crumbs),
        "note": note,
        "wide": set(wide),
        "danger": danger,
    }
    return render(request, "web/form.html", context, status=status_of(form))


def done(request: HttpRequest, sentence: str) -> None:
    """Say on the next page that it worked."""
    messages.success(request, sentence)
