"""Addresses of this door."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from linli.api.alert_feed import cap, feed
from linli.api.calendars import calendar
from linli.api.eido import eido_document
from linli.api.health import healthz, metrics, readyz
from linli.api.main import api, nowhere
from linli.api.ogc.door import api as ogc
from linli.api.open311 import door as open311

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("eido/<str:number>", eido_document),
    path("calendar/<str:token>.ics", calendar, name="calendar"),
    path("alerts/", feed, name="alert_feed"),
    path("alerts/<uuid:key>.xml", cap, name="alert_cap"),
    path("ogc/", ogc.urls),
    path("open311/v2/", open311.discovery),
    *(
        path(f"open311/v2/{route}{ending}", view, {"form": form}, name=name if form == "xml" else None)
        for route, view, name in (
            ("discovery", open311.discovery, "open311"),
            ("services", open311.services, "open311_services"),
            ("services/<str:code>", open311.service, "open311_service"),
            ("requests", open311.requests, "open311_requests"),
            ("requests/<str:key>", open311.one_request, "open311_request"),
            ("tokens/<str:key>", open311.token, "open311_token"),
        )
        for form, ending in (("json", ".json"), ("xml", ".xml"), ("xml", ""))
    ),
    path("api/v1/", api.urls),
    path("api/v1/<path:path>", csrf_exempt(nowhere)),
]
