"""Every page in both themes and at both sizes: nothing is cut off, nothing complains, everything is named."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SignIn

PAGES = {
    "/today": "station_chief",
    "/matters": "station_chief",
    "/matters/new/dispute": "station_chief",
    "/rooms": "station_chief",
    "/rooms/new": "station_chief",
    "/organisation": "station_chief",
    "/limits": "bureau_leader",
    "/phone": "community_officer",
    "/desk": "dispatcher",
}
UNNAMED = """() => [...document.querySelectorAll('button, a[href], input, select, textarea')].filter((one) => {
  if (!one.checkVisibility() || one.type === 'hidden') return false
  const label = one.labels && one.labels.length ? one.labels[0].textContent : ''
  return !(one.getAttribute('aria-label') || one.textContent.trim() || one.title || one.placeholder || label.trim())
}).map((one) => one.outerHTML.slice(0, 120))"""
CONTRAST = """() => {
  const light = (rgb) => { const [r, g, b] = rgb.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 }); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
  const ctx = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgba = (colour) => { ctx.clearRect(0, 0, 1, 1); ctx.fillStyle = colour; ctx.fillRect(0, 0, 1, 1); return [...ctx.getImageData(0, 0, 1, 1).data] }
  const ground = (node) => { for (let at = node; at; at = at.parentElement) { const found = rgba(getComputedStyle(at).backgroundColor); if (found[3] > 200) return found.slice(0, 3) } return [255, 255, 255] }
  const bad = []
  for (const node of document.querySelectorAll('main *, .desk *, header *')) {
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim())
    if (!own || !node.checkVisibility() || node.closest('[aria-disabled], :disabled, .maplibregl-map, .sr, .skip')) continue
    const look = getComputedStyle(node), a = light(rgba(look.color).slice(0, 3)), b = light(ground(node))
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    const large = parseFloat(look.fontSize) >= 24 || (parseFloat(look.fontSize) >= 18.6 && +look.fontWeight >= 700)
    if (ratio < (large ? 3 : 4.5)) bad.push(`${ratio.toFixed(2)} ${node.className} ${node.textContent.trim().slice(0, 30)}`)
  }
  return [...new Set(bad)].slice(0, 12)
}"""  # noqa: E501  one script, kept readable as such


def settle(page: Page) -> None:
    page.wait_for_load_state("load")
    expect(page.locator(".skeleton")).to_have_count(0, timeout=10_000)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole(sign_in: SignIn, path: str, dark: bool) -> None:
    visitor = sign_in(PAGES[path], dark=dark)
    page = visitor.open(path)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert not page.evaluate(UNNAMED)
    assert not page.evaluate(CONTRAST)
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not visitor.complaints


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
    page.click(".top-end form button >> nth=0")
    expect(root).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_contain_text("Today")


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
