"""What we do not build: no score, rank, risk, label or watch-list of a person, no biometrics. Names are looked at."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.contracts import house

PERSON = (
    r"(person|people|resident|household|family|citizen|occupant|caller|party|officer|account|staff|volunteer|member)"
)
JUDGED = r"(score|rank|ranking|rating|risk|label|credit|danger|threat|grade|points|profile|suspicion)"
FORBIDDEN = {
    rf"{PERSON}s?_{JUDGED}s?\b": "a score, rank or label of a person",
    rf"\b{JUDGED}s?_(of_|for_|by_)?{PERSON}s?\b": "a score, rank or label of a person",
    r"watch_?list|black_?list|key_person|target_person|person_of_interest": "a watch-list",
    r"\b(facial|iris|voice_?print|gait|palm_?print|biometric|face_?print)s?(_|\b)": "a biometric",
    r"(\b|_)face_(embedding|encoding|image|match|recognition|search|template|vector)": "a biometric",
    r"social_credit|citizen_credit|integral_ranking": "a social score",
    r"petitioner|protest|demonstrator|opinion_monitor|assembly_participant": "assembly and opinion are no matters",
}
CHINESE = re.compile(
    "重点人员|黑名单|人脸|指纹库|声纹|步态|虹膜|社会信用(?!代码)|积分排名|人员风险|风险人员|上访人员|信访人员"
)
# 统一社会信用代码 is the registration number of a firm (GB 32100): it judges nobody.
EXCUSED: dict[str, str] = {}
"""A name that sounds so and is not: the sentence says what it is."""
PERSON_MODELS = re.compile(rf"(?i)^{PERSON}$")
JUDGING_COLUMN = re.compile(rf"(?i)(^|_){JUDGED}s?(_|$)|^stars?$|^level$|^tags?$")


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def names() -> Iterator[tuple[str, str]]:
    """Every name that the house gives: classes, functions, arguments, attributes, columns, modules; and where."""
    for path, tree in house.sources():
        yield path, path.removesuffix(".py").replace("/", " ")
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path}:{node.lineno}", node.name
            elif isinstance(node, ast.arg):
                yield f"{path}:{node.lineno}", node.arg
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield f"{path}:{node.lineno}", node.id
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                yield f"{path}:{node.lineno}", node.attr


def offence(name: str) -> str:
    """Why this name may not be, or nothing."""
    plain = snake(name)
    return next((why for pattern, why in FORBIDDEN.items() if re.search(pattern, plain)), "")


def test_no_name_is_a_judgement_of_a_person() -> None:
    found = [f"{where}: {name}: {offence(name)}" for where, name in names() if offence(name) and name not in EXCUSED]
    assert not found


def test_no_sentence_of_the_house_speaks_of_watch_lists_or_biometrics() -> None:
    found = [
        f"{path}:{node.lineno}: {hit.group(0)}"
        for path, tree in house.sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for hit in CHINESE.finditer(node.value)
    ]
    assert not found


@pytest.mark.parametrize("model", house.own_models(), ids=lambda model: model._meta.label)
def test_no_column_judges_a_person(model: type) -> None:
    columns = [field.name for field in model._meta.get_fields()]  # type: ignore[attr-defined]  # models only
    assert not [name for name in columns if offence(name)]
    if PERSON_MODELS.match(model.__name__):
        assert not [name for name in columns if JUDGING_COLUMN.search(name)]


@pytest.mark.parametrize(
    "name",
    [
        "person_risk",
        "ResidentScore",
        "risk_of_household",
        "watchlist",
        "face_embedding",
        "officer_ranking",
        "voiceprint",
    ],
)
def test_the_gate_sees(name: str) -> None:
    """The mutant: each of these must be seen, or the gate guards nothing."""
    assert offence(name)


@pytest.mark.parametrize(
    "name", ["interface", "surface_m", "risk_of_flood", "rank", "facet", "late", "place_score", "unit_rank"]
)
def test_the_gate_lets_pass(name: str) -> None:
    assert not offence(name)
