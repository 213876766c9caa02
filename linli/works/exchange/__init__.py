"""Peers: other systems that take and give incidents, over HTTP or as signed files across separated networks."""
