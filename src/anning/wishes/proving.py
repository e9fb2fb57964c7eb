"""A person proves a number with a one-time code and is known for half an hour (一次性验证码与用户会话).

Whether the number is in any register changes nothing of what is answered here, nor how often: there is nothing to be
learnt about a number by asking for its code.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

import msgspec

from anning.accounts.tokens import hashed, new_token
from anning.errors import InvalidNumber, SignInNeeded, TooMany
from anning.journal import Clock, Connection
from anning.journal.envelope import to_microseconds
from anning.numbers import SUBSCRIBERS, require
from anning.outbox import Outbox
from anning.state import Seal, State
from anning.wishes import asking
from anning.wishes.tables import QUERIES

DIGITS: Final = 6
CODE_LASTS: Final = timedelta(minutes=5)
TRIES: Final = 5
SESSION_LASTS: Final = timedelta(minutes=30)
_ABOUT: Final = "subscriber"


class Proved(msgspec.Struct, frozen=True):
    """A number proved: the token is shown once and opens until `expires`."""

    token: str
    expires: datetime


def subscriber_number(text: str) -> str:
    """A subscriber's number in E.164.

    Raises:
        InvalidNumber: it is none, or a code.
    """
    parsed = require(text)
    if parsed.kind not in SUBSCRIBERS:
        raise InvalidNumber(
            "这是码号，不是用户号码",
            "this is a code, not a subscriber's number",
            thing=text[:40],
            field="number",
            rule="subscriber-number",
        )
    return parsed.number


class Proving:
    """One-time codes and the sessions they open.

    Args:
        name: what the registry calls itself, its SMS signature.
    """

    def __init__(self, state: State, seal: Seal, outbox: Outbox, clock: Clock, name: str) -> None:
        self._state = state
        self._seal = seal
        self._outbox = outbox
        self._clock = clock
        self._name = name

    def mark(self, number: str) -> bytes:
        """The keyed mark under which the running state knows a number."""
        return self._seal.mark(number, _ABOUT)

    def send_code(self, number: str, tenant: str) -> timedelta:
        """Send a fresh code to a number; how long it opens.

        Args:
            number: E.164.
            tenant: whose gateway sends it.

        Raises:
            TooMany: too many were sent to this number; it says when to come again.
        """
        now, mark = self._clock(), self.mark(number)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        with self._state.write() as connection:
            waiting = asking.waits(connection, mark, "one-time-code", asking.CODES, now)
            if waiting:
                raise asking.too_often(waiting)
            asking.note(connection, mark, "one-time-code", now)
            QUERIES.change(
                connection,
                "keep_code",
                number=mark,
                code=self._seal.mark(code, f"code:{mark.hex()}"),
                expires=to_microseconds(now + CODE_LASTS),
            )
            text = (
                f"【{self._name}】您的验证码是{code}，{CODE_LASTS.seconds // 60}分钟内有效，"
                "用于查看和登记您的来电与短信意愿。请勿告诉任何人。"
            )
            self._outbox.put_with(connection, number, text, "one-time-code", tenant=tenant, lasting=CODE_LASTS)
        return CODE_LASTS

    def prove(self, number: str, code: str) -> Proved:
        """Show the code that was sent; a session.

        Raises:
            SignInNeeded: it is not the code sent last, it ran out, or it was used.
            TooMany: too many wrong codes were shown; a fresh one must be asked for.
        """
        now, mark = self._clock(), self.mark(number)
        shown = self._seal.mark(code.strip(), f"code:{mark.hex()}")
        with self._state.write() as connection:
            row = QUERIES.row(connection, "code_of", number=mark, now=to_microseconds(now))
            if row is not None and int(row[1]) >= TRIES:
                worn = True
            else:
                worn = False
                if row is not None and hmac.compare_digest(bytes(row[0]), shown):
                    QUERIES.change(connection, "code_used", number=mark)
                    return self._begin(connection, number, now)
                QUERIES.change(connection, "code_tried", number=mark)
        if worn:
            raise TooMany(
                "错误次数过多，请重新获取验证码",
                "too many wrong codes: ask for a new one",
                thing="code",
                field="code",
                rule="code-tries",
                retry_after=60,
            )
        raise SignInNeeded(
            "验证码不对、已用过或已过期，请核对或重新获取",
            "this is not the code that was sent, or it was used or ran out: look again, or ask for a new one",
            thing="code",
            field="code",
            rule="one-time-code",
        )

    def number_of(self, token: str) -> str:
        """Whose session it is, E.164.

        Raises:
            SignInNeeded: it is nobody's, or over.
        """
        with self._state.read() as connection:
            row = QUERIES.row(connection, "subscriber_session", token=hashed(token), now=to_microseconds(self._clock()))
        if row is None:
            raise SignInNeeded(
                "请先用短信验证码证明这是您的号码",
                "first prove that this is your number, with a code by SMS",
                thing="subscriber",
                rule="one-time-code",
            )
        return self._seal.open(bytes(row[0]), _ABOUT).decode()

    def end(self, token: str) -> None:
        """The session is over."""
        with self._state.write() as connection:
            QUERIES.change(connection, "end_subscriber_session", token=hashed(token))

    def sweep(self) -> None:
        """Forget what ran out."""
        now = self._clock()
        with self._state.write() as connection:
            for statement in ("sweep_codes", "sweep_subscriber_sessions", "sweep_dialogues"):
                QUERIES.change(connection, statement, now=to_microseconds(now))
            QUERIES.change(connection, "sweep_asked", before=to_microseconds(now - asking.LOOKS_BACK))

    def _begin(self, connection: Connection, number: str, now: datetime) -> Proved:
        proved = Proved(new_token(), now + SESSION_LASTS)
        QUERIES.change(
            connection,
            "begin_subscriber_session",
            token=hashed(proved.token),
            sealed=self._seal.close(number.encode(), _ABOUT),
            expires=to_microseconds(proved.expires),
        )
        return proved
