"""Several calls wait: the desk orders for all of them with one confirmation, and only what it was shown."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.browser.test_desk import SOON_MS, desk_of, take


def test_one_confirmation_orders_for_all_that_wait(sign_in: SignIn) -> None:
    visitor, page = desk_of(sign_in)
    numbers = [take(page, "县人民医院 包工头欠薪"), take(page, "农贸市场 包工头欠薪")]
    page.keyboard.press("Escape")
    strip = page.locator(".joint-strip")
    expect(strip).to_be_visible(timeout=SOON_MS)
    strip.get_by_role("button").click()
    lines = page.locator("dialog.joint .joint-list li")
    for number in numbers:
        expect(page.locator(f"dialog.joint [data-number={number}]")).to_be_visible(timeout=SOON_MS)
    confirm = page.locator("dialog.joint .form-end .is-primary")
    shown = {line.get_attribute("data-number"): line.locator(".joint-unit b").inner_text() for line in lines.all()}
    confirm.click()
    expect(page.locator(".toast")).to_contain_text("道指令", timeout=SOON_MS)
    for number in numbers:
        orders = visitor.ask(f"/matters/{number}")["orders"]
        assert [(order["unit"]["call_sign"], order["via"]) for order in orders] == [(shown[number], "joint")]
    # Positions grow older while one reads: what was shown is ordered all the same.
    assert visitor.complaints == []
