"""`linli demo run`: the demo county on a port of this machine, alive; and its check."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import httpx
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max

from linli.demo.county import grow
from linli.demo.live.check import CheckFailed, carry_one_call
from linli.demo.live.keys import fresh_keys
from linli.demo.live.player import PAUSE_FILE, Player
from linli.demo.live.serving import NotReady, Serving, free_port, port_is_taken
from linli.demo.load.organisation import Rows, plan_roster
from linli.demo.load.whole import DEMO, ROSTER_AHEAD_DAYS, load_demo
from linli.demo.marker import Marker, read_marker
from linli.demo.plane import LonLat
from linli.kernel import clock
from linli.operations.units.models import Unit
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.rules import POSTS
from linli.org.roster.models import Shift

Say = Callable[[str], None]
BEGAN = "demo-began"
"""Says that `demo run` began to make a county here: whatever lies in the database without a marker is its own."""
CHECK_AWAY_DEGREES = 0.0021
"""The check's call lies about 200 m from the demo officer's room."""


class PortTaken(Exception):
    """Somebody else serves there."""


def run_demo(*, size: str, seed: int, port: int, play: bool, pace_s: float, say: Say) -> None:
    """Make the county when there is none, serve it, and play until stopped. Raises PortTaken or NotReady."""
    if port_is_taken(port):
        raise PortTaken(f"port {port} of 127.0.0.1 is taken; give another with --port")
    marker = prepared(size, seed, say)
    ended = _ended_by_signal()
    with _serving(port) as serving:
        keys = fresh_keys()
        serving.wait_until_ready()
        _welcome(serving.address, say)
        if not play:
            while not (ended.is_set() or serving.ended):
                ended.wait(0.5)
            return
        # The player is a client like any other: it holds no connection to the database.
        connections.close_all()
        with httpx.Client(base_url=serving.address, timeout=30.0) as http:
            county = grow(marker.size, marker.seed)
            player = Player(county, keys, http, Path(settings.LINLI_HOME), pace_s=pace_s)
            player.run(lambda: ended.is_set() or serving.ended)


def check_demo(*, size: str, seed: int, say: Say) -> str:
    """Serve on a free port, carry one call from order to closed, stop. Raises CheckFailed or NotReady."""
    # Told to stop, it leaves the block below and takes its server along; without this SIGTERM would end it on the spot.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    marker = prepared(size, seed, say)
    lon, lat = _officers_room()
    with _serving(free_port()) as serving:
        keys = fresh_keys()
        serving.wait_until_ready()
        say(f"serving {serving.address} ({marker.size}, {marker.matters} matters loaded)")
        return carry_one_call(serving.address, keys, round(lon + CHECK_AWAY_DEGREES, 6), lat, say)


def _serving(port: int) -> Serving:
    log = Path(settings.LINLI_HOME) / "demo.log"
    return Serving(port, log, worker=connection.vendor != "sqlite")


def _officers_room() -> LonLat:
    room = Agency.objects.filter(posts__person__account__username="demo-community_officer").first()
    if room is None or room.lon is None or room.lat is None:
        raise CheckFailed("the demo officer has no room")
    return (room.lon, room.lat)


def prepared(size: str, seed: int, say: Say) -> Marker:
    """The demo county in the database: made when there is none, its roster carried on when it runs out."""
    home = Path(settings.LINLI_HOME)
    home.mkdir(parents=True, exist_ok=True)
    marker = read_marker(home)
    if marker is None:
        _clear_remains(home)
        say(f"making the demo county ({size}, seed {seed}) in {home}; this happens once")
        load_demo(size, seed, say)
        marker = read_marker(home)
        if marker is None:
            raise NotReady("the demo county was not made")
        return marker
    _up_to_date()
    _carry_on_roster(marker, say)
    return marker


def _up_to_date() -> None:
    """Migrate when there is something to migrate: asking costs a third of a second, migrating nothing a whole one."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def _clear_remains(home: Path) -> None:
    """A load that was broken off leaves a database without a marker: it is ours and holds nothing else, so it goes."""
    began = home / BEGAN
    if connection.vendor != "sqlite" or not began.exists():
        began.touch()
        return
    connection.close()
    for path in home.glob(f"{Path(str(connection.settings_dict['NAME'])).name}*"):
        path.unlink()


def _carry_on_roster(marker: Marker, say: Say) -> None:
    last = Shift.objects.aggregate(last=Max("ends_at"))["last"]
    today = clock.shanghai(clock.now()).date()
    first: date = max(today, clock.shanghai(last).date()) if last else today
    if (first - today).days > ROSTER_AHEAD_DAYS // 2:
        return
    rows = Rows(
        agencies={row.code: row for row in Agency.objects.all()},
        people={row.staff_no: row for row in Person.objects.all()},
        units={row.call_sign: row for row in Unit.objects.all()},
    )
    days = ROSTER_AHEAD_DAYS - (first - today).days
    made = plan_roster(DEMO, grow(marker.size, marker.seed), rows, first, days)
    say(f"roster carried on to {first + timedelta(days=days)}: {made} shifts")


def _ended_by_signal() -> threading.Event:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended


def _welcome(address: str, say: Say) -> None:
    say("")
    say(f"  邻里 Linli   {address}/")
    say("")
    say("  登录页上点一下岗位即可进入。On the sign-in page one tap takes you in as:")
    accounts = Person.objects.filter(account__username__startswith="demo-").select_related("account")
    for person in sorted(accounts, key=lambda row: list(POSTS).index(row.account.username.removeprefix("demo-"))):
        words = POSTS[person.account.username.removeprefix("demo-")]
        say(f"    {person.account.username:<26} {person.name}  {words.zh} {words.en}")
    say("")
    say("  暂停/继续  pause or resume the play: linli demo pause, linli demo resume. Ctrl-C ends.")


def set_paused(paused: bool) -> None:
    """Pause or resume the play of this installation."""
    path = Path(settings.LINLI_HOME) / PAUSE_FILE
    if paused:
        path.touch()
    else:
        path.unlink(missing_ok=True)
