"""A first sign-in as in the field: a password leads to the setup, then passkey or authenticator app open the house."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.installation import Installation
from tools.workshop.pattern import copied

WORD = "rather-long-word-7"
AGENCIES = "代码,名称,类别,上级代码\nB1,临溪县公安局,公安局,\nS1,溪东派出所,派出所,B1\n"
PEOPLE = "staff_no,name,agency,post\nA1,演一,S1,station_chief\nA2,演二,S1,station_chief\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """No demo: two people with a password and nothing else."""
    home = tmp_path_factory.mktemp("house")
    copied(home / "linli.sqlite3")
    with Installation(home, f"sqlite:///{home / 'linli.sqlite3'}") as running:
        running.command("init")
        for kind, text in (("agencies", AGENCIES), ("people", PEOPLE)):
            (home / f"{kind}.csv").write_text(text, encoding="utf-8")
            assert running.command("import", kind, str(home / f"{kind}.csv"))["rejected"] == 0
        (home / "word").write_text(WORD)
        for user, staff_no in (("one", "A1"), ("two", "A2")):
            running.command("account", user, "--person", staff_no, "--password-file", str(home / "word"))
        running.start("serve")
        yield running


@pytest.fixture
def visit(house: Installation, browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has never been here. Passkeys need a name, not a number: localhost."""
    context = browser.new_context(
        base_url=f"http://localhost:{house.port}", viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    yield context
    context.close()


def sign_in(page: Page, user: str) -> None:
    page.goto("/sign-in/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", WORD)
    page.get_by_role("button", name="登录", exact=True).click()


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_a_passkey_is_made_and_opens_the_house(visit: BrowserContext) -> None:
    page = visit.new_page()
    key = visit.new_cdp_session(page)
    key.send("WebAuthn.enable")
    inside = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    key.send("WebAuthn.addVirtualAuthenticator", {"options": {**inside, "isUserVerified": True}})
    sign_in(page, "one")
    expect(page.locator("#factor-missing")).to_contain_text("请先设置通行密钥或动态码")
    expect(page.locator("main").get_by_role("button", name="退出")).to_be_visible()
    page.goto("/today")
    expect(page).to_have_url("/account/2fa/")
    refused = page.request.get("/api/v1/matters")
    assert (refused.status, refused.json()["code"]) == (403, "account.no_second_factor")
    page.get_by_role("link", name="添加通行密钥").click()
    page.click("#mfa_webauthn_add")
    expect(page.locator("#recovery-codes")).to_be_visible()
    page.get_by_role("link", name="我已保存，进入邻里").click()
    expect(page).to_have_url("/today")
    page.locator("[data-sign-out] button").click()
    page.goto("/sign-in/")
    page.click("#passkey_login")
    expect(page).to_have_url("/today")
    assert page.request.get("/api/v1/matters").ok


def test_the_authenticator_app_on_a_phone(visit: BrowserContext, pictures: Path) -> None:
    page = visit.new_page()
    page.set_viewport_size(PHONE)
    sign_in(page, "two")
    page.get_by_role("link", name="设置动态码").click()
    page.locator("summary").click()
    secret = page.locator("#totp-secret").inner_text().strip()
    page.fill("#id_code", "000000")
    page.get_by_role("button", name="启用动态码").click()
    expect(page.locator(".errorlist")).to_contain_text("请再试一次")
    page.fill("#id_code", code_of(secret))
    page.get_by_role("button", name="启用动态码").click()
    codes = page.locator("#recovery-codes").input_value().split()
    assert len(codes) == 10
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.goto("/account/2fa/")
        page.screenshot(path=pictures / f"protection.{theme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.click(".top-menu")
    page.locator("[data-sign-out] button").click()
    sign_in(page, "two")
    expect(page.get_by_role("heading", name="第二重验证")).to_be_visible()
    page.goto("/today")
    expect(page).to_have_url("/account/2fa/authenticate/")
    page.fill("#id_code", codes[0])
    page.locator("form:not(#webauthn_form) button.is-primary").click()
    expect(page).to_have_url("/today")
