"""The officer's phone: what is tapped without a network is kept, said to be kept, and delivered once."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, Visitor

SOON_MS = 25_000
RETRIED_MS = 12_000


@pytest.fixture
def ordered(sign_in: SignIn) -> tuple[Visitor, Page, dict[str, Any]]:
    """The officer's phone with a fresh order on it; the call was taken by the same officer at his room."""
    officer = sign_in("community_officer", phone=True)
    caller = sign_in("dispatcher")
    caller.open("/desk")
    unit = officer.ask("/me")["unit"]
    csrf = caller.page.locator('meta[name="csrf"]').get_attribute("content") or ""

    def post(path: str, body: dict[str, Any]) -> Any:
        headers = {"X-CSRFToken": csrf, "Idempotency-Key": f"{path}{len(body)}{unit['id']}{id(officer)}"}
        answer = caller.page.request.post(f"{caller.origin}/api/v1{path}", data=body, headers=headers)
        assert answer.ok, (path, answer.status, answer.text())
        return answer.json()

    phone = officer.open("/phone")
    expect(phone.locator(".phone-idle")).to_be_visible(timeout=SOON_MS)
    matter = post("/incidents", {"narrative": "包工头欠薪", "lon": unit["lon"], "lat": unit["lat"]})
    order = post(f"/matters/{matter['number']}/orders", {"unit": unit["id"]})
    expect(phone.locator(".phone-order")).to_be_visible(timeout=SOON_MS)
    return officer, phone, order


def state_of(officer: Visitor, order: dict[str, Any]) -> str:
    return str(officer.ask(f"/orders/{order['id']}")["state"])


def test_a_tap_without_network_is_kept_and_delivered_once(ordered: tuple[Visitor, Page, dict[str, Any]]) -> None:
    officer, phone, order = ordered
    expect(phone.locator("[data-move=sign]")).to_be_visible()
    officer.context.set_offline(True)
    phone.click("[data-move=sign]")
    kept = phone.locator(".strip[data-kept='1']")
    expect(kept).to_be_visible(timeout=SOON_MS)
    expect(kept).to_contain_text("未送达")
    phone.click("[data-move=set_out]")
    expect(phone.locator(".strip[data-kept='2']")).to_be_visible(timeout=SOON_MS)
    officer.context.set_offline(False)
    expect(phone.locator(".strip[data-kept]")).to_have_count(0, timeout=RETRIED_MS)
    assert state_of(officer, order) == "under_way"
    finish(phone)


def test_a_reload_finds_everything_as_it_was(ordered: tuple[Visitor, Page, dict[str, Any]]) -> None:
    officer, phone, order = ordered
    phone.click("[data-move=sign]")
    expect(phone.locator("[data-move=set_out]")).to_be_visible(timeout=SOON_MS)
    phone.reload()
    expect(phone.locator("[data-move=set_out]")).to_be_visible(timeout=SOON_MS)
    assert state_of(officer, order) == "signed"
    phone.click("[data-move=set_out]")
    expect(phone.locator("[data-move=arrive]")).to_be_visible(timeout=SOON_MS)
    finish(phone)


def test_targets_are_large_and_nothing_is_cut_off(ordered: tuple[Visitor, Page, dict[str, Any]]) -> None:
    officer, phone, order = ordered
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    for button in phone.locator("button:visible").all():
        box = button.bounding_box()
        assert box
        assert min(box["height"], box["width"]) >= 44, button.inner_text()
    big = phone.locator("[data-move=sign]").bounding_box()
    assert big
    assert big["height"] >= 80
    phone.click("text=不能接令")
    phone.click("[data-reason=vehicle]")
    expect(phone.locator(".phone-idle")).to_be_visible(timeout=SOON_MS)
    assert state_of(officer, order) == "declined"
    assert not officer.complaints


def finish(phone: Page) -> None:
    """Carry the order to its end, so that the next test finds the unit free."""
    for move in ("arrive", "finish"):
        phone.click(f".phone-actions [data-move={move}]", timeout=SOON_MS)
    for move in ("finish", "feed_back"):
        if move == "feed_back":
            phone.click("[data-move=feed_back]", timeout=SOON_MS)
        phone.fill(".phone-actions textarea", "已处置")
        phone.click(f"[data-submit={move}]")
    expect(phone.locator(".phone-idle")).to_be_visible(timeout=SOON_MS)
