"""The hand-over object: every field that NENA-STA-021.1 requires, references that lead somewhere, no person in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from linli.kernel.errors import NotFound
from linli.operations.dispatch.acts import give_order, set_out, sign_order
from linli.operations.exchange.queries import eido_of
from tests.town import Town, build_town, call

pytestmark = pytest.mark.django_db

PROLOGUE = {"$id", "lastUpdateTimeStamp", "updatedByAgencyReference"}
REQUIRED = {
    "": PROLOGUE | {"eidoVersion", "issuingElementIdentification", "agencyComponent"},
    "agencyComponent": PROLOGUE | {"agencyRoleDescriptionRegistryText", "agencyType"},
    "agentComponent": PROLOGUE | {"agentRoleRegistryText", "agencyReference"},
    "incidentComponent": PROLOGUE | {"incidentTypeCommonRegistryText"},
    "locationComponent": PROLOGUE | {"locationTypeDescriptionRegistryText"},
    "dispatchComponent": PROLOGUE,
    "emergencyResourceComponent": PROLOGUE
    | {
        "agentReference",
        "emergencyResourceTypeCommonRegistryText",
        "primaryUnitStatusRegistryText",
        "resourceAttributeRegistryText",
        "secondaryUnitStatusRegistryText",
    },
}
"""What the standard's schema requires of each component that we send."""


@pytest.fixture
def town() -> Town:
    return build_town(2)


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def check(found: dict[str, Any]) -> None:
    """Required fields are there, and every ``$ref`` names an ``$id`` of the object."""
    for component, fields in REQUIRED.items():
        held = found if not component else found.get(component, [])
        for one in held if isinstance(held, list) else [held]:
            assert fields <= set(one), (component, fields - set(one))
            datetime.fromisoformat(one["lastUpdateTimeStamp"])
    known = {node["$id"] for node in nodes(found) if "$id" in node}
    assert {node["$ref"] for node in nodes(found) if "$ref" in node} <= known
    assert found["eidoVersion"] == "1.0"
    json.dumps(found)


def test_a_call_with_a_unit_under_way(town: Town) -> None:
    desk, officer = town.actor("dispatcher"), town.actor("community_officer")
    matter = call(desk, town, address='柳林村"12号"', external_number="X-1", source="b")
    order = give_order(desk, matter=matter, unit=town.units[0])
    sign_order(officer, order=order)
    set_out(officer, order=order)
    found = eido_of(desk, matter.number)
    check(found)
    incident = found["incidentComponent"]
    assert incident["internalIncidentId"] == matter.number
    assert incident["incidentStatusCommonRegistryText"] == ["ResourcesEnroute"]
    assert incident["incidentTypeInternalCode"] == "5020"
    assert found["emergencyResourceComponent"][0]["secondaryUnitStatusRegistryText"] == ["EnRoute"]
    place = ET.fromstring(found["locationComponent"][0]["locationByValue"])
    point = place.find(".//{http://www.opengis.net/gml}pos")
    assert point is not None and point.text == f"{matter.lat:.6f} {matter.lon:.6f}"
    for personal in ("13900001111", "甲某", "老人走失"):
        assert personal not in json.dumps(found, ensure_ascii=False)


def test_a_call_without_place_or_unit(town: Town) -> None:
    matter = call(town.actor("dispatcher"), town, lon=None, lat=None)
    found = eido_of(town.actor("dispatcher"), matter.number)
    check(found)
    assert "locationComponent" not in found and "dispatchComponent" not in found


def test_who_may_not_see_the_call_gets_nothing(town: Town) -> None:
    matter = call(town.actor("dispatcher"), town)
    with pytest.raises(NotFound):
        eido_of(town.actor("other_officer"), matter.number)
