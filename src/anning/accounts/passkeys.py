"""Passkeys (WebAuthn; 通行密钥): signing in with what a phone or computer holds, without a password."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from anning.accounts.tokens import hashed
from anning.accounts.view import QUERIES
from anning.errors import InvalidInput, SignInNeeded
from anning.journal import Clock
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.state import State

_LASTING: Final = timedelta(minutes=5)


class Asked(msgspec.Struct, frozen=True):
    """What a browser is asked, as WebAuthn's JSON; the answer comes back under `id`."""

    id: str
    options: dict[str, Any]


class Passkey(msgspec.Struct, frozen=True):
    """One of a person's passkeys."""

    id: str
    label: str
    at: datetime


class Passkeys:
    """Everybody's passkeys. What each is bound to is the host of the pages (RP ID)."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def begin_registration(self, person: str, name: str, origin: str) -> Asked:
        """Ask a browser for a new passkey of a person."""
        options = webauthn.generate_registration_options(
            rp_id=_host(origin),
            rp_name="Anning 安宁",
            user_id=person.encode(),
            user_name=person,
            user_display_name=name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id)) for each in self.of(person)
            ],
        )
        return self._asked("register", person, options.challenge, msgspec.json.decode(options_to_json(options)))

    def register(self, person: str, asked: str, answer: dict[str, Any], label: str, origin: str) -> None:
        """Keep the passkey that a browser made.

        Raises:
            InvalidInput: it is no answer to what was asked.
        """
        _, challenge = self._challenge(asked, "register", person)
        try:
            made = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=_host(origin),
                expected_origin=origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise _refused() from error
        with self._state.write() as connection:
            QUERIES.change(
                connection,
                "keep_passkey",
                id=made.credential_id,
                person=person,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                label=label,
                at=to_microseconds(self._clock()),
            )

    def begin_sign_in(self, origin: str) -> Asked:
        """Ask a browser for any passkey of this host."""
        options = webauthn.generate_authentication_options(
            rp_id=_host(origin), user_verification=UserVerificationRequirement.REQUIRED
        )
        return self._asked("sign-in", "", options.challenge, msgspec.json.decode(options_to_json(options)))

    def recognise(self, asked: str, answer: dict[str, Any], origin: str) -> str:
        """Whose passkey signed what was asked.

        Raises:
            SignInNeeded: none that is known did.
        """
        try:
            _, challenge = self._challenge(asked, "sign-in", "")
            credential = base64url_to_bytes(str(answer.get("id", "")))
            with self._state.read() as connection:
                row = QUERIES.row(connection, "passkey", id=credential)
            if row is None:
                raise _refused()
            person, public_key, sign_count, _ = row
            shown = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=_host(origin),
                expected_origin=origin,
                credential_public_key=bytes(public_key),
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, InvalidInput, ValueError, KeyError, TypeError) as error:
            raise SignInNeeded(
                "通行密钥未被认可", "the passkey was not recognised", thing="passkey", rule="credentials"
            ) from error
        with self._state.write() as connection:
            QUERIES.change(connection, "passkey_used", id=credential, sign_count=shown.new_sign_count)
        return str(person)

    def of(self, person: str) -> list[Passkey]:
        """A person's passkeys."""
        with self._state.read() as connection:
            rows = QUERIES.rows(connection, "passkeys_of_person", person=person)
        return [
            Passkey(webauthn.helpers.bytes_to_base64url(bytes(id)), label, from_microseconds(at))
            for id, label, at in rows
        ]

    def forget(self, person: str, id: str) -> bool:
        """It opens nothing any more; False when it is none of the person's."""
        try:
            credential = base64url_to_bytes(id)
        except ValueError:
            return False
        with self._state.write() as connection:
            return QUERIES.change(connection, "forget_passkey", id=credential, person=person) > 0

    def _asked(self, purpose: str, person: str, challenge: bytes, options: dict[str, Any]) -> Asked:
        id, now = secrets.token_urlsafe(16), self._clock()
        with self._state.write() as connection:
            QUERIES.change(connection, "forget_challenge", hash=hashed(id), now=to_microseconds(now))
            QUERIES.change(
                connection,
                "keep_challenge",
                hash=hashed(id),
                purpose=purpose,
                person=person,
                payload=challenge,
                expires=to_microseconds(now + _LASTING),
            )
        return Asked(id, options)

    def _challenge(self, id: str, purpose: str, person: str) -> tuple[str, bytes]:
        """What was asked under an id; it can be answered once.

        Raises:
            InvalidInput: nothing was asked, or it has run out.
        """
        now = to_microseconds(self._clock())
        with self._state.write() as connection:
            row = QUERIES.row(connection, "challenge", hash=hashed(id), purpose=purpose, now=now)
            QUERIES.change(connection, "forget_challenge", hash=hashed(id), now=now)
        if row is None or row[0] != person:
            raise _refused()
        return row[0], bytes(row[1])


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _refused() -> InvalidInput:
    return InvalidInput(
        "通行密钥的应答不符，或已过期，请重试",
        "the passkey's answer does not fit what was asked, or came too late: try again",
        thing="passkey",
        field="answer",
        rule="passkey",
    )
