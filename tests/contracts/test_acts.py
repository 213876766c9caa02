"""Every verb: said in both languages, keeps nothing personal, in the rights table, shaped like the others."""

from __future__ import annotations

import inspect
import re

import pytest

from linli.kernel.acts import Act
from linli.org.access.rules import RIGHTS, SYSTEM_ONLY
from tests.contracts import house

ACTS = house.acts()
PERSONAL = {
    "address",
    "birthday",
    "body",
    "caller",
    "caller_name",
    "caller_phone",
    "contact",
    "email",
    "id_number",
    "identity",
    "name",
    "narrative",
    "note",
    "password",
    "phone",
    "pin",
    "plate",
    "secret",
    "signature",
    "text",
    "wecom_id",
}
"""Arguments that say something about a person or hold free text: the trail is kept for years and never holds them."""


def parameters(act: Act) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(inspect.unwrap(act.run)).parameters)


def test_there_are_acts() -> None:
    assert ACTS


@pytest.mark.parametrize("name", sorted(ACTS))
def test_is_said_in_both_languages(name: str) -> None:
    words = ACTS[name].words
    assert house.CHINESE.search(words.zh), words
    assert house.LATIN.search(words.en), words
    assert not house.CHINESE.search(words.en), words


@pytest.mark.parametrize("name", sorted(ACTS))
def test_is_named_by_thing_and_verb(name: str) -> None:
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", name), "like order.sign: what is acted on, a dot, the verb"


@pytest.mark.parametrize("name", sorted(ACTS))
def test_keeps_only_arguments_that_are_not_personal(name: str) -> None:
    act = ACTS[name]
    assert set(act.keeps) <= set(parameters(act)), "keeps names an argument that the act does not have"
    assert not set(act.keeps) & PERSONAL, "the trail would keep something personal"


@pytest.mark.parametrize("name", sorted(ACTS))
def test_is_about_an_argument_or_what_it_returns(name: str) -> None:
    act = ACTS[name]
    assert act.about == "return" or act.about in parameters(act)


@pytest.mark.parametrize("name", sorted(ACTS))
def test_takes_the_actor_first_and_the_rest_by_name(name: str) -> None:
    first, *rest = parameters(ACTS[name]).values()
    assert first.name == "actor"
    loose = [p.name for p in rest if p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    assert not loose, "arguments after the actor are given by name"


@pytest.mark.parametrize("name", sorted(ACTS))
def test_stands_in_the_rights_table(name: str) -> None:
    held = {post for post, rights in RIGHTS.items() if name in rights}
    assert held or name in SYSTEM_ONLY, "nobody may do this: give it to a post, or name it in SYSTEM_ONLY"
    assert not (held and name in SYSTEM_ONLY), f"only the house's machines do this, and yet {held} may"


@pytest.mark.parametrize("name", sorted(ACTS))
def test_lives_in_acts(name: str) -> None:
    module = inspect.unwrap(ACTS[name].run).__module__
    assert ".acts" in module or module.startswith("linli.demo."), "only the demo county writes beside the acts"


def test_the_rights_table_names_no_act_that_does_not_exist() -> None:
    named = set().union(*RIGHTS.values()) | SYSTEM_ONLY
    assert not named - set(ACTS), "the rights table promises what the house cannot do"
