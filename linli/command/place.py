"""A place to listen: an address and a port that several processes of one installation share."""

from __future__ import annotations

import socket


def reserved(host: str, port: int, *, alone: bool = False) -> socket.socket:
    """A bound socket. ``alone`` refuses (OSError) a port on which anybody listens, a former server of ours included."""
    place = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if not alone:
            place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        place.bind((host, port))
    except BaseException:
        place.close()
        raise
    return place
