"""What a break-in could learn of anonymous tips: every sentence has a test that exists, or says that it has none."""

from __future__ import annotations

import re

import pytest

from linli.kernel.acts import ACTS
from linli.web.tips.broken_in import SENTENCES
from tests.contracts import house
from tests.contracts.test_howto import all_tests
from tools.workshop.paths import ROOT

EVERY = [one for place in SENTENCES for one in place.sentences]


def test_every_promise_names_a_test_that_exists() -> None:
    missing = [one.test for one in EVERY if one.test and one.test not in all_tests()]
    assert not missing
    assert {bool(one.test) for one in EVERY} == {True, False}, "a page without a weakness is not believed"


def test_page_and_document_say_the_same() -> None:
    told = (ROOT / "docs" / "threat-tips.md").read_text()
    lines = dict(re.findall(r"^- (.+?)\. (`test_\w+`|\*\*Not defended\.\*\*)$", told, re.MULTILINE))
    assert lines == {one.words.en: f"`{one.test}`" if one.test else "**Not defended.**" for one in EVERY}


@pytest.mark.parametrize("name", ["tip.give", "tip.write"])
def test_only_the_givers_acts_leave_no_entry(name: str) -> None:
    house.modules()
    assert [one for one, act in sorted(ACTS.items()) if act.unrecorded] == ["tip.give", "tip.write"]
    assert len(ACTS[name].unrecorded) > 40, "why, in a sentence"
