"""Figures of work never become a target or a ranking of people; a visit asks for no picture, distance or time there."""

from __future__ import annotations

import inspect
import re

import pytest
from django.db import models

from linli.insight.measures.queries import work as queries
from linli.insight.measures.rules.work import WORK, WorkFigure
from linli.kernel.inputs import Input
from linli.visits.inspections.models import Inspection
from linli.visits.plans.models import Due, Stop, Week
from linli.visits.records.acts.phone import AT_STOP, FREE
from linli.visits.records.models import Visit
from tests.contracts import house

PRESSED = re.compile(
    r"(^|_)(target|quota|goal|rank|ranking|score|points|stars?|mileage|km|metres_walked|steps|minutes_spent|dwell|"
    r"check_?in|clock_?in|photo_count|track)(_|$)"
)


def names_of(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.get_fields()]


@pytest.mark.parametrize("model", [Visit, Inspection, Due, Stop, Week])
def test_no_row_holds_a_target_a_track_or_a_picture_duty(model: type[models.Model]) -> None:
    assert not [name for name in names_of(model) if PRESSED.search(name)]


def test_every_figure_is_said_and_none_has_a_target() -> None:
    assert set(WorkFigure.__dataclass_fields__) == {"code", "words", "unit", "meaning", "row"}
    for figure in WORK.values():
        assert house.CHINESE.search(figure.words.zh)
        assert house.CHINESE.search(figure.meaning.zh)
        assert not house.CHINESE.search(figure.words.en + figure.meaning.en + figure.unit.en)


def test_work_is_asked_of_one_officer_or_a_place_never_of_officers() -> None:
    taken = inspect.signature(queries.report_work).parameters
    assert set(taken) == {"actor", "officer", "place", "grid", "begins", "ends"}, "no list, no order, no comparison"
    source = inspect.getsource(queries)
    assert not re.search(r"values(_list)?\([^)]*\bby(_id|__\w+)?\b", source), "nothing is grouped by its author"
    assert not re.search(r"order_by\([^)]*(people_met|helped|seized|\bn\b)", source), "nothing is ordered by a figure"


@pytest.mark.parametrize("asked", [*FREE.inputs, *AT_STOP.inputs], ids=lambda one: one.name)
def test_no_file_is_asked_for_as_a_duty(asked: Input) -> None:
    if asked.kind in ("photo", "voice", "file", "signature", "place"):
        assert not asked.required


def test_the_sweep_sees_what_it_should() -> None:
    """The mutants: each of these must be seen, or the sweep guards nothing."""
    assert all(PRESSED.search(name) for name in ("walk_target", "daily_quota", "mileage", "photo_count", "check_in_at"))
    assert not any(PRESSED.search(name) for name in ("people_met", "walk_s", "put_right_by", "turn"))
