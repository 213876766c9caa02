"""The map's page and ground: who may see it, nothing from outside unless it was configured."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from linli.org.people.acts import open_account
from linli.web.base_maps import base_map, base_maps
from tests.town import SETUP, build_town

GOV = {
    "code": "gov",
    "zh": "政务底图",
    "tiles": [["https://map.example.cn/v/{z}/{y}/{x}"], ["https://map.example.cn/l/{z}/{y}/{x}"]],
}


@pytest.fixture
def client(db: None) -> Client:
    town = build_town()
    made = Client()
    made.force_login(
        open_account(SETUP, person=town.people["station_chief"], username="c", password="e5Rt-uio-77"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return made


def test_nothing_comes_from_outside_by_itself(client: Client, settings: Any) -> None:
    settings.LINLI_MAP_NOTE = "审图号：示例"
    answer = client.get("/map")
    assert answer.status_code == 200
    assert "://" not in answer.headers["Content-Security-Policy"]
    facts = answer.context["map_facts"]
    assert (facts["bases"], facts["note"]) == ([], "审图号：示例")
    for query in ("", "?base=gov", "?plain=1&theme=dark"):
        style = client.get(f"/map/style.json{query}").json()
        addresses = [
            part for source in style["sources"].values() for part in json.dumps(source).split('"') if "://" in part
        ]
        assert all("testserver" in address for address in addresses)


def test_a_configured_base_map_is_offered_and_its_host_alone_allowed(client: Client, settings: Any) -> None:
    settings.LINLI_BASE_MAPS, settings.LINLI_TIANDITU_KEY = json.dumps([GOV]), "k3y"
    assert [one.code for one in base_maps()] == ["tianditu", "tianditu-img", "gov"]
    policy = client.get("/map").headers["Content-Security-Policy"]
    assert "https://map.example.cn" in policy
    assert "https://t0.tianditu.gov.cn" in policy
    assert "script-src 'self';" in policy
    assert "://" not in client.get("/rooms").headers["Content-Security-Policy"]
    style = client.get("/map/style.json?plain=1&base=gov").json()
    assert [layer["id"] for layer in style["layers"]] == ["ground", "base-0", "base-1"]
    found = base_map("tianditu")
    assert found is not None
    assert found.sheets[0][3].startswith("https://t3.tianditu.gov.cn/vec_w/wmts?")
    assert "TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=k3y" in found.sheets[1][0]


@pytest.mark.parametrize("wrong", ["{", '[{"code":"a"}]', '[{"code":"a","zh":"a","tiles":["ftp://x/{z}"]}]'])
def test_a_wrong_setting_is_named(settings: Any, wrong: str) -> None:
    settings.LINLI_BASE_MAPS = wrong
    with pytest.raises(ImproperlyConfigured, match="LINLI_BASE_MAPS"):
        base_maps()
