"""Registering peers, telling them, reading what they send."""

from __future__ import annotations

from linli.works.exchange.acts.registering import register_peer
from linli.works.exchange.acts.telling import tell

__all__ = ["register_peer", "tell"]
