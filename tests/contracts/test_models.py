"""Every model: scoped by `visible_to`, or excused by a sentence; times are called what they are."""

from __future__ import annotations

import uuid

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import models

from linli.kernel.scope import Actor
from tests.contracts import house

MODELS = {model._meta.label: model for model in house.own_models()}
MOMENTS = ("_at", "since", "until", "last_login", "date_joined")
STRANGER = Actor(id=uuid.UUID(int=1), name="陌生人")


def test_there_are_models() -> None:
    assert MODELS


@pytest.mark.parametrize("label", sorted(MODELS))
def test_is_scoped_or_excused(label: str) -> None:
    model = MODELS[label]
    excuse = getattr(model, "scope_excuse", "")
    if excuse:
        assert len(excuse) >= 15, "an excuse is a sentence that says why everybody may see every row"
        return
    rows = model._default_manager.all()
    assert hasattr(rows, "visible_to"), "give the queryset visible_to(actor), or the model a scope_excuse"
    try:
        seen = str(rows.visible_to(STRANGER).query)
    except EmptyResultSet:
        return
    assert " WHERE " in seen, "a stranger without any post would see every row"


@pytest.mark.parametrize("label", sorted(MODELS))
def test_moments_end_in_at(label: str) -> None:
    for field in MODELS[label]._meta.local_fields:
        if type(field) is models.DateTimeField:
            assert field.name == "at" or field.name.endswith(MOMENTS), field.name


@pytest.mark.parametrize("label", sorted(MODELS))
def test_is_known_in_its_apps_models(label: str) -> None:
    model = MODELS[label]
    app = apps.get_app_config(model._meta.app_label).models_module
    assert getattr(app, model.__name__, None) is model, "re-export it in <app>/models.py: that is the table of contents"
