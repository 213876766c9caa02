"""An incident as an Emergency Incident Data Object (NENA-STA-021.1, version 1.0) for hand-over between systems. Pure.

Our states and units in the words of its registries; what its registries do not know goes into the ``Internal`` fields
beside them, so that nothing is lost by the translation. No person is in it: who may know the caller asks the house.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from linli.kernel.clock import SHANGHAI
from linli.operations.exchange.rules.facts import AgencyFacts, IncidentFacts, OrderFacts

VERSION = "1.0"
_INCIDENT_STATUS = {
    "waiting": "Active",
    "ordered": "ResourcesAssigned",
    "on_scene": "ResourcesOnscene",
    "done": "Active",
    "fed_back": "Active",
    "handed_over": "Active",
    "closed": "Closed",
    "void": "Cancelled",
}
_UNIT_STATUS = {
    "ordered": "Dispatched",
    "delivered": "Dispatched",
    "signed": "AcknowledgedTransmission",
    "under_way": "EnRoute",
    "arrived": "OnScene",
    "done": "Cleared",
    "declined": "AssignmentCancelled",
    "recalled": "AssignmentCancelled",
}
_FREE = ("done", "declined", "recalled")
_AGENCY_TYPES = {"120": "ambulance", "119": "fire", "122": "police.traffic", "12345": "other"}
_RESOURCE = {"car": "PoliceUnit", "motorcycle": "PoliceMotorcycle", "foot": "PoliceFootPatrol"}


def eido(facts: IncidentFacts, *, issuer: str) -> dict[str, Any]:
    """The object. ``issuer`` names this system; agencies and units appear once and are referred to by their ``$id``."""
    agencies = _agencies(facts)
    owner = _agency_id(facts.agency or facts.station or agencies[0], issuer) if agencies else issuer
    at = _moment(facts.updated_at)
    prologue = {"lastUpdateTimeStamp": at, "updatedByAgencyReference": {"$ref": owner}}
    desk = f"urn:emergency:uid:agentid:desk:{issuer}"
    found: dict[str, Any] = {
        "$id": f"urn:emergency:uid:incidentid:{facts.id}:{issuer}",
        **prologue,
        "eidoVersion": VERSION,
        "issuingElementIdentification": issuer,
        "incidentComponent": _incident(facts, prologue, issuer),
        "agencyComponent": [_agency(agency, owner, prologue, issuer) for agency in agencies]
        or [_agency(AgencyFacts(issuer, issuer, "bureau"), issuer, prologue, issuer)],
        "agentComponent": [
            {
                "$id": desk,
                **prologue,
                "agentWorkstationPositionIdentification": "desk",
                "agentRoleRegistryText": ["Dispatching"],
                "agencyReference": {"$ref": owner},
            }
        ],
    }
    if facts.lon is not None and facts.lat is not None:
        found["locationComponent"] = [_location(facts, prologue, issuer)]
    if facts.orders:
        found["emergencyResourceComponent"] = [_unit(order, prologue, issuer, desk) for order in facts.orders]
        found["dispatchComponent"] = [_dispatch(order, prologue, issuer, desk) for order in facts.orders]
    return found


def _agencies(facts: IncidentFacts) -> list[AgencyFacts]:
    named = [facts.agency, facts.station, facts.handled_by, *(order.agency for order in facts.orders)]
    return list({agency.code: agency for agency in named if agency}.values())


def _agency_id(agency: AgencyFacts, issuer: str) -> str:
    return f"urn:emergency:uid:agencyid:{agency.code}:{issuer}"


def _agency(agency: AgencyFacts, owner: str, prologue: dict[str, Any], issuer: str) -> dict[str, Any]:
    own = _agency_id(agency, issuer)
    return {
        **prologue,
        "$id": own,
        "agencyJcard": f'["vcard",[["version",{{}},"text","4.0"],["fn",{{}},"text","{_quoted(agency.name)}"]]]',
        "agencyRoleDescriptionRegistryText": ["Dispatching" if agency.kind == "bureau" else "Responding"],
        "agencyType": [_AGENCY_TYPES.get(agency.service, "police")],
        "incidentOwningAgencyIndicator": own == owner,
    }


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _incident(facts: IncidentFacts, prologue: dict[str, Any], issuer: str) -> dict[str, Any]:
    common = _INCIDENT_STATUS.get(facts.state, "Active")
    if facts.state == "ordered" and any(order.state == "under_way" for order in facts.orders):
        common = "ResourcesEnroute"
    found: dict[str, Any] = {
        **prologue,
        "$id": f"urn:emergency:uid:incidentcomponentid:{facts.id}:{issuer}",
        "incidentTypeCommonRegistryText": "Other",
        "incidentTypeInternalCode": facts.category,
        "incidentTypeInternalText": facts.category_words.zh,
        "incidentStatusCommonRegistryText": [common],
        "incidentStatusInternalText": [facts.words.zh],
        "internalIncidentId": facts.number,
    }
    if facts.external_number:
        found["documentIdentification"] = [facts.external_number]
    if facts.priority is not None:
        found["incidentPriorityInternalText"] = str(facts.priority)
        found["incidentCommonPriorityNumber"] = facts.priority
    if facts.lon is not None and facts.lat is not None:
        found["locationReference"] = [{"$ref": _location_id(facts, issuer)}]
    return found


def _location_id(facts: IncidentFacts, issuer: str) -> str:
    return f"urn:emergency:uid:locationid:{facts.id}:{issuer}"


def _location(facts: IncidentFacts, prologue: dict[str, Any], issuer: str) -> dict[str, Any]:
    """The place by value as PIDF-LO (RFC 5491): a WGS-84 point, and the address in words."""
    pidf = (
        '<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" '
        'xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" '
        f'xmlns:gml="http://www.opengis.net/gml" entity="pres:{escape(facts.number)}@{escape(issuer)}">'
        f'<dm:device id="{escape(facts.number)}"><gp:geopriv><gp:location-info>'
        '<gml:Point srsName="urn:ogc:def:crs:EPSG::4326">'
        f"<gml:pos>{facts.lat:.6f} {facts.lon:.6f}</gml:pos></gml:Point>"
        "</gp:location-info><gp:usage-rules/><gp:method>Manual</gp:method></gp:geopriv></dm:device></presence>"
    )
    return {
        **prologue,
        "$id": _location_id(facts, issuer),
        "locationTypeDescriptionRegistryText": "Incident",
        "locationByValue": pidf,
        "locationDescriptionText": facts.address,
    }


def _unit_id(order: OrderFacts, issuer: str) -> str:
    return f"urn:emergency:uid:resourceid:{order.id}:{issuer}"


def _unit(order: OrderFacts, prologue: dict[str, Any], issuer: str, desk: str) -> dict[str, Any]:
    return {
        **prologue,
        "$id": _unit_id(order, issuer),
        "agentReference": [{"$ref": desk}],
        "emergencyResourceName": order.call_sign,
        "emergencyResourceTypeCommonRegistryText": _RESOURCE.get(order.kind, "PoliceUnit"),
        "emergencyResourceTypeInternalText": order.kind,
        "resourceAttributeRegistryText": ["Other"],
        "resourceAttributeInternalText": [order.kind],
        "primaryUnitStatusRegistryText": "Available" if order.state in _FREE else "NotAvailable",
        "secondaryUnitStatusRegistryText": [_UNIT_STATUS.get(order.state, "Assigned")],
        "unitStatusInternal": [order.words.zh],
    }


def _dispatch(order: OrderFacts, prologue: dict[str, Any], issuer: str, desk: str) -> dict[str, Any]:
    return {
        **prologue,
        "$id": f"urn:emergency:uid:dispatchid:{order.id}:{issuer}",
        "agencyReference": {"$ref": _agency_id(order.agency, issuer)},
        "agentReference": {"$ref": desk},
        "emergencyResourceReference": [{"$ref": _unit_id(order, issuer)}],
    }


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="milliseconds")
