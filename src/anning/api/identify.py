"""From a request to who is at the door (识别访问者): an API key, a session's cookie, the terminal of this machine."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import Final

from anning.accounts import model
from anning.accounts.may import LOCAL, NOBODY, Denied, Granted, Principal, may
from anning.accounts.open import Accounts
from anning.accounts.roles import Action
from anning.api.judging import Line
from anning.api.limits import Bucket
from anning.errors import NotAllowed, SignInNeeded
from anning.journal import Clock, Event

COOKIE: Final = "anning_session"
SUBSCRIBER_HEADER: Final = b"anning-subscriber"
"""What a person's app shows: the token of a number that was proved."""

CSRF_HEADER: Final = b"x-csrf-token"
TENANT_HEADER: Final = b"anning-tenant"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER: Final = b"Bearer "


class Holder:
    """A key that was shown and found in order, ready for the hot path.

    Attributes:
        lines: by a request's bytes without its number, and the place of the number in it, how it is judged.
    """

    __slots__ = ("bucket", "expires", "lines", "may_decide", "outsider", "tenant", "tenant_id", "who")

    def __init__(self, who: Principal, tenant: model.Tenant, bucket: Bucket, expires: datetime | None) -> None:
        self.who = who
        self.tenant = tenant
        self.tenant_id = tenant.id
        self.outsider = tenant.outsider
        self.bucket = bucket
        self.expires = expires
        self.lines: dict[tuple[int, bytes], Line] = {}
        self.may_decide = isinstance(may(who, Action.DECIDE, tenant.id), Granted)


class Doorkeeper:
    """Knows who shows what.

    Args:
        local_token: what the terminal of this machine shows.
    """

    def __init__(self, accounts: Accounts, local_token: str, clock: Clock) -> None:
        self._accounts = accounts
        self._local = _BEARER + local_token.encode()
        self._clock = clock
        self._holders: dict[bytes, Holder] = {}
        self._buckets: dict[str, tuple[float, int, Bucket]] = {}

    def heard(self, events: Iterable[Event], kinds: Iterable[str]) -> None:
        """Accounts changed: whoever shows a key is looked up again."""
        if any(event.kind in kinds for event in events):
            self._holders = {}

    def known(self, authorization: bytes) -> Holder | None:
        """The holder of a key that was looked up before and has not run out; asks no database."""
        holder = self._holders.get(authorization)
        if holder is not None and holder.expires is not None and holder.expires <= self._clock():
            return None
        return holder

    def look_up(self, authorization: bytes) -> Holder | None:
        """The holder of a key as shown; None when it opens nothing. Asks the database."""
        if not authorization.startswith(_BEARER):
            return None
        # Taken first: what is revoked while this looks must not be remembered afterwards.
        holders = self._holders
        key = self._accounts.key_shown(authorization[len(_BEARER) :].decode("latin-1"))
        if key is None:
            return None
        tenant = self._accounts.tenant(key.tenant)
        if tenant is None:
            return None
        holder = Holder(key.principal(), tenant, self._bucket(key), key.expires)
        holders[authorization] = holder
        return holder

    def _bucket(self, key: model.Key) -> Bucket:
        """A key keeps its bucket when accounts change: nobody refills it by making another."""
        rate, burst, bucket = self._buckets.get(key.id, (0.0, 0, Bucket(1, 1)))
        if (rate, burst) != (key.rate, key.burst):
            bucket = Bucket(key.rate, key.burst)
            self._buckets[key.id] = (key.rate, key.burst, bucket)
        return bucket

    def is_local(self, authorization: bytes) -> bool:
        """Whether it is the terminal of this machine."""
        return secrets.compare_digest(authorization, self._local)

    def identify(self, method: str, headers: dict[bytes, bytes]) -> tuple[Principal, Holder | None]:
        """Who is at the door. Asks the database; never call it from the event loop.

        Raises:
            SignInNeeded: what is shown opens nothing.
            NotAllowed: a change asked for with a cookie, without the word that only our own pages have.
        """
        authorization = headers.get(b"authorization")
        if authorization is not None:
            if self.is_local(authorization):
                return LOCAL, None
            holder = self.known(authorization) or self.look_up(authorization)
            if holder is None:
                raise SignInNeeded(
                    "接口密钥无效、已吊销或已过期",
                    "this API key opens nothing: it is unknown, revoked, or has run out",
                    thing="authorization",
                    rule="credentials",
                )
            return holder.who, holder
        token = cookie(headers.get(b"cookie", b""), COOKIE)
        if not token:
            return NOBODY, None
        found = self._accounts.signing_in.principal(token)
        if found is None:
            return NOBODY, None
        who, csrf = found
        if method not in SAFE_METHODS and not secrets.compare_digest(headers.get(CSRF_HEADER, b""), csrf.encode()):
            raise NotAllowed(
                "缺少防伪标记，请从本站页面操作",
                "the word that only our own pages have is missing: act from our own pages",
                thing="csrf",
                field="X-CSRF-Token",
                rule="csrf",
            )
        return who, None


def require(who: Principal, action: Action, tenant: str) -> None:
    """Nothing, when it may be done.

    Raises:
        SignInNeeded: nobody is signed in.
        NotAllowed: whoever it is may not.
    """
    leave = may(who, action, tenant)
    if isinstance(leave, Denied):
        kind = SignInNeeded if leave.rule in ("sign-in", "second-factor") else NotAllowed
        raise kind(
            leave.zh, leave.en, thing=action.value, field="tenant" if leave.rule == "tenant" else "", rule=leave.rule
        )


def cookie(header: bytes, name: str) -> str:
    """A cookie's value, empty when there is none."""
    try:
        found = SimpleCookie(header.decode("latin-1")).get(name)
    except CookieError:
        return ""
    return "" if found is None else found.value
