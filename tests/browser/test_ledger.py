"""The ledger by keyboard, many rows at once, a workbook; a matter with its files; at a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import python_calamine
from playwright.sync_api import expect

from tests.browser.conftest import SignIn


def test_a_chief_lists_by_keyboard_acts_on_many_and_exports(sign_in: SignIn, tmp_path: Path) -> None:
    chief = sign_in("station_chief", accept_downloads=True)
    page = chief.open("/matters?kind=dispute,hazard,tip,task&open=1")
    rows = page.locator("#ledger tr[data-number]")
    assert rows.count() == chief.ask("/matters/count?kind=dispute,hazard,tip,task&open=1")["count"] > 1
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press(" ")
    page.keyboard.press("x")
    expect(page.locator("#picked")).to_contain_text("2")
    numbers = [rows.nth(at).get_attribute("data-number") for at in range(2)]
    page.keyboard.press("?")
    expect(page.locator("#keys-box")).to_be_visible()
    page.keyboard.press("Escape")
    page.click("[data-verb=note]")
    page.fill("#bulk-form textarea[name=text]", "已电话回访")
    page.click("#bulk-go")
    run = page.locator("[data-run][data-state=done]")
    expect(run).to_contain_text("完成 2 件")
    assert all(chief.ask(f"/matters/{number}")["notes"][-1]["text"] == "已电话回访" for number in numbers)
    with page.expect_download() as waited:
        page.click("[data-export]")
    target = tmp_path / "ledger.xlsx"
    waited.value.save_as(target)
    sheet = python_calamine.CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()
    assert {row[0] for row in sheet[1:]} == {rows.nth(at).get_attribute("data-number") for at in range(rows.count())}
    page.click("[data-open=save-box]")
    page.fill("#save-form input[name=name]", "本所未结")
    with page.expect_navigation():
        page.click("#save-form button.is-primary")
    assert [one["name"] for one in chief.ask("/filters")["items"]] == ["本所未结"]
    page.fill("#q", "不存在的地方")
    page.keyboard.press("Enter")
    expect(page.locator(".blank")).to_contain_text("没有符合条件的事项")
    assert not chief.complaints


def test_a_matter_shows_files_ties_and_who_may_do_what(sign_in: SignIn, tmp_path: Path) -> None:
    desk = sign_in("dispatcher")
    matters = desk.ask("/matters?kind=dispute,hazard,task")["items"]
    one, *others = [row["number"] for row in matters[:4]]
    page = desk.open(f"/matters/{one}")
    expect(page.locator("#matter .card-head h2")).to_be_visible()
    for other in others[:2]:
        status = page.evaluate(
            """async ([number, other]) => (await fetch(`/api/v1/matters/${number}/links`, { method: 'POST',
            headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID(),
            'X-CSRFToken': document.querySelector('meta[name=csrf]').content },
            body: JSON.stringify({ other, relation: 'related' }) })).status""",
            [one, other],
        )
        assert status == 201
    page.reload()
    expect(page.locator("svg.net a")).to_have_count(3)
    picture = tmp_path / "卷宗.pdf"
    picture.write_bytes(b"%PDF-1.7\n" + b"x" * 2_500_000)
    page.set_input_files("[data-file]", str(picture))
    expect(page.locator(".files li", has_text="卷宗.pdf")).to_be_visible()
    page.fill("#matter textarea[name=text]", "现场已看")
    page.locator("#matter form:has(textarea[name=text]) button").click()
    expect(page.locator("#matter")).to_contain_text("现场已看")
    page.emulate_media(media="print")
    assert page.locator("[data-file]").is_hidden()
    assert not desk.complaints

    phone = sign_in("community_officer", phone=True)
    small = phone.open("/matters")
    expect(small.locator("#ledger tr[data-number]").first).to_be_visible()
    assert small.evaluate("document.documentElement.scrollWidth") <= 390
    assert not phone.complaints
