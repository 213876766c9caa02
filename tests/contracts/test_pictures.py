"""The pictures in the documentation show every page there is."""

from __future__ import annotations

from tests.browser.test_axe import pages_of_the_table
from tools.workshop.pictures import LED_TO, OF_THEIR_OWN, PAGES


def test_every_page_has_its_picture() -> None:
    taken = {name for pages in PAGES.values() for name in pages} | set(LED_TO) | OF_THEIR_OWN
    plain = {name for name, route in pages_of_the_table() if "<" not in route}
    assert not plain - taken, "add to tools/workshop/pictures.py"
