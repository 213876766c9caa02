"""The documents of GeoReport v2 as plain rows, and their two forms. Pure but for the rows it is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from pydantic_core import to_json

from linli.kernel import clock
from linli.kernel.words import Words
from linli.matters.public.models import PublicReport
from linli.matters.public.queries import is_done
from linli.matters.public.rules import FORMS, HAZARDS, READERS, STREET

Row = dict[str, Any]
JSON, XML = "json", "xml"
TYPES = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
OTHERS = ("help", "tip", "question", "mediation")
"""Forms beside hazards that a service stands for; a booked talk needs our own page."""
YES_NO = {"1": Words("是", "yes"), "0": Words("否", "no")}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _said(words: Words) -> str:
    return f"{words.zh} {words.en}"


def services() -> list[Row]:
    """Every service: the sorts of hazard, and what else can be asked."""
    hazards = [
        {
            "service_code": code,
            "service_name": _said(words),
            "description": _said(FORMS["hazard"].words),
            "metadata": True,
            "type": "realtime" if code in STREET else "batch",
            "keywords": f"{words.zh}, {words.en}",
            "group": _said(group),
        }
        for code, (words, group) in HAZARDS.items()
    ]
    others = [
        {
            "service_code": code,
            "service_name": _said(FORMS[code].words),
            "description": _said(FORMS[code].hint),
            "metadata": True,
            "type": "batch",
            "keywords": f"{FORMS[code].words.zh}, {FORMS[code].words.en}",
            "group": _said(Words("求助和咨询", "help and questions")),
        }
        for code in OTHERS
    ]
    return [*hazards, *others]


def form_of(service_code: str) -> tuple[str, str] | None:
    """The form and the sort of hazard behind a service code; None when there is none."""
    if service_code in OTHERS:
        return service_code, ""
    return ("hazard", service_code) if service_code in HAZARDS and service_code != "" else None


def definition(service_code: str, *, by_sms: bool) -> Row:
    """What else may be said with a service: who may read it; where there is a way out to telephones (``by_sms``), that
    the telephone given be told when there is an answer.
    """
    attributes = [_attribute(1, "readers", "谁可以看 Who may read it", READERS)]
    if by_sms:
        about = "有了答复，发短信告诉所留电话 Tell the telephone given when there is an answer"
        attributes.append(_attribute(2, "sms", about, YES_NO))
    return {"service_code": service_code, "attributes": attributes}


def _attribute(order: int, code: str, about: str, choices: Mapping[str, Words]) -> Row:
    return {
        "variable": True,
        "code": code,
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": None,
        "order": order,
        "description": about,
        "values": [{"key": key, "name": _said(words)} for key, words in choices.items()],
    }


def request_row(report: PublicReport, key: str) -> Row:
    """One request as everybody may read it: never the sender's words, never who it was."""
    matter = report.matter
    name = HAZARDS[report.sort][0] if report.sort in HAZARDS else FORMS[report.form].words
    state = matter.workflow.state(matter.state).words
    shown = report.form == "hazard"
    return {
        "service_request_id": key,
        "status": "closed" if is_done(report) else "open",
        "status_notes": _said(state),
        "service_name": _said(name),
        "service_code": report.sort or report.form,
        "description": report.published_text or None,
        "agency_responsible": matter.agency.name if matter.agency and shown else None,
        "service_notice": None,
        "requested_datetime": moment(report.received_at),
        "updated_datetime": moment(matter.touched_at),
        "expected_datetime": moment(matter.due_at) if matter.due_at else None,
        "address": matter.grid.name if matter.grid and shown else None,
        "address_id": None,
        "zipcode": None,
        "lat": matter.lat if shown else None,
        "long": matter.lon if shown else None,
        "media_url": None,
    }


def moment(at: datetime) -> str:
    """ISO 8601 with seconds and the offset of the place."""
    return clock.shanghai(at).isoformat(timespec="seconds")


def as_json(rows: Any) -> bytes:
    """A document as JSON."""
    found: bytes = to_json(rows)
    return found


def as_xml(root: str, item: str, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as ``<root><item>…</item></root>``; what is None is an empty element."""
    top = Element(root)
    for row in rows:
        _filled(SubElement(top, item), row)
    return _written(top)


def definition_xml(row: Mapping[str, Any]) -> bytes:
    """A service definition: lists within lists have names of their own."""
    top = Element("service_definition")
    SubElement(top, "service_code").text = _text(row["service_code"])
    attributes = SubElement(top, "attributes")
    for attribute in row["attributes"]:
        one = SubElement(attributes, "attribute")
        _filled(one, {name: value for name, value in attribute.items() if name != "values"})
        values = SubElement(one, "values")
        for value in attribute["values"]:
            _filled(SubElement(values, "value"), value)
    return _written(top)


def discovery_xml(row: Mapping[str, Any]) -> bytes:
    """The document that says where the others are."""
    top = Element("discovery")
    _filled(top, {name: value for name, value in row.items() if name != "endpoints"})
    endpoints = SubElement(top, "endpoints")
    for endpoint in row["endpoints"]:
        one = SubElement(endpoints, "endpoint")
        _filled(one, {name: value for name, value in endpoint.items() if name != "formats"})
        formats = SubElement(one, "formats")
        for kind in endpoint["formats"]:
            SubElement(formats, "format").text = kind
    return _written(top)


def errors(found: Sequence[tuple[int, str]], form: str) -> bytes:
    """Errors as the standard has them."""
    rows = [{"code": code, "description": text} for code, text in found]
    return as_xml("errors", "error", rows) if form == XML else as_json(rows)


def _filled(element: Element, row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        SubElement(element, name).text = _text(value)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    plain = str(value).lower() if isinstance(value, bool) else str(value)
    return _NOT_XML.sub("", plain)


def _written(top: Element) -> bytes:
    body: bytes = tostring(top, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body
