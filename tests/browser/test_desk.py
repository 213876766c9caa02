"""The desk: live without reload, all by keyboard, calm with much on it."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, Visitor

SOON_MS = 25_000


def desk_of(sign_in: SignIn) -> tuple[Visitor, Page]:
    visitor = sign_in("dispatcher")
    page = visitor.open("/desk")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=SOON_MS)
    # The waiting calls are painted before the rest has come; until all is there the lists count nothing.
    expect(page.locator("#queue-tabs b").first).to_have_text(re.compile(r"^\d+$"), timeout=SOON_MS)
    return visitor, page


def take(page: Page, text: str) -> str:
    """A call by keyboard; its number."""
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.wait_for_selector("#intake-panel .choice.is-place", timeout=SOON_MS)
    page.keyboard.press("Enter")
    expect(page.locator("#card .number")).to_be_visible(timeout=SOON_MS)
    return page.locator("#card .number").inner_text()


FINGERS = """() => {
  window.touched = 0
  document.addEventListener('pointerdown', () => { window.touched++ }, true)
}"""
GO_TO = "(page) => document.dispatchEvent(new CustomEvent('linli:goto', { detail: page, cancelable: true }))"
TYPING_MS = 90
PATIENT_MS = 20_000
"""How long a single step may take before the test gives up; the promise is of all of them together."""
WEB_PROCESSES = 2
"""Each reads the roads once, when it is first asked; a duty hall's are warm."""
HAND = """() => {
  const queue = document.querySelector('#queue')
  window.rows = () => [...queue.querySelectorAll('[role=option]:not([hidden])')].map((row) => row.dataset.key)
  window.hand = setInterval(() => queue.dispatchEvent(new PointerEvent('pointermove')), 100)
  return window.rows()
}"""
"""A hand that moves over the queue, on the page's own clock, and the rows that it sees."""


def walk_about(page: Page) -> None:
    """Help, lists, queue and units, each by its key."""
    keys = page.keyboard
    expect(page.locator(".palette")).to_be_hidden()
    keys.press("?")
    expect(page.locator("#desk-keys")).to_be_visible(timeout=PATIENT_MS)
    keys.press("Escape")
    expect(page.locator("#desk-keys")).to_be_hidden()
    keys.press("]")
    expect(page.locator("#queue-tabs [aria-pressed=true]")).to_contain_text("待处理")
    keys.press("[")
    keys.press("q")
    expect(page.locator("#queue")).to_be_focused()
    keys.press("Home")
    expect(page.locator("#queue [aria-selected=true]")).to_be_visible()
    keys.press("s")
    expect(page.locator("#unit-search")).to_be_focused()
    keys.press("Tab")
    expect(page.locator("#units")).to_be_focused()


def test_a_call_is_taken_located_and_ordered_in_20_s_without_the_mouse(sign_in: SignIn) -> None:
    """At a hand's speed, and the rest of the desk by keyboard too: palette, recall, queue, lists, units, keys."""
    visitor, page = desk_of(sign_in)
    for _ in range(WEB_PROCESSES * 2):
        visitor.ask("/recommendation?lon=119.95&lat=30.65")
    page.evaluate(FINGERS)
    keys = page.keyboard
    began = time.monotonic()
    keys.press("/")
    keys.type("县人民医院 包工头欠薪", delay=TYPING_MS)
    page.wait_for_selector("#intake-panel .choice.is-place", timeout=PATIENT_MS)
    page.wait_for_selector("#intake-panel .nearest .choice.is-static", timeout=PATIENT_MS)
    keys.press("Enter")
    page.wait_for_selector("#card .choice.is-best", timeout=PATIENT_MS)
    keys.press("Enter")
    order = page.locator("#card .order").first
    expect(order).to_have_attribute("data-state", "ordered", timeout=PATIENT_MS)
    took_s = time.monotonic() - began
    assert took_s < 20, took_s
    number = page.locator("#card .number").inner_text()
    keys.press("Control+k")
    keys.type("撤回")
    expect(page.locator("#palette-list li")).to_have_count(1, timeout=PATIENT_MS)
    keys.press("Enter")
    expect(order).to_have_attribute("data-state", "recalled", timeout=PATIENT_MS)
    walk_about(page)
    assert visitor.ask(f"/matters/{number}")["state"] == "waiting"
    assert page.evaluate("window.touched") == 0
    assert not visitor.complaints


def test_the_palette_finds_and_the_matter_opens_beside_the_queue(sign_in: SignIn) -> None:
    visitor, page = desk_of(sign_in)
    number = take(page, "县第一中学 包工头欠薪")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type(number)
    found = page.locator("#palette-list li", has_text=number)
    expect(found.first).to_be_visible(timeout=SOON_MS)
    page.keyboard.press("Enter")
    expect(page.locator("#card .number")).to_have_text(number, timeout=SOON_MS)
    assert page.url.endswith("/desk"), "beside the queue, never instead of it"
    expect(page.locator(f"#queue [data-key={number}]")).to_be_visible()
    assert not visitor.complaints


def test_rows_keep_still_under_the_finger(sign_in: SignIn) -> None:
    _, page = desk_of(sign_in)
    _, other = desk_of(sign_in)
    first = take(other, "县第二中学 包工头欠薪")
    expect(page.locator(f"#queue [data-key={first}]:not([hidden])")).to_be_visible(timeout=SOON_MS)
    before = page.evaluate(HAND)
    number = take(other, "县人民医院 包工头欠薪")
    expect(page.locator("#queue-newer")).to_be_visible(timeout=SOON_MS)
    shown = page.evaluate("() => [document.querySelector('#queue-newer').hidden, window.rows()]")
    assert shown == [False, before]
    page.evaluate("clearInterval(window.hand)")
    page.click("#queue-newer")
    expect(page.locator(f"#queue [data-key={number}]:not([hidden])")).to_be_visible(timeout=SOON_MS)


def test_sounds_are_tried_kept_and_told(sign_in: SignIn) -> None:
    visitor, page = desk_of(sign_in)
    page.evaluate("document.addEventListener('linli:tone', (event) => { window.tone = event.detail })")
    page.click("#sound-test")
    page.evaluate("document.querySelector('#sound-volume').value = 40")
    page.locator("#sound-night").set_checked(False)
    for tone in ("new", "unsigned", "safety"):
        page.click(f"[data-tone-test={tone}]")
        page.wait_for_function(f"window.tone?.tone === '{tone}'")
        assert page.evaluate("window.tone") == {"tone": tone, "heard": True, "share": 0.4}
    expect(page.locator("#desk-sounds [data-said]")).to_have_text("已播放")
    page.reload()
    expect(page.locator("#sound-volume")).to_have_value("40")
    assert not visitor.complaints


def test_a_call_of_one_desk_appears_at_the_other(sign_in: SignIn) -> None:
    _, first = desk_of(sign_in)
    second_person, second = desk_of(sign_in)
    number = take(first, "县人民医院 包工头欠薪")
    expect(second.locator(f"#queue [data-key={number}]")).to_be_visible(timeout=SOON_MS)
    assert not second_person.complaints


def test_order_accept_by_radio_recall_link_and_unlink_by_keyboard(sign_in: SignIn) -> None:
    visitor, page = desk_of(sign_in)
    take(page, "县第一中学 包工头欠薪")
    number = take(page, "县第一中学 工资不发")
    expect(page.locator(".suggestion .button").first).to_be_visible(timeout=SOON_MS)
    page.keyboard.press("l")
    expect(page.locator("#card h3", has_text="已关联")).to_be_visible(timeout=SOON_MS)
    page.keyboard.press("u")
    expect(page.locator("#card h3", has_text="已关联")).to_have_count(0, timeout=SOON_MS)
    page.keyboard.press("2")
    order = page.locator("#card .order")
    expect(order).to_have_attribute("data-state", "ordered", timeout=SOON_MS)
    page.keyboard.press("a")
    expect(order).to_have_attribute("data-state", "signed", timeout=SOON_MS)
    page.keyboard.press("r")
    expect(order).to_have_attribute("data-state", "recalled", timeout=SOON_MS)
    assert visitor.ask(f"/matters/{number}")["state"] == "waiting"
    assert not visitor.complaints


def test_a_call_without_address_is_placed_by_a_click_on_the_map(sign_in: SignIn) -> None:
    visitor, page = desk_of(sign_in)
    page.wait_for_selector("#map[data-idle=true]", timeout=30_000)
    page.keyboard.press("/")
    page.keyboard.type("喂喂 有人欠薪 说不清在哪")
    page.wait_for_selector("#intake-panel")
    page.keyboard.press("Enter")
    expect(page.locator("#card .place.is-missing")).to_be_visible(timeout=SOON_MS)
    page.keyboard.press("p")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5)
    expect(page.locator("#card .place.is-missing")).to_have_count(0, timeout=SOON_MS)
    expect(page.locator("#card .choice").first).to_be_visible(timeout=SOON_MS)
    assert not visitor.complaints


def test_a_partner_is_asked_along(sign_in: SignIn) -> None:
    visitor, page = desk_of(sign_in)
    other, number = (take(page, "县第二中学 包工头欠薪") for _ in range(2))
    page.keyboard.press("h")
    page.select_option("#card select[name=agency]", label="县急救中心")
    page.fill("#card textarea[name=text]", "有人晕倒")
    for shown in (other, number):
        page.evaluate(GO_TO, f"/matters/{shown}")
        expect(page.locator("#card .number")).to_have_text(shown, timeout=SOON_MS)
    expect(page.locator("#card textarea[name=text]")).to_have_value("有人晕倒", timeout=SOON_MS)
    page.click("#card .inline-form .is-primary")
    expect(page.locator("#card .inline-form")).to_have_count(0, timeout=SOON_MS)
    tickets = visitor.ask(f"/matters/{number}")["handovers"]
    assert [ticket["mode"] for ticket in tickets] == ["ask_along"]
    assert not visitor.complaints


def test_a_lost_line_is_said_at_once_and_what_was_missed_comes_back(sign_in: SignIn) -> None:
    lost, page = desk_of(sign_in)
    _, other = desk_of(sign_in)
    lost.context.set_offline(True)
    expect(page.locator("#connection")).not_to_have_attribute("data-state", "live", timeout=SOON_MS)
    for region in ("queue", "map"):
        expect(page.locator(f"[data-stale-of={region}]")).to_contain_text("的画面", timeout=SOON_MS)
    expect(page.locator("[data-stale-of=units]")).to_contain_text("的画面", timeout=15_000)
    number = take(other, "县人民医院 包工头欠薪")
    lost.context.set_offline(False)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=15_000)
    expect(page.locator(f"#queue [data-key={number}]")).to_be_visible(timeout=SOON_MS)
    for region in ("queue", "map", "units"):
        expect(page.locator(f"[data-stale-of={region}]")).to_be_hidden(timeout=SOON_MS)


def test_what_was_typed_is_kept_when_the_server_cannot_be_reached(sign_in: SignIn) -> None:
    visitor, page = desk_of(sign_in)
    page.keyboard.press("/")
    page.keyboard.type("县人民医院 包工头欠薪")
    page.wait_for_selector("#intake-panel .choice.is-place", timeout=SOON_MS)
    visitor.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("#intake-panel [role=alert]")).to_be_visible(timeout=SOON_MS)
    assert "欠薪" in page.locator("#intake").input_value()
    visitor.context.set_offline(False)
    page.reload()
    expect(page.locator("#intake")).to_have_value("县人民医院 包工头欠薪", timeout=SOON_MS)
    page.keyboard.press("Escape")
    expect(page.locator("#intake")).to_have_value("")
    page.click(".toast .button")
    expect(page.locator("#intake")).to_have_value("县人民医院 包工头欠薪")
    page.keyboard.press("Enter")
    expect(page.locator("#card .number")).to_be_visible(timeout=SOON_MS)
    page.reload()
    expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=SOON_MS)
    expect(page.locator("#intake")).to_have_value("")


def test_the_wall_turns_pauses_and_says_how_old_it_is(sign_in: SignIn) -> None:
    visitor = sign_in("dispatcher")
    page = visitor.open("/wall")
    scene = page.locator("#wall")
    expect(page.locator(".wall-figure").first).to_be_visible(timeout=15_000)
    page.keyboard.press("Space")
    expect(page.locator("#wall-state")).to_contain_text("已暂停")
    for name, inside in (
        ("calls", ".wall-table, .wall-none"),
        ("map", ".wall-map .dot"),
        ("reach", ".wall-figure, .wall-none"),
    ):
        page.keyboard.press("ArrowRight")
        expect(scene).to_have_attribute("data-scene", name)
        expect(page.locator(f"#wall :is({inside})").first).to_be_visible()
    visitor.context.set_offline(True)
    expect(page.locator("#wall-state")).to_contain_text("画面停在", timeout=SOON_MS)
    expect(page.locator("#wall :is(.wall-figure, .wall-none)").first).to_be_visible()
    visitor.context.set_offline(False)
    expect(page.locator("#wall-state")).to_contain_text("已暂停", timeout=SOON_MS)
    assert "梁" not in page.inner_text("body")
