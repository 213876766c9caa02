"""Pure parts of searching: cursors and boxes as text, and the words of a text."""

from __future__ import annotations

from linli.matters.search.rules.cursor import Cursor, read_box, read_cursor

__all__ = ["Cursor", "read_box", "read_cursor"]
