"""Every address of the house.

The API stands beside the pages and is named by its path only: doors do not know each other.
"""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from linli.web import language, ledger, limits, maps, organisation, pages, rooms, sign_in, units

urlpatterns = [
    path("", pages.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("demo/sign-in/<str:role>", sign_in.demo_sign_in, name="demo_sign_in"),
    path("account/", include("allauth.urls")),
    path("i18n/set", set_language, name="set_language"),
    path("still-here", pages.still_here, name="still_here"),
    path("desk", pages.desk, name="desk"),
    path("phone", pages.phone, name="phone"),
    path("today", pages.today, name="today"),
    path("matters", ledger.index, name="matters"),
    path("matters/new/<str:kind>", ledger.new, name="matter_new"),
    path("components", language.components, name="components"),
    path("limits", limits.index, name="limits"),
    path("organisation", organisation.index, name="organisation"),
    path("organisation/<str:code>/roster", organisation.roster, name="roster"),
    path("organisation/<str:code>/roster/<uuid:shift>/cancel", organisation.cancel, name="shift_cancel"),
    path("matters/<str:number>", pages.matter, name="matter"),
    path("rooms", rooms.index, name="rooms"),
    path("rooms/new", rooms.new, name="room_new"),
    path("rooms/<str:code>", rooms.room, name="room"),
    path("rooms/<str:code>/hours", rooms.hours, name="room_hours"),
    path("rooms/<str:code>/services", rooms.services, name="room_services"),
    path("rooms/<str:code>/equipment", rooms.add_thing, name="room_equipment"),
    path("rooms/<str:code>/equipment/<uuid:thing>/<str:move>", rooms.move_thing, name="room_equipment_move"),
    path("rooms/<str:code>/units", units.form, name="room_unit_form"),
    path("rooms/<str:code>/units/<uuid:unit>/crew", units.crew, name="room_unit_crew"),
    path("rooms/<str:code>/units/<uuid:unit>/sign", units.sign, name="room_unit_sign"),
    path("map/style.json", maps.style, name="map_style"),
    path("map/roads.pmtiles", maps.roads, name="map_roads"),
    path("", include("linli.api.urls")),
]
