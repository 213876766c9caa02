"""Everything behind one port, for an ASGI server: ``uvicorn linli.command.asgi:application``."""

from __future__ import annotations

from linli.web.wsgi import application as pages  # isort: skip  (it starts Django; what follows needs its models)
from linli.api.live.door import House
from linli.command import warm
from linli.kernel.late import bring

bring("numba", "pypinyin")  # the first call asks for both; what pages ask for comes while it is warmed
application = House(pages)
warm.begin()
