"""An officer in danger: held on the phone, heard at the desk with a tone of its own, answered, ended by the desk."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import SignIn

SOON_MS = 25_000
WATCH = "document.addEventListener('linli:tone', (event) => { (window.tones ??= []).push(event.detail.tone) })"


def test_a_cry_from_the_phone_is_heard_at_the_desk_until_it_is_over(sign_in: SignIn) -> None:
    desk = sign_in("dispatcher")
    hall = desk.open("/desk")
    hall.evaluate(WATCH)
    officer = sign_in("community_officer", phone=True, geolocation={"longitude": 111.4125, "latitude": 33.2062})
    officer.context.grant_permissions(["geolocation"])
    phone = officer.open("/phone")
    button = phone.locator(".sos")
    button.click()
    expect(phone.locator(".sos-panel")).to_have_count(0)
    button.dispatch_event("pointerdown")
    expect(phone.locator("[data-sos=calling]")).to_be_visible(timeout=SOON_MS)
    cry = hall.locator(".cry[data-state=calling]")
    expect(cry).to_be_visible(timeout=SOON_MS)
    hall.wait_for_function("window.tones?.includes('safety')")
    cry.get_by_role("button", name="应答").click()
    expect(phone.locator("[data-sos=help_coming]")).to_be_visible(timeout=SOON_MS)
    phone.get_by_role("button", name="我安全了").click()
    expect(hall.locator(".cry")).to_contain_text("本人报告安全", timeout=SOON_MS)
    hall.locator(".cry select").select_option("safe")
    expect(hall.locator("#cries")).to_be_hidden(timeout=SOON_MS)
    expect(phone.locator(".sos")).to_be_visible(timeout=SOON_MS)
    assert not desk.complaints and not officer.complaints
