"""Sign-in with an outside identity (OpenID Connect; 外部身份): authorization code with PKCE, as Authlib speaks it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import httpx2
import msgspec
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from anning.accounts.tokens import hashed, new_token
from anning.accounts.view import QUERIES
from anning.errors import SignInNeeded, Unavailable
from anning.journal import Clock
from anning.journal.envelope import to_microseconds
from anning.state import State

_LASTING: Final = timedelta(minutes=10)
_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Signatures with a public key only; never a shared secret, never none."""


class Asked(msgspec.Struct, frozen=True):
    """Where the browser goes; `state` comes back with it and is kept in a cookie, so that it is the same browser."""

    url: str
    state: str


class _Waiting(msgspec.Struct, frozen=True):
    verifier: str
    nonce: str
    redirect: str


class OutsideIdentities:
    """One outside provider, found by its issuer. Nobody is let in who was not tied to a person before.

    Args:
        issuer, client_id, client_secret: as the provider gave them.
    """

    def __init__(self, state: State, clock: Clock, *, issuer: str, client_id: str, client_secret: str) -> None:
        self._state = state
        self._clock = clock
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._known: dict[str, Any] | None = None

    @property
    def offered(self) -> bool:
        """Whether there is a provider."""
        return bool(self._issuer)

    def begin(self, redirect: str, person: str = "") -> Asked:
        """Send a browser to the provider.

        Args:
            redirect: where the provider sends it back to.
            person: who wants to tie the identity; empty to sign in with it.

        Raises:
            Unavailable: the provider is away.
        """
        verifier, nonce = new_token(), new_token()
        with self._client(redirect) as client:
            url, state = client.create_authorization_url(
                self._provider()["authorization_endpoint"], code_verifier=verifier, nonce=nonce
            )
        now = self._clock()
        with self._state.write() as connection:
            QUERIES.change(
                connection,
                "keep_challenge",
                hash=hashed(state),
                purpose="oidc",
                person=person,
                payload=msgspec.json.encode(_Waiting(verifier, nonce, redirect)),
                expires=to_microseconds(now + _LASTING),
            )
        return Asked(str(url), str(state))

    def finish(self, state: str, code: str) -> tuple[str, str]:
        """The browser is back: the subject, and who wanted to tie it.

        Raises:
            SignInNeeded: nobody was sent, or the provider does not vouch for it.
            Unavailable: the provider is away.
        """
        now = to_microseconds(self._clock())
        with self._state.write() as connection:
            row = QUERIES.row(connection, "challenge", hash=hashed(state), purpose="oidc", now=now)
            QUERIES.change(connection, "forget_challenge", hash=hashed(state), now=now)
        if row is None:
            raise _refused()
        person, waiting = row[0], msgspec.json.decode(bytes(row[1]), type=_Waiting)
        provider = self._provider()
        try:
            with self._client(waiting.redirect) as client:
                token = client.fetch_token(provider["token_endpoint"], code=code, code_verifier=waiting.verifier)
            return self._subject(str(token["id_token"]), waiting.nonce), str(person)
        except (OAuthError, JoseError, KeyError, ValueError) as error:
            raise _refused() from error
        except httpx2.HTTPError as error:
            raise _away() from error

    def person_of(self, subject: str) -> str:
        """Whose the identity is.

        Raises:
            SignInNeeded: nobody's here.
        """
        with self._state.read() as connection:
            person = QUERIES.value(connection, "person_of_identity", issuer=self._issuer, subject=subject)
        if person is None:
            raise SignInNeeded(
                "这个外部身份没有与任何人绑定，请先登录后绑定",
                "this outside identity is tied to nobody: sign in and tie it first",
                thing="oidc",
                rule="credentials",
            )
        return str(person)

    def tie(self, person: str, subject: str) -> bool:
        """The identity is this person's; False when it is somebody else's."""
        with self._state.write() as connection:
            QUERIES.change(connection, "tie_identity", issuer=self._issuer, subject=subject, person=person)
            return bool(QUERIES.value(connection, "person_of_identity", issuer=self._issuer, subject=subject) == person)

    def untie(self, person: str) -> None:
        """None of the person's identities opens anything any more."""
        with self._state.write() as connection:
            QUERIES.change(connection, "forget_identities", person=person)

    def _client(self, redirect: str) -> Any:
        return OAuth2Client(
            self._client_id,
            self._client_secret,
            scope="openid",
            redirect_uri=redirect,
            code_challenge_method="S256",
            timeout=10,
        )

    def _provider(self) -> dict[str, Any]:
        """What the provider says of itself, asked once."""
        if self._known is None:
            told = self._get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if str(told.get("issuer", "")).rstrip("/") != self._issuer.rstrip("/"):
                raise _away()
            self._known = told
        return self._known

    def _subject(self, id_token: str, nonce: str) -> str:
        keys = KeySet.import_key_set(self._get(self._provider()["jwks_uri"]))  # type: ignore[arg-type]
        claims = jwt.decode(id_token, keys, algorithms=_ALGORITHMS).claims
        rules = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock().timestamp()),
            leeway=60,
            iss={"essential": True, "value": self._provider()["issuer"]},
            aud={"essential": True, "value": self._client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            sub={"essential": True},
        )
        rules.validate(claims)
        return str(claims["sub"])

    def _get(self, url: str) -> dict[str, Any]:
        try:
            answer = httpx2.get(url, timeout=10)
            answer.raise_for_status()
            told: dict[str, Any] = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise _away() from error
        return told


def _refused() -> SignInNeeded:
    return SignInNeeded(
        "外部登录未完成，请重试",
        "the outside sign-in did not come to its end: try again",
        thing="oidc",
        rule="credentials",
    )


def _away() -> Unavailable:
    return Unavailable(
        "外部身份提供方暂不可用", "the outside identity provider is away", thing="oidc", rule="identity-provider"
    )
