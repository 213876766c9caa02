"""Addresses of this door."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from linli.api.alert_feed import cap, feed
from linli.api.eido import eido_document
from linli.api.health import healthz, metrics, readyz
from linli.api.main import api, nowhere
from linli.api.ogc.door import api as ogc

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("eido/<str:number>", eido_document),
    path("alerts/", feed, name="alert_feed"),
    path("alerts/<uuid:key>.xml", cap, name="alert_cap"),
    path("ogc/", ogc.urls),
    path("api/v1/", api.urls),
    path("api/v1/<path:path>", csrf_exempt(nowhere)),
]
