"""Which kind may stand under which: pure."""

from __future__ import annotations

MAY_STAND_UNDER: dict[str, tuple[str, ...]] = {
    "bureau": (),
    "branch": ("bureau",),
    "station": ("bureau", "branch"),
    "central_room": ("station",),
    "town_room": ("station",),
    "room": ("station", "central_room"),
    "village_room": ("station", "central_room", "town_room"),
    "partner": ("bureau", "branch", "station"),
}


def may_stand_under(kind: str, parent_kind: str | None) -> bool:
    """A bureau stands alone; everything else stands under one of its declared parents."""
    return parent_kind is None if kind == "bureau" else parent_kind in MAY_STAND_UNDER.get(kind, ())


def path_of(code: str, parent_path: str | None) -> str:
    """The chain of codes from the root: ``/bureau/station/room/``."""
    return f"{parent_path or '/'}{code}/"


def station_path(path: str) -> str:
    """The path of the second level at or above ``path``: the station that leads this room. The root for the bureau
    itself.
    """
    parts = path.strip("/").split("/")
    return "/" + "/".join(parts[:2]) + "/"
