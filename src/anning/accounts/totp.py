"""The second factor: one-time codes of an authenticator app (TOTP, RFC 6238; 动态口令)."""

from __future__ import annotations

from typing import Final

import pyotp

from anning.accounts.view import QUERIES
from anning.journal import Clock
from anning.state import Seal, State

STEP: Final = 30
_ISSUER: Final = "Anning"


class Totp:
    """Everybody's second factors, sealed."""

    def __init__(self, state: State, seal: Seal, clock: Clock) -> None:
        self._state = state
        self._seal = seal
        self._clock = clock

    def begin(self, person: str) -> str:
        """A new secret, as the ``otpauth://`` address that an app scans; it counts from its first right code on."""
        secret = pyotp.random_base32()
        sealed = self._seal.close(secret.encode(), f"totp:{person}")
        with self._state.write() as connection:
            QUERIES.change(connection, "keep_totp", person=person, sealed=sealed)
        return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=person, issuer_name=_ISSUER)

    def is_confirmed(self, person: str) -> bool:
        """Whether the person's sign-in asks for one."""
        with self._state.read() as connection:
            row = QUERIES.row(connection, "totp", person=person)
        return row is not None and bool(row[1])

    def accepts(self, person: str, code: str) -> bool:
        """Whether it is the code of now, a step before or after, and was not used; it confirms and is used up."""
        with self._state.read() as connection:
            row = QUERIES.row(connection, "totp", person=person)
        if row is None:
            return False
        totp = pyotp.TOTP(self._seal.open(bytes(row[0]), f"totp:{person}").decode(), interval=STEP)
        step = int(self._clock().timestamp()) // STEP
        given = code.strip().replace(" ", "")
        for each in (step, step - 1, step + 1):
            if pyotp.utils.strings_equal(given, totp.generate_otp(each)):
                with self._state.write() as connection:
                    return QUERIES.change(connection, "use_totp_step", person=person, step=each) > 0
        return False

    def forget(self, person: str) -> None:
        """No second factor any more."""
        with self._state.write() as connection:
            QUERIES.change(connection, "forget_totp", person=person)
