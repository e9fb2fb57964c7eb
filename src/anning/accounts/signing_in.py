"""How a person comes in: by password and second factor, by passkey, by an outside identity (登录)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from anning.accounts import model, passwords
from anning.accounts.may import Principal
from anning.accounts.sessions import Begun, Sessions
from anning.accounts.totp import Totp
from anning.accounts.view import QUERIES
from anning.errors import SignInNeeded, TooMany
from anning.journal import Clock, Store
from anning.journal.envelope import to_microseconds
from anning.state import State

MOST_ATTEMPTS: Final = 10
WINDOW: Final = timedelta(minutes=15)


class SigningIn:
    """The door for people. Whatever is wrong, the answer is the same: nobody learns which names exist."""

    def __init__(self, store: Store, state: State, sessions: Sessions, totp: Totp, clock: Clock) -> None:
        self._store = store
        self._state = state
        self._sessions = sessions
        self._totp = totp
        self._clock = clock

    def by_password(self, name: str, password: str, agent: str = "") -> Begun:
        """A session; a half one when the person has a second factor.

        Raises:
            SignInNeeded: the name or the password is not right.
            TooMany: too many failed lately.
        """
        name = name.strip().lower()
        self._must_not_be_hammered(name)
        with self._state.read() as connection:
            kept = QUERIES.value(connection, "password_hash", person=name)
        right = passwords.matches(password, kept)
        if not right or not self.is_enabled(name):
            self._note_failure(name)
            raise _wrong()
        self._forgive(name)
        if kept is not None and passwords.is_outdated(kept):
            self.keep_password(name, password)
        return self._sessions.begin(name, "password", half=self._totp.is_confirmed(name), agent=agent)

    def by_second_factor(self, who: Principal, code: str, agent: str = "") -> Begun:
        """The whole session, in place of the half one.

        Raises:
            SignInNeeded: the code is not right, or was used.
            TooMany: too many failed lately.
        """
        self._must_not_be_hammered(who.id)
        if not self._totp.accepts(who.id, code):
            self._note_failure(who.id)
            raise _wrong()
        self._forgive(who.id)
        self._sessions.end(who.id, who.session)
        return self._sessions.begin(who.id, "password totp", half=False, agent=agent)

    def by(self, what: str, person: str, agent: str = "") -> Begun:
        """A session for a person already recognised, by a passkey or an outside identity.

        Raises:
            SignInNeeded: the person may not come in any more.
        """
        if not self.is_enabled(person):
            raise _wrong()
        return self._sessions.begin(person, what, half=False, agent=agent)

    def principal(self, token: str) -> tuple[Principal, str] | None:
        """Who a session's token is, and the word that changes must bring along (CSRF); None when it opens nothing."""
        session = self._sessions.find(token)
        if session is None:
            return None
        with self._store.read() as connection:
            person = model.person(connection, session.person)
            if person is None or not person.enabled:
                return None
            home = model.tenant(connection, person.home)
            if home is None or home.closed:
                return None
            roles = model.roles(connection, person.id)
        who = Principal(
            kind="person", id=person.id, tenant=person.home, roles=roles, half=session.half, session=session.id
        )
        return who, session.csrf

    def is_enabled(self, name: str) -> bool:
        """Whether the person may come in at all."""
        with self._store.read() as connection:
            person = model.person(connection, name)
            home = None if person is None else model.tenant(connection, person.home)
        return person is not None and person.enabled and home is not None and not home.closed

    def keep_password(self, person: str, password: str) -> None:
        """Hash it and keep the hash; invitations are used up."""
        now = to_microseconds(self._clock())
        hashed = passwords.hash_of(password)
        with self._state.write() as connection:
            QUERIES.change(connection, "set_password", person=person, hash=hashed, at=now)
            QUERIES.change(connection, "forget_invitations", person=person, now=now)

    def has_password(self, person: str, password: str) -> bool:
        """Whether it is the person's."""
        with self._state.read() as connection:
            return passwords.matches(password, QUERIES.value(connection, "password_hash", person=person))

    def _must_not_be_hammered(self, name: str) -> None:
        since = to_microseconds(self._clock() - WINDOW)
        with self._state.read() as connection:
            failed = QUERIES.value(connection, "attempts", name=name, since=since)
        if failed >= MOST_ATTEMPTS:
            raise TooMany(
                "登录失败次数过多，请稍后再试",
                "too many sign-ins failed: try again later",
                thing="sign-in",
                rule="attempts",
                retry_after=WINDOW.total_seconds(),
            )

    def _note_failure(self, name: str) -> None:
        with self._state.write() as connection:
            QUERIES.change(connection, "note_attempt", name=name[:64], now=to_microseconds(self._clock()))

    def _forgive(self, name: str) -> None:
        before = to_microseconds(self._clock() - 4 * WINDOW)
        with self._state.write() as connection:
            QUERIES.change(connection, "forget_attempts", name=name, before=before)


def _wrong() -> SignInNeeded:
    return SignInNeeded(
        "登录名、口令或验证码不对",
        "the name, password or code is not right",
        thing="sign-in",
        rule="credentials",
    )
