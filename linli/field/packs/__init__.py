"""The smallest needed set that a phone takes along, by a cursor of the server."""
