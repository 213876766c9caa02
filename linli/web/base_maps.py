"""Base maps beside our own, as the installation configures them; none by default: nothing comes from outside."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from linli.kernel.words import Words

_TIANDITU = (
    "https://t{n}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_SERVERS = range(8)
"""Tianditu answers under eight names, t0 to t7; a browser asks each of them six times at once."""


@dataclass(frozen=True, slots=True)
class BaseMap:
    """A base map of pictures in Web Mercator. ``sheets`` from below to above, each with its servers' addresses."""

    code: str
    words: Words
    sheets: tuple[tuple[str, ...], ...]
    credit: str = ""
    max_zoom: int = 18

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where the browser must be allowed to ask: scheme and host of every address."""
        parts = (urlsplit(address) for sheet in self.sheets for address in sheet)
        return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts if part.netloc))


def base_maps() -> tuple[BaseMap, ...]:
    """What this installation offers beside its own map. Raises ImproperlyConfigured where the setting is wrong."""
    return _read(settings.LINLI_BASE_MAPS, settings.LINLI_TIANDITU_KEY)


def base_map(code: str) -> BaseMap | None:
    """The one with this code; ``None`` is our own."""
    return next((one for one in base_maps() if one.code == code), None)


@functools.lru_cache(maxsize=4)
def _read(text: str, key: str) -> tuple[BaseMap, ...]:
    found = [_tianditu("tianditu", ("vec", "cva"), Words("天地图", "Tianditu"), key)] if key else []
    found += [_tianditu("tianditu-img", ("img", "cia"), Words("天地图影像", "Tianditu pictures"), key)] if key else []
    try:
        found += [_configured(entry) for entry in json.loads(text or "[]")]
    except (KeyError, TypeError, ValueError) as fault:
        raise ImproperlyConfigured(f"LINLI_BASE_MAPS: {fault!r}") from fault
    return tuple(found)


def _configured(entry: dict[str, Any]) -> BaseMap:
    tiles = entry["tiles"]
    sheets = [tiles] if isinstance(tiles[0], str) else tiles
    for address in (address for sheet in sheets for address in sheet):
        if not address.startswith(("https://", "http://", "/")) or "{z}" not in address:
            raise ValueError(f"no address of tiles: {address}")
    return BaseMap(
        code=str(entry["code"]),
        words=Words(str(entry["zh"]), str(entry.get("en") or entry["zh"])),
        sheets=tuple(tuple(sheet) for sheet in sheets),
        credit=str(entry.get("credit", "")),
        max_zoom=int(entry.get("max_zoom", 18)),
    )


def _tianditu(code: str, layers: tuple[str, ...], words: Words, key: str) -> BaseMap:
    sheets = tuple(tuple(_TIANDITU.format(n=n, layer=layer, key=key) for n in _SERVERS) for layer in layers)
    return BaseMap(code, words, sheets, credit="天地图 · 国家地理信息公共服务平台")
