"""Documents: links lead somewhere, decisions are numbered once, reference pages say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts import house
from tools import reference
from tools.workshop import tracked
from tools.workshop.paths import ROOT

PAGES = [path for path in tracked.files(".md") if path.parts[0] != "frontend"]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
PARTS = ("## What was to be decided", "## Decided", "## What follows")


@pytest.mark.parametrize("document", PAGES, ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    text = (ROOT / document).read_text()
    dead = [link for link in LINK.findall(text) if not (ROOT / document).parent.joinpath(link).exists()]
    assert not dead


def test_a_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_is_one_page_with_three_parts(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {path.name[:4]} "), "number and a sentence that states the decision"
    assert [part for part in PARTS if part in text] == list(PARTS)
    assert text.count("\n") <= 80, "one page"


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_reference_is_current(name: str) -> None:
    house.modules()
    written = (reference.FOLDER / name).read_text()
    assert written == reference.HEAD + reference.PAGES[name](), "tools/docs writes it anew"
