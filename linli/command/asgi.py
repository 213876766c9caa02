"""Everything behind one port, for an ASGI server: ``uvicorn linli.command.asgi:application``."""

from __future__ import annotations

from linli.web.wsgi import application as pages  # isort: skip  (it starts Django; what follows needs its models)
from linli.api.live.door import House
from linli.command import warm

application = House(pages)
warm.begin()
