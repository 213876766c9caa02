"""An order's whole life in two browsers: the desk orders by keyboard, the officer's phone carries it out."""

from __future__ import annotations

import re
import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SignIn, Visitor

SOON_MS = 25_000
HEARD = "县人民医院门口 包工头欠薪"


def crew_goes_first(officer: Visitor) -> tuple[str, tuple[float, float]]:
    """The officer's unit and a point at its door: from there it is the nearest."""
    unit = officer.ask("/me")["unit"]
    assert unit, "the demo's community officer rides in a unit"
    return unit["call_sign"], (unit["lon"], unit["lat"])


def take_call(desk: Page, text: str) -> None:
    """Type what is heard; take it with Enter. No mouse."""
    desk.keyboard.press("/")
    desk.keyboard.type(text)
    desk.wait_for_selector("#intake-panel .choice.is-place", timeout=SOON_MS)
    desk.wait_for_selector("#intake-panel .nearest .choice", timeout=SOON_MS)
    desk.keyboard.press("Enter")


def order_unit(desk: Page, call_sign: str) -> None:
    """Order a unit by its number key."""
    wanted = desk.locator("#card .choice", has=desk.locator(".choice-name", has_text=call_sign))
    expect(wanted).to_be_visible(timeout=SOON_MS)
    desk.keyboard.press(wanted.locator("kbd").inner_text())


def tap(phone: Page, move: str) -> None:
    phone.click(f".phone-actions [data-move={move}]", timeout=SOON_MS)


MILESTONES = {"received", "ordered", "delivered", "signed", "under_way", "arrived", "done", "fed_back", "closed"}


def closed(caller: Visitor, number: str) -> Any:
    """The call once it is closed: its row leaves the queue with the tap, the answer comes behind it."""
    whole = caller.ask(f"/matters/{number}")
    for _ in range(100):
        if whole["state"] == "closed":
            break
        caller.page.wait_for_timeout(100)
        whole = caller.ask(f"/matters/{number}")
    assert whole["state"] == "closed"
    return whole


def test_an_orders_whole_life(sign_in: SignIn) -> None:
    officer = sign_in("community_officer", phone=True)
    call_sign, (lon, lat) = crew_goes_first(officer)
    officer.context.grant_permissions(["geolocation"])
    officer.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 8})
    phone = officer.open("/phone")
    expect(phone.locator(".phone-idle")).to_be_visible(timeout=SOON_MS)

    caller = sign_in("dispatcher")
    desk = caller.open("/desk")
    expect(desk.locator("#connection")).to_have_attribute("data-state", "live", timeout=SOON_MS)
    begun = time.monotonic()
    take_call(desk, HEARD)
    order_unit(desk, call_sign)
    assert time.monotonic() - begun < 20, "a call is taken, located and ordered in 20 seconds"

    # The phone shows it by itself, and the desk sees that it arrived there.
    expect(phone.locator(".phone-order h1")).to_be_visible(timeout=SOON_MS)
    number = desk.locator("#card .number").inner_text()
    steps = desk.locator("#card .order-steps li.is-done")
    expect(steps).to_have_count(1, timeout=SOON_MS)

    for done, move in enumerate(("sign", "set_out"), start=2):
        tap(phone, move)
        expect(steps).to_have_count(done, timeout=SOON_MS)
    go_there(officer, caller.ask(f"/matters/{number}"))
    expect(steps).to_have_count(4, timeout=SOON_MS)
    settle(phone, steps)

    expect(desk.locator("#card .card-sub .stage")).to_have_text(re.compile("已反馈"), timeout=SOON_MS)
    desk.click("#card [data-move=close]")
    expect(desk.locator(f"#queue [data-key={number}]:not([hidden])")).to_have_count(0, timeout=SOON_MS)

    whole = closed(caller, number)
    assert {stamp["milestone"] for stamp in whole["stamps"]} >= MILESTONES
    assert not officer.complaints
    assert not caller.complaints


def go_there(officer: Visitor, place: dict[str, Any]) -> None:
    """The crew comes to the place; where its position has not said so already, it says so itself."""
    officer.context.set_geolocation({"longitude": place["lon"], "latitude": place["lat"], "accuracy": 8})
    arrived = officer.page.locator(".phone-actions [data-move=arrive]")
    if arrived.is_visible():
        arrived.click()


def settle(phone: Page, steps: Locator) -> None:
    """Done, with what came of it, and feedback; then the phone is at rest again."""
    tap(phone, "finish")
    phone.fill(".phone-actions textarea", "当场调解，双方和解")
    phone.click("[data-submit=finish]")
    expect(steps).to_have_count(5, timeout=SOON_MS)
    tap(phone, "feed_back")
    phone.fill(".phone-actions textarea", "已反馈报警人")
    phone.click("[data-submit=feed_back]")
    expect(phone.locator(".phone-idle")).to_be_visible(timeout=SOON_MS)
