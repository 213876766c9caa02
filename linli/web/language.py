"""The living page of the design language: every component, in all its states, in both languages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from linli.kernel.words import Words
from linli.web.components.declared import COMPONENTS, Component
from linli.web.components.samples import Sample, samples
from linli.web.visitor import page

LANGUAGES = ("zh-hans", "en")
TONES = (
    ("accent", Words("主色：可点、当前", "accent: to press, current")),
    ("danger", Words("危险、超时", "danger, lateness")),
    ("amber", Words("等待、注意", "waits, take care")),
    ("ok", Words("完成、在岗", "done, on duty")),
    ("st-waiting", Words("待派", "waiting")),
    ("st-unsigned", Words("未签收", "unsigned")),
    ("st-signed", Words("已签收", "signed")),
    ("st-way", Words("途中", "on the way")),
    ("st-scene", Words("现场", "on scene")),
    ("st-done", Words("办结", "over")),
)


def shown(component: Component, sample: Sample, language: str, at: int) -> SafeString:
    """One sample in one language, as a page would get it. ``at`` keeps the ids of the two columns apart."""
    values: dict[str, Any] = dict.fromkeys((*component.needs, *component.takes))
    values.update(sample.given)
    if values.get("id"):
        values["id"] = f"{values['id']}-{at}"
    if component.wraps:
        values["content"] = mark_safe(sample.body)  # noqa: S308  written in samples.py, nobody's input
    with translation.override(language):
        return mark_safe(get_template(component.template).render(values))  # noqa: S308  rendered by our own template


@never_cache
@require_GET
@page()
def components(request: HttpRequest) -> HttpResponse:
    """Every declared component; what has no sample shows as missing, and a test fails."""
    made = samples()
    rows = [
        {
            "component": component,
            "samples": [
                {
                    "words": sample.words,
                    "opens": f"{sample.given['id']}-" if name in {"dialog", "drawer"} else "",
                    "shown": [
                        (language, shown(component, sample, language, at)) for at, language in enumerate(LANGUAGES)
                    ],
                }
                for sample in made.get(name, [])
            ],
        }
        for name, component in COMPONENTS.items()
    ]
    return render(request, "web/components.html", {"rows": rows, "tones": TONES})
