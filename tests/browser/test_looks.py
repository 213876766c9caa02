"""The switches of every page, and forms that are made from declarations. How each page looks: ``test_axe``."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, SignIn
from tests.installation import Installation


def test_the_switches_work(sign_in: SignIn) -> None:
    visitor = sign_in("station_chief")
    page = visitor.open("/today")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.click("[data-theme-switch]")
    page.click("[data-theme-switch]")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.goto(f"{visitor.origin}/matters?open=1")
    page.click("[data-language]")
    expect(root).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_contain_text("Ledger")
    assert page.url.endswith("/matters?open=1"), "the switch stays on the page"


LIGHT = """(node) => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d')
  const look = getComputedStyle(node)
  return [look.color, look.backgroundColor].map((colour) => {
    pen.clearRect(0, 0, 1, 1)
    pen.fillStyle = colour
    pen.fillRect(0, 0, 1, 1)
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).reduce((sum, one) => sum + one, 0)
  })
}"""


def test_a_dark_screen_prints_on_white_paper(sign_in: SignIn) -> None:
    visitor = sign_in("station_chief", dark=True)
    page = visitor.open("/rooms")
    ink, ground = page.locator(".panel").first.evaluate(LIGHT)
    assert ink > ground, "light on dark"
    page.emulate_media(media="print")
    ink, ground = page.locator(".panel").first.evaluate(LIGHT)
    assert ink < 150
    assert ground > 700
    expect(page.locator(".top")).to_be_hidden()


def test_a_signed_out_person_chooses_the_language_too(site: Installation, browser: Browser) -> None:
    page = browser.new_page(locale="zh-CN", viewport=PHONE)
    page.goto(f"{site.origin}/sign-in/")
    page.click("[data-language]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/sign-in/")
    page.close()


def test_the_header_folds_before_anything_is_cut_off(sign_in: SignIn) -> None:
    """Sign-out is in reach at every width, beside all pages of a post."""
    visitor = sign_in("dispatcher")
    page = visitor.open("/desk")
    for width in (1920, 1440, 1280, 1024, 800):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(150)
        box = page.locator("form[data-sign-out] button").bounding_box()
        assert box, width
        assert box["x"] + box["width"] <= width, width
    page.set_viewport_size(PHONE)
    page.click(".top-menu")
    expect(page.locator("#top-nav a").first).to_be_visible()
    expect(page.locator("form[data-sign-out] button")).to_be_visible()


def test_a_thing_is_handed_out_and_comes_back(sign_in: SignIn) -> None:
    visitor = sign_in("community_officer")
    page = visitor.open("/rooms")
    page.click("tbody a >> nth=0")
    thing = page.locator(".things li[data-state=in_room]").first
    key = thing.get_attribute("data-thing")
    thing.locator("select[name=holder]").select_option(index=1)
    thing.locator("[data-move=hand_out]").click()
    same = page.locator(f"[data-thing='{key}']")
    expect(same).to_have_attribute("data-state", "handed_out")
    same.locator("[data-move=give_back]").click()
    expect(same).to_have_attribute("data-state", "in_room")
    assert not visitor.complaints


def test_any_kind_is_opened_from_its_declaration(sign_in: SignIn) -> None:
    visitor = sign_in("station_chief")
    page = visitor.open("/matters/new/dispute")
    page.fill("#title", "围墙纠纷")
    page.fill("#d-cause", "翻修占道")
    page.select_option("#d-colour", "yellow")
    page.click("#open .is-primary")
    page.wait_for_url("**/matters/JF*")
    expect(page.locator("#matter h2")).to_have_text("围墙纠纷")
    expect(page.locator("#matter [data-move=settle]")).to_be_visible()
    assert not visitor.complaints
