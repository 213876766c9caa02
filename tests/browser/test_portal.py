"""The residents' door in a real telephone: a report with a photograph over a line that breaks, from where one stands;
a tip without a name, followed by its receipt.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import PHONE
from tests.installation import Installation

READ = "performance.now() - performance.getEntriesByType('navigation')[0].responseStart > 3000"
"""A form is not believed within two seconds: nobody types so fast."""


@pytest.fixture
def telephone(site: Installation, browser: Browser) -> Iterator[Page]:
    """Nobody's. Our policy allows no evaluated script, and waiting for a time is one."""
    context: BrowserContext = browser.new_context(
        viewport=PHONE,
        has_touch=True,
        locale="zh-CN",
        bypass_csp=True,
        geolocation={"longitude": 111.4125, "latitude": 33.2062},
        permissions=["geolocation"],
    )
    yield context.new_page()
    assert not context.cookies(), "nobody is known by a cookie"
    context.close()


def test_a_hazard_pointed_at_with_a_photograph_over_a_line_that_breaks(
    site: Installation, telephone: Page, tmp_path: Path
) -> None:
    page, photo = telephone, tmp_path / "lamp.png"
    Image.frombytes("L", (320, 320), random.Random(5).randbytes(320 * 320)).save(photo)
    pieces: list[str] = []

    def cut(route: Route) -> None:
        """The second piece is lost with its line."""
        if route.request.method == "PATCH":
            pieces.append(route.request.headers["upload-offset"])
        if route.request.method == "PATCH" and len(pieces) == 2:
            route.abort("connectionfailed")
        else:
            route.continue_()

    page.route("**/door/photos/*", cut)
    page.goto(f"{site.origin}/door/map?to=hazard")
    page.get_by_role("button", name="用手机定位").click()
    expect(page).to_have_url(re.compile(r"/door/officer\?.*grid="))
    assert "111.4" not in page.url, "the grid is named, the point is not"
    page.goto(f"{site.origin}/door/map?to=hazard")
    page.locator(".legend a").first.click()
    page.get_by_role("link", name="报隐患").click()
    page.set_input_files("#photo1", photo)
    expect(page.locator("input[name=upload]")).to_have_count(1)
    assert pieces[:3] == ["0", "32768", "32768"], "it goes on where the line broke"
    assert len(pieces) == -(-photo.stat().st_size // 32_768) + 1, "no piece is sent twice that had come"
    page.check("input[name=sort][value=ebike]")
    page.fill("#text", "三号楼楼道里停着两辆电动车在充电")
    page.wait_for_function(READ)
    page.get_by_role("button", name="提交").click()
    number, code = (page.locator(".number b").nth(n).inner_text() for n in (0, 1))
    page.goto(f"{site.origin}/door/follow")
    page.fill("#number", number)
    page.fill("#code", code)
    page.get_by_role("button", name="查", exact=True).click()
    expect(page.locator(".steps")).to_contain_text("已收到")


def test_a_tip_is_given_and_followed_by_its_receipt(site: Installation, telephone: Page, tmp_path: Path) -> None:
    page, photo = telephone, tmp_path / "yard.jpg"
    Image.new("RGB", (64, 48), "navy").save(photo)
    page.goto(f"{site.origin}/t/")
    page.goto(f"{site.origin}/t/give")
    page.fill("#what", "夜里有人往仓库搬东西")
    page.select_option("#when", index=1)
    page.set_input_files("#files", photo)
    page.wait_for_function(READ)
    page.get_by_role("button", name="交给警方，领回执").click()
    receipt = page.locator(".number b").inner_text()
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", receipt)
    assert receipt not in page.url and receipt.replace(" ", "") not in page.url
    with page.expect_download() as kept:
        page.get_by_role("link", name="存成图片").click()
    with Image.open(kept.value.path()) as picture:
        assert min(picture.size) > 100, "a picture that can be read"
    page.get_by_role("link", name="我已经记下了").click()
    page.goto(f"{site.origin}/t/look")
    page.fill("#receipt", "1111 1111 1111 1112")
    page.get_by_role("button", name="看答复").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.fill("#receipt", receipt)
    page.get_by_role("button", name="看答复").click()
    expect(page.locator(".told").first).to_have_text("夜里有人往仓库搬东西")
    page.fill("#text", "是一辆白色面包车")
    page.get_by_role("button", name="发出").click()
    expect(page.locator(".told").last).to_have_text("是一辆白色面包车")
    expect(page.get_by_role("status")).to_be_visible()
    assert receipt.replace(" ", "") not in page.url, "it goes in the body of a request, never in an address"
    kept_here = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert kept_here == [0, 0, ""]
