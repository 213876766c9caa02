"""The three views in a real browser: an officer's day under one thumb, a chief's numbers that open their rows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn

THUMB = 44
"""Pixels that a finger needs; the design asks for 48, borders aside."""
SMALL = """(thumb) => [...document.querySelectorAll('#day a')].map((one) => one.getBoundingClientRect())
  .filter((box) => box.height < thumb).length"""


def whole(page: Page, width: int) -> None:
    """Nothing runs out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_an_officers_day_under_one_thumb(sign_in: SignIn, dark: bool) -> None:
    visitor = sign_in("community_officer", phone=True, dark=dark)
    page = visitor.open("/today")
    things = page.locator(".day-item")
    assert 1 <= things.count() <= 7
    expect(things.first.locator(".day-why")).not_to_be_empty()
    heads = page.locator(".day-head").all_text_contents()
    order = ["法定期限", "对群众的承诺", "工作任务"]
    assert [head.strip() for head in heads] == [word for word in order if any(word in head for head in heads)]
    assert page.evaluate(SMALL, THUMB) == 0
    whole(page, 390)
    rest = page.locator(".day-rest a[href^='/matters']").first
    shown = int(re.findall(r"(\d+)$", rest.inner_text())[0])
    title = things.first.locator("strong").inner_text()
    rest.click()
    expect(page).to_have_url(re.compile("/matters"))
    assert shown > 0
    page.go_back()
    page.locator(".day-item a").first.click()
    expect(page.locator("main")).to_contain_text(title)
    visitor.open("/mine")
    expect(page.locator("[data-own]").first).to_be_visible()
    whole(page, 390)
    assert not visitor.complaints


def test_the_chief_opens_a_number_and_the_leader_the_board(sign_in: SignIn) -> None:
    chief = sign_in("station_chief")
    page = chief.open("/today")
    number = page.locator("[data-number=unanswered]")
    wanted = int(number.locator("b").inner_text())
    assert wanted > 0
    number.click()
    expect(page).to_have_url(re.compile("unanswered=1.*place="))
    asked = page.url.partition("?")[2]
    assert chief.ask(f"/matters/count?{asked}")["count"] == wanted
    chief.open("/meeting")
    assert page.pdf(format="A4"), "it prints"
    leader = sign_in("bureau_leader", dark=True)
    board = leader.open("/board")
    whole(board, 1440)
    tile = board.locator(".tile").first
    expect(tile.locator("[data-figure=incidents]")).to_have_text(re.compile(r"^\d"))
    tile.locator("h3 a").click()
    expect(board.locator("nav ol.crumbs, .crumbs").first).to_be_visible()
    assert board.locator(".tile").count() > 1
    board.locator(".tab-bar a", has_text="表格").click()
    board.locator("th a", has_text="警情").first.click()
    expect(board.locator("th[aria-sort=descending]")).to_have_count(1)
    with board.expect_download() as file:
        board.locator("a", has_text="导出表格").click()
    assert file.value.suggested_filename.endswith(".xlsx")
    board.set_viewport_size({"width": 390, "height": 844})
    whole(board, 390)
    for path in ("/lists", "/lists/naming", "/figures", "/grades"):
        leader.open(path)
        whole(board, 390)
    assert not leader.complaints and not chief.complaints
