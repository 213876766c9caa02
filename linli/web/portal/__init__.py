"""The residents' door: pages without a sign-in, a script or a cookie, for an old telephone on a slow line."""

from __future__ import annotations

from linli.web.portal.addresses import grid_url, residents_url
from linli.web.portal.card import grid, photo

__all__ = ["grid", "grid_url", "photo", "residents_url"]
