"""The desk: live without reload, all by keyboard, calm with much on it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, Visitor

SOON_MS = 8_000


def desk_of(sign_in: SignIn) -> tuple[Visitor, Page]:
    visitor = sign_in("dispatcher")
    page = visitor.open("/desk")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=SOON_MS)
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
    number = take(page, "县第二中学 包工头欠薪")
    page.keyboard.press("h")
    page.select_option("#card select[name=agency]", label="县急救中心")
    page.fill("#card textarea[name=text]", "有人晕倒")
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
    number = take(other, "县人民医院 包工头欠薪")
    lost.context.set_offline(False)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=15_000)
    expect(page.locator(f"#queue [data-key={number}]")).to_be_visible(timeout=SOON_MS)


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
    page.keyboard.press("Enter")
    expect(page.locator("#card .number")).to_be_visible(timeout=SOON_MS)
