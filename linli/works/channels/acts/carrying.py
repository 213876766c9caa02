"""Carrying a parcel to its gateway. Here, and in the exchange with peers, is all the network that the house uses.

Nothing of this runs in a request or inside a transaction: threads of the worker call it (outbox). A gateway gets two
seconds to be reached and eight in all; each channel has its own connections and its own breaker, so that one that hangs
holds up no other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import httpx

from linli.kernel import clock
from linli.works.channels.acts.by_apprise import carry_by_apprise
from linli.works.channels.models import ChannelConfig
from linli.works.channels.rules import shapes
from linli.works.channels.rules.breaker import LEFT_ALONE, Breaker, Breakers
from linli.works.channels.rules.shapes import Asked, NotSent, Parcel, Sent
from linli.works.channels.rules.signing import signed_headers

CONNECT_S, SILENCE_S, IN_ALL_S = 2.0, 4.0, 8.0
_LARGEST_ANSWER = 65_536
_TOKEN_KEEP_S = 6000.0
"""WeCom's access token lives 7,200 s."""


class Line:
    """Our own connections to one address: kept open, few, never shared with another channel."""

    def __init__(self) -> None:
        self.breaker = Breaker()
        self._client = httpx.Client(
            timeout=httpx.Timeout(SILENCE_S, connect=CONNECT_S, pool=1.0),
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=30.0),
            follow_redirects=False,
            trust_env=False,
        )

    def ask(
        self, method: str, url: str, *, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of the answer. Raises NotSent when there is none in time; a broken gateway opens the
        breaker.
        """
        began_s = time.monotonic()
        if not self.breaker.may_try(began_s):
            raise NotSent(LEFT_ALONE)
        try:
            status, answer = self._ask(method, url, body, headers or {}, began_s)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as failed:
            self.breaker.went_wrong(time.monotonic())
            raise NotSent(f"{type(failed).__name__}: {failed}") from failed
        if status >= 500:
            self.breaker.went_wrong(time.monotonic())
        else:
            self.breaker.went_well()
        return status, answer

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _ask(self, method: str, url: str, body: bytes, headers: dict[str, str], began_s: float) -> tuple[int, bytes]:
        kept = bytearray()
        sent = {"Content-Type": "application/json; charset=utf-8", **headers}
        with self._client.stream(method, url, content=body or None, headers=sent) as answer:
            for piece in answer.iter_bytes():
                kept += piece
                # A gateway that drips never falls silent long enough for the timeout above.
                if time.monotonic() - began_s > IN_ALL_S or len(kept) > _LARGEST_ANSWER:
                    raise httpx.ReadTimeout("the answer is too slow or too long")
            return answer.status_code, bytes(kept)


@dataclass(slots=True)
class Carrier:
    """A configured channel as this process uses it: its line, and WeCom's access token."""

    config: ChannelConfig
    secret: str
    line: Line = field(default_factory=Line)
    robots: Breakers = field(default_factory=Breakers)
    token: str = ""
    token_until_s: float = 0.0

    def send(self, parcel: Parcel) -> Sent:
        """Hand one parcel over. Raises NotSent."""
        return _SPEAKERS[self.config.kind](self, parcel)

    def post(self, asked: Asked) -> tuple[int, bytes]:
        """Send one request over this channel's line."""
        headers = dict(asked.headers)
        if asked.signed:
            headers |= signed_headers(asked.body, secret=self.secret, now_s=clock.now().timestamp())
        return self.line.ask("POST", asked.url, body=asked.body, headers=headers)


def _by_gateway(carrier: Carrier, parcel: Parcel) -> Sent:
    return shapes.read_gateway(*carrier.post(shapes.ask_gateway(carrier.config.kind, carrier.config.url, parcel)))


def _by_wecom_robot(carrier: Carrier, parcel: Parcel) -> Sent:
    return shapes.read_wecom(*carrier.post(shapes.ask_wecom_robot(carrier.config.url, parcel)), parcel.to)


def _by_wecom_app(carrier: Carrier, parcel: Parcel) -> Sent:
    for fresh in (False, True):
        token = _wecom_token(carrier, fresh=fresh)
        agent_id = int(carrier.config.options.get("agent_id", 0))
        status, body = carrier.post(shapes.ask_wecom_app(carrier.config.url, token, agent_id, parcel))
        if not shapes.wecom_wants_token(body):
            return shapes.read_wecom(status, body, parcel.to)
    raise NotSent("WeCom refuses a token that it has just given")


def _wecom_token(carrier: Carrier, *, fresh: bool) -> str:
    if carrier.token and not fresh and time.monotonic() < carrier.token_until_s:
        return carrier.token
    corp_id = str(carrier.config.options.get("corp_id", ""))
    _, body = carrier.line.ask("GET", shapes.wecom_token_url(carrier.config.url, corp_id, carrier.secret))
    carrier.token = shapes.wecom_token_in(body)
    carrier.token_until_s = time.monotonic() + _TOKEN_KEEP_S
    return carrier.token


def _by_apprise(carrier: Carrier, parcel: Parcel) -> Sent:
    began_s = time.monotonic()
    if not carrier.line.breaker.may_try(began_s):
        raise NotSent(LEFT_ALONE)
    try:
        sent = carry_by_apprise(carrier.secret, parcel)
    except NotSent:
        carrier.line.breaker.went_wrong(time.monotonic())
        raise
    carrier.line.breaker.went_well()
    return sent


def _by_robot(carrier: Carrier, parcel: Parcel) -> Sent:
    """To a group: the address is the group's own robot, so one that is gone says nothing of the others and has a
    breaker of its own.
    """
    breaker = carrier.robots.of(parcel.to)
    if not breaker.may_try(time.monotonic()):
        raise NotSent(LEFT_ALONE)
    try:
        sent = carry_by_apprise(parcel.to, parcel)
    except NotSent:
        breaker.went_wrong(time.monotonic())
        raise
    breaker.went_well()
    return sent


_SPEAKERS: dict[str, Callable[[Carrier, Parcel], Sent]] = {
    "sms": _by_gateway,
    "voice": _by_gateway,
    "wecom_app": _by_wecom_app,
    "wecom_robot": _by_wecom_robot,
    "group": _by_robot,
    **dict.fromkeys(shapes.BY_APPRISE, _by_apprise),
}


class Carriers:
    """The carriers of this process, made when first needed and made anew when their configuration changes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[str, Carrier] = {}

    def of(self, config: ChannelConfig) -> Carrier:
        """The carrier for a configured channel."""
        with self._lock:
            held = self._held.get(config.name)
            if held is not None and (held.config.pk, held.config.version) != (config.pk, config.version):
                held.line.close()
                held = None
            if held is None:
                held = self._held[config.name] = Carrier(config, config.secret)
            return held

    def forget(self) -> None:
        """Begin anew, with closed breakers (tests, another database)."""
        with self._lock:
            for held in self._held.values():
                held.line.close()
            self._held.clear()


CARRIERS = Carriers()
