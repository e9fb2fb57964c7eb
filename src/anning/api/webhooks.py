"""Webhooks (事件推送): a tenant is told, over HTTP, what happened to what is its own. Signed, retried, once each.

What is to be told lies in a durable queue under an id that is the same whenever it is told again, so a receiver that
keeps ids hears everything once. Signatures are those of Standard Webhooks: HMAC-SHA256 over ``id.timestamp.body``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias, get_args
from urllib.parse import urlsplit

import httpx2
import msgspec
import structlog

from anning.accounts import model
from anning.api.tables import QUERIES
from anning.errors import InvalidInput, NotFound
from anning.journal import Clock, Connection, Event, Store
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.law.instrument import SHANGHAI
from anning.logs import warn
from anning.registers import events as reg
from anning.registers.events import event_of, kind_of_type
from anning.registers.serving import operator_of
from anning.state import Seal, State

Told: TypeAlias = Literal["decision.held", "hold.changed", "consent.withdrawn", "number.ported", "due.near", "ping"]
TOLD: Final = get_args(Told)

BACKOFF: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 10_800, 21_600, 43_200, 86_400)
)
"""How long it waits after each try that failed; after the last it is given up."""

DUE_DAYS: Final = (1, 7, 30)
PREFIX: Final = "whsec_"
TIMEOUT: Final = 10.0
AT_ONCE: Final = 8
PAGE: Final = 200
_FED: Final = frozenset({kind_of_type(reg.ConsentWithdrawn), kind_of_type(reg.NumberPorted)})

_log = structlog.get_logger(__name__)
_encode = msgspec.json.Encoder().encode


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """Where a tenant wants to be told of which events."""

    id: str
    tenant: str
    url: str
    events: tuple[str, ...]
    enabled: bool
    at: datetime


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Something told, or to be told.

    Attributes:
        state: waiting, delivered, failed.
        tries, status, answer: how often it was tried, and what came back last.
        due: when it is tried next.
    """

    id: str
    webhook: str
    event: str
    at: datetime
    due: datetime
    tries: int
    state: str
    status: int
    answer: str


class Webhooks:
    """All webhooks of an installation and their queue.

    Args:
        to_private: whether addresses within the own network may be told.
    """

    def __init__(self, state: State, store: Store, seal: Seal, clock: Clock, *, to_private: bool) -> None:
        self._state = state
        self._store = store
        self._seal = seal
        self._clock = clock
        self._to_private = to_private

    def register(self, tenant: str, url: str, events: Iterable[str]) -> tuple[Webhook, str]:
        """A webhook and the secret its receiver checks signatures with, shown this once.

        Raises:
            InvalidInput: the address is none that may be told, or an event is none.
        """
        chosen = tuple(sorted(set(events)))
        unknown = [each for each in chosen if each not in TOLD]
        if unknown or not chosen:
            allowed = ", ".join(TOLD)
            raise InvalidInput(
                f"事件须在 {allowed} 之中",
                f"events are among {allowed}",
                thing=", ".join(unknown),
                field="events",
                rule="allowed-value",
            )
        must_be_told(url, to_private=self._to_private)
        id, secret = secrets.token_hex(8), secrets.token_bytes(32)
        with self._state.write() as connection:
            QUERIES.change(
                connection,
                "keep_webhook",
                id=id,
                tenant=tenant,
                url=url,
                events=msgspec.json.encode(chosen).decode(),
                sealed=self._seal.close(secret, f"webhook:{id}"),
                at=to_microseconds(self._clock()),
            )
        return self.one(id, tenant), PREFIX + base64.b64encode(secret).decode()

    def one(self, id: str, tenant: str) -> Webhook:
        """One webhook.

        Raises:
            NotFound: the tenant has none of that id.
        """
        with self._state.read() as connection:
            row = QUERIES.row(connection, "webhook", id=id)
        if row is None or row[1] != tenant:
            raise NotFound("没有这个推送地址", "there is no such webhook", thing=id, field="id")
        return _webhook(row)

    def of(self, tenant: str) -> list[Webhook]:
        """A tenant's."""
        with self._state.read() as connection:
            return [_webhook(row) for row in QUERIES.rows(connection, "webhooks_of_tenant", tenant=tenant)]

    def forget(self, webhook: Webhook) -> None:
        """Nobody is told there any more."""
        with self._state.write() as connection:
            QUERIES.change(connection, "forget_webhook", id=webhook.id)
            QUERIES.change(connection, "forget_deliveries", webhook=webhook.id)

    def deliveries(self, webhook: Webhook, count: int) -> list[Delivery]:
        """What was told there, the latest first."""
        with self._state.read() as connection:
            rows = QUERIES.rows(connection, "deliveries_of_webhook", webhook=webhook.id, count=count)
        return [
            Delivery(
                id=id,
                webhook=hook,
                event=event,
                at=from_microseconds(at),
                due=from_microseconds(due),
                tries=tries,
                state=state,
                status=status,
                answer=answer,
            )
            for id, hook, event, at, due, tries, state, status, answer in rows
        ]

    def retry(self, webhook: Webhook, delivery: str) -> None:
        """Try it again now.

        Raises:
            NotFound: there is no such delivery.
        """
        now = to_microseconds(self._clock())
        with self._state.write() as connection:
            if not QUERIES.change(connection, "retry_delivery", id=delivery, webhook=webhook.id, now=now):
                raise NotFound("没有这条推送", "there is no such delivery", thing=delivery, field="delivery")

    # --- the queue ----------------------------------------------------------------------------------------------

    def tell(self, told: Told, id: str, tenant: str, data: dict[str, Any], *, to: str = "") -> None:
        """Queue something for the tenant's webhooks that want to hear of it; the same id once only.

        Args:
            to: for this webhook alone, whatever it wants to hear of.
        """
        with self._state.write() as connection:
            queue(connection, told, id, tenant, data, self._clock(), to=to)

    def feed(self) -> int:
        """Queue what the journal says since last time; how many events were read."""
        with self._state.read() as connection:
            row = QUERIES.row(connection, "feed")
            listening = {hook.tenant for hook in map(_webhook, QUERIES.rows(connection, "webhooks"))}
        after = row[1] if row is not None and row[0] == self._store.log_id else None
        if after is None:
            # What was said before there were webhooks is nobody's news.
            self._keep_feed(self._store.head().position)
            return 0
        events = list(self._store.events(after, PAGE))
        if not events:
            return 0
        with self._state.write() as connection:
            if listening:
                for event in events:
                    if event.kind in _FED and not event.erased:
                        self._queue_event(connection, event, listening)
            QUERIES.change(connection, "keep_feed", log_id=self._store.log_id, position=events[-1].position)
        return len(events)

    def _queue_event(self, connection: Connection, event: Event, listening: set[str]) -> None:
        said = event_of(event.kind, event.payload)
        if isinstance(said, reg.NumberPorted):
            self._queue_port(connection, event, said, listening)
            return
        assert isinstance(said, reg.ConsentWithdrawn)
        data = {
            "number": said.number,
            "to": said.to,
            "channel": said.channel,
            "door": said.door,
            "at": event.at,
            "position": f"{event.log_id}:{event.position}",
        }
        for tenant in sorted(listening):
            if self._hears(tenant, event, said.to):
                queue(
                    connection,
                    "consent.withdrawn",
                    f"{event.log_id}-{event.position}",
                    tenant,
                    data,
                    self._clock(),
                )

    def _queue_port(self, connection: Connection, event: Event, said: reg.NumberPorted, listening: set[str]) -> None:
        """The operator that loses a number is told, and so is the one that gains it."""
        with self._store.read() as registers:
            lost_by = operator_of(registers, said.number, event.at - timedelta(microseconds=1))
        place = f"{event.log_id}:{event.position}"
        data = {"number": said.number, "to": said.to, "lost_by": lost_by, "at": event.at, "position": place}
        for tenant in sorted(listening & {lost_by, said.to}):
            queue(connection, "number.ported", f"{event.log_id}-{event.position}", tenant, data, self._clock())

    def _hears(self, tenant: str, event: Event, organisation: str) -> bool:
        """A sender hears what is said to its organisations; others what was said in their own registers."""
        with self._store.read() as connection:
            found = model.tenant(connection, tenant)
        if found is None or found.closed:
            return False
        if found.tenant_kind == "sender":
            return organisation in found.organisations
        return event.tenant == tenant or found.tenant_kind == "registry"

    def _keep_feed(self, position: int) -> None:
        with self._state.write() as connection:
            QUERIES.change(connection, "keep_feed", log_id=self._store.log_id, position=position)

    def deliver(self, pool: ThreadPoolExecutor) -> int:
        """Tell what is due now; how many were tried."""
        now = to_microseconds(self._clock())
        with self._state.read() as connection:
            rows = QUERIES.rows(connection, "deliveries_due", now=now, count=PAGE)
        list(pool.map(lambda row: self._try(*row), rows))
        return len(rows)

    def _try(self, id: str, webhook: str, event: str, body: bytes, tries: int, url: str, sealed: bytes) -> None:
        body, now = bytes(body), self._clock()
        secret = self._seal.open(bytes(sealed), f"webhook:{webhook}")
        stamp = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Anning-Webhooks",
            "webhook-id": id,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(secret, id, stamp, body),
            "anning-event": event,
        }
        status, answer = 0, ""
        try:
            must_be_told(url, to_private=self._to_private)
            sent = httpx2.post(url, content=body, headers=headers, timeout=TIMEOUT, follow_redirects=False)
            status, answer = sent.status_code, sent.text[:200]
        except httpx2.HTTPError as error:
            answer = type(error).__name__
        except InvalidInput as error:
            answer = error.en
        self._note(id, webhook, tries, status, answer, now)

    def _note(self, id: str, webhook: str, tries: int, status: int, answer: str, now: datetime) -> None:
        delivered = 200 <= status < 300
        given_up = not delivered and tries >= len(BACKOFF)
        state = "delivered" if delivered else "failed" if given_up else "waiting"
        wait = BACKOFF[min(tries, len(BACKOFF) - 1)]
        with self._state.write() as connection:
            QUERIES.change(
                connection,
                "delivered",
                id=id,
                webhook=webhook,
                state=state,
                status=status,
                answer=answer,
                due=to_microseconds(now if delivered else now + wait),
            )
        if not delivered:
            warn(_log, "webhook-not-delivered", webhook=webhook, status=status, state=state, tries=tries + 1)

    def sweep(self, before: datetime) -> None:
        """Forget what was told long ago."""
        with self._state.write() as connection:
            QUERIES.change(connection, "sweep_deliveries", before=to_microseconds(before))


def queue(
    connection: Connection,
    told: Told,
    id: str,
    tenant: str,
    data: dict[str, Any],
    at: datetime,
    *,
    to: str = "",
) -> None:
    """Queue something within a transaction of the state."""
    body = _encode({"id": id, "type": told, "at": at, "tenant": tenant, "data": data})
    for hook in map(_webhook, QUERIES.rows(connection, "webhooks_of_tenant", tenant=tenant)):
        if hook.enabled and (hook.id == to if to else told in hook.events):
            QUERIES.change(
                connection,
                "queue_delivery",
                id=id,
                webhook=hook.id,
                tenant=tenant,
                event=told,
                body=body,
                at=to_microseconds(at),
            )


def sign(secret: bytes, id: str, stamp: str, body: bytes) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body`` (Standard Webhooks)."""
    digest = hmac.digest(secret, f"{id}.{stamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


def must_be_told(url: str, *, to_private: bool, resolve: Callable[[str], Iterable[str]] | None = None) -> None:
    """Nothing, when the address is one that may be told: https, and nowhere within the own network.

    Raises:
        InvalidInput: it may not.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in (("https", "http") if to_private else ("https",)) or not host or parts.username:
        raise _not_told(url, "须为 https 网址", "it is an https address")
    if to_private:
        return
    try:
        addresses = list((resolve or _resolve)(host))
    except OSError:
        raise _not_told(url, "域名解析不了", "its host cannot be resolved") from None
    if not addresses or any(not ipaddress.ip_address(each).is_global for each in addresses):
        raise _not_told(url, "不得指向内部网络", "it must not lie within the own network")


def _resolve(host: str) -> Iterable[str]:
    return {str(found[4][0]).partition("%")[0] for found in socket.getaddrinfo(host, None)}


def _not_told(url: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(f"推送地址{zh}", f"a webhook's address: {en}", thing=url[:200], field="url", rule="webhook-url")


def licences_near(connection: Connection, today: date, days: int) -> list[dict[str, Any]]:
    """Licences in force that end within so many days, the nearest first."""
    latest: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    for holder, kind, licence_class, until, state in QUERIES.rows(connection, "licences_recorded"):
        latest[holder, kind, licence_class] = (until, state)
    near = [
        {
            "what": "licence",
            "organisation": holder,
            "kind": kind,
            "class": licence_class,
            "due": until,
            "days": (date.fromisoformat(until) - today).days,
        }
        for (holder, kind, licence_class), (until, state) in latest.items()
        if state == "valid" and 0 <= (date.fromisoformat(until) - today).days <= days
    ]
    return sorted(near, key=lambda each: (each["due"], each["organisation"]))


def tell_due(webhooks: Webhooks, store: Store, now: datetime) -> None:
    """Tell tenants of what ends within thirty days, within seven, and tomorrow: each once."""
    today = now.astimezone(SHANGHAI).date()
    with store.read() as connection:
        near = licences_near(connection, today, max(DUE_DAYS))
        tenants = [each for each in model.tenants(connection) if not each.closed]
    for each in near:
        step = min(days for days in DUE_DAYS if each["days"] <= days)
        for tenant in tenants:
            if tenant.speaks_for(each["organisation"]):
                id = f"due-{each['organisation']}-{each['kind']}-{each['class']}-{each['due']}-{step}"
                webhooks.tell("due.near", id, tenant.id, each)


def _webhook(row: tuple[Any, ...]) -> Webhook:
    id, tenant, url, events, _, enabled, at = row
    return Webhook(
        id=id,
        tenant=tenant,
        url=url,
        events=tuple(msgspec.json.decode(events, type=list[str])),
        enabled=bool(enabled),
        at=from_microseconds(at),
    )
