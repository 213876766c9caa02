"""The map with a real browser: layers and link, an area, grids drawn by mouse and by keyboard, the sheet on A3."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import shapely
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import PHONE, SignIn, Visitor

SLOW_MS = 60_000
SMALL: ViewportSize = {"width": 1100, "height": 700}
"""Maps are drawn without a graphics card here: half the pixels, half the time."""
LATER = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011  (the browser's own calendar)


def open_map(visitor: Visitor, query: str = "") -> Page:
    page = visitor.open(f"/map{query}")
    expect(page.locator("#map[data-idle=true]")).to_be_visible(timeout=SLOW_MS)
    return page


def pixel(page: Page, query: str, lon: float, lat: float) -> tuple[float, float]:
    """Where a position lies in the window, from the view that the link names (Web Mercator, tiles of 512 px)."""
    found = re.search(r"c=([-\d.]+),([-\d.]+),([\d.]+)", query)
    assert found
    at_lon, at_lat, zoom = (float(part) for part in found.groups())
    size = 512 * 2**zoom

    def y_of(degrees: float) -> float:
        return size * (0.5 - math.log(math.tan(math.pi / 4 + math.radians(degrees) / 2)) / (2 * math.pi))

    box = page.locator("#map").bounding_box()
    assert box
    x = box["x"] + box["width"] / 2 + (lon - at_lon) / 360 * size
    return x, box["y"] + box["height"] / 2 + y_of(lat) - y_of(at_lat)


def tap(page: Page, x: float, y: float) -> None:
    page.mouse.move(x, y, steps=3)
    page.mouse.click(x, y)
    page.wait_for_timeout(150)


def test_layers_filters_time_search_and_the_link(sign_in: SignIn) -> None:
    visitor = sign_in("station_chief", viewport=SMALL)
    page = open_map(visitor)
    grids = page.locator("[data-layer=grids]")
    expect(grids.locator(".layer-count")).to_have_text(re.compile(r"\d+"), timeout=SLOW_MS)
    page.click("[data-layer=matters] .icon-button")
    page.locator("input[name='matters.kind'][value=dispute]").check()
    page.select_option("#map-age", "604800")
    page.click(".map-time-open")
    page.locator("#map-time").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-layer=units]")).to_have_attribute("data-standing", "undated")
    expect(page).to_have_url(re.compile(r"f\.matters\.kind=dispute.*age=604800&t=\d{4}-\d\d-\d\dT"), timeout=10_000)
    page.reload()
    expect(page.locator(".map-time[data-past=true]")).to_be_visible(timeout=SLOW_MS)
    page.click("[data-layer=matters] .icon-button")
    expect(page.locator("input[name='matters.kind'][value=dispute]")).to_be_checked()
    page.click(".map-time .button >> nth=0")
    expect(page.locator(".map-time")).to_have_attribute("data-past", "false")
    name = visitor.ask("/grids")["items"][0]["name"]
    page.keyboard.press("/")
    page.keyboard.type(name[:2])
    expect(page.locator("#map-found [role=option]").first).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    expect(page.locator("[data-layer=matters]")).to_have_attribute("data-standing", "offline", timeout=10_000)
    page.context.set_offline(False)
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in page.locator(".map-tabs button, .map-bar button").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 48
    assert [said for said in visitor.complaints if "ERR_INTERNET" not in said and "Failed to fetch" not in said] == []


def test_an_area_is_drawn_listed_saved_as_a_file_and_printed_on_a3(sign_in: SignIn, tmp_path: Path) -> None:
    visitor = sign_in("station_chief", viewport=SMALL, accept_downloads=True)
    grid = max(visitor.ask("/grids")["items"], key=lambda row: shapely.geometry.shape(row["geometry"]).area)
    at = shapely.geometry.shape(grid["geometry"]).representative_point()
    query = f"?c={at.x:.5f},{at.y:.5f},12.00&l=grids,agencies,matters&tab=area"
    page = open_map(visitor, query)
    page.click("[data-stroke=rectangle]")
    page.wait_for_timeout(300)
    for corner in (-0.01, 0.01):
        tap(page, *pixel(page, query, at.x + corner, at.y - corner))
    expect(page.locator(".area-layer[data-layer=grids]")).to_contain_text(grid["name"], timeout=SLOW_MS)
    with page.expect_download() as got:
        page.click("[data-file=xlsx]")
    assert Path(got.value.path()).read_bytes()[:2] == b"PK"
    page.evaluate("window.print = () => {}")
    page.click("[data-bar=print]")
    page.fill(".map-print-form input[name=title]", "溪东辖区图")
    page.click(".map-print-form .is-primary")
    expect(page.locator("#map-print[data-ready=landscape]")).to_be_attached(timeout=2 * SLOW_MS)
    pdf = tmp_path / "map.pdf"
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)
    body = pdf.read_bytes()
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", body)
    assert box
    assert [round(float(side) / 72 * 25.4) for side in box.groups()] == [420, 297]
    assert len(re.findall(rb"/Type /Page\b", body)) == 1
    page.emulate_media(media="print")
    assert page.locator("#map-print h1").inner_text() == "溪东辖区图"
    assert visitor.complaints == []


def test_a_grid_is_divided_by_mouse_and_joined_by_keyboard(sign_in: SignIn) -> None:
    visitor = sign_in("administrator", viewport=SMALL)
    rows = {row["code"]: row for row in visitor.ask("/grids?kind=social")["items"]}
    row = max(rows.values(), key=lambda one: bulk(shapely.geometry.shape(one["geometry"])))
    shape = shapely.geometry.shape(row["geometry"])
    page = open_map(visitor, "?l=grids&tab=grids")
    page.check("input[name=grid-kind][value=social]", force=True)
    divide_by_mouse(page, row["code"], shape)
    made = after(visitor, LATER)
    assert len(made) == len(rows) + 1
    parts = [one for code, one in made.items() if code.startswith(row["code"])]
    assert {"新分网格", row["name"]} == {one["name"] for one in parts}
    whole = shapely.union_all([shapely.geometry.shape(one["geometry"]) for one in parts])
    assert whole.symmetric_difference(shape).area < shape.area / 1e9
    later = (date.fromisoformat(LATER) + timedelta(days=30)).isoformat()
    join_by_keyboard(page, [part["code"] for part in parts], later)
    again = after(visitor, later)
    assert set(again) == set(rows)
    assert shapely.geometry.shape(again[row["code"]]["geometry"]).symmetric_difference(shape).area < shape.area / 1e9
    assert visitor.complaints == []


def divide_by_mouse(page: Page, code: str, shape: Any) -> None:
    """A line from west to east through the middle, the last corner undone and set again; in force from LATER."""
    west, south, east, north = shape.bounds
    page.locator(f"[data-grid='{code}'] input").check()
    before = page.url
    page.click("[data-grid-act=split]")
    page.wait_for_url(lambda url: url != before and "c=" in url, timeout=SLOW_MS)
    page.wait_for_timeout(500)
    middle = (south + north) / 2
    for lon in (west - (east - west) / 10, (west + east) / 2, east + (east - west) / 10):
        tap(page, *pixel(page, page.url, lon, middle))
    page.click("[data-grid-undo]")
    tap(page, *pixel(page, page.url, east + (east - west) / 10, middle))
    page.click("[data-grid-finish]")
    expect(page.locator(".grid-part")).to_have_count(2, timeout=SLOW_MS)
    page.fill("input[name=from]", LATER)
    page.fill("input[name='name-1']", "新分网格")
    page.click("[data-grid-save]")
    expect(page.locator(f"[data-grid='{code}']")).to_contain_text(LATER, timeout=SLOW_MS)


def join_by_keyboard(page: Page, codes: list[str], later: str) -> None:
    """The day above the list, both parts ticked, joined from a later day on."""
    page.fill("input[name=on]", LATER)
    for code in codes:
        expect(page.locator(f"[data-grid='{code}']")).to_be_visible(timeout=SLOW_MS)
    for code in codes:
        page.locator(f"[data-grid='{code}'] input").focus()
        page.keyboard.press("Space")
    page.locator("[data-grid-act=merge]").focus()
    page.keyboard.press("Enter")
    page.fill("[data-grid-form] input[name=from]", later)
    expect(page.locator("[data-grid-save]")).to_be_enabled(timeout=SLOW_MS)
    page.locator("[data-grid-save]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text(later, timeout=SLOW_MS)


def bulk(shape: Any) -> float:
    """Large and without bays: one line makes two parts of it."""
    return float(shape.area * (shape.area / shape.convex_hull.area) ** 20)


def after(visitor: Visitor, day: str) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in visitor.ask(f"/grids?kind=social&on={day}")["items"]}
