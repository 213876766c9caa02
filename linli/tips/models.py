"""The tables of this floor, for Django."""

from __future__ import annotations
