"""Passwords, second factors, passkeys, outside identities; sessions that end (登录)."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import struct
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

from anning.accounts.signing_in import MOST_ATTEMPTS
from api_server import PASSWORD, Server, running


def test_what_is_wrong_is_never_said(server: Server) -> None:
    server.person("wang.fang", "viewer")
    with server.client() as client:
        wrong = client.post("/v1/session", json={"name": "wang.fang", "password": "not the password"})
        nobody = client.post("/v1/session", json={"name": "no.such.person", "password": PASSWORD})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json() == nobody.json()


def test_a_name_is_not_hammered(server: Server) -> None:
    server.person("chen.jie", "viewer")
    with server.client() as client:
        for _ in range(MOST_ATTEMPTS):
            assert client.post("/v1/session", json={"name": "chen.jie", "password": "x"}).status_code == 401
        right = client.post("/v1/session", json={"name": "chen.jie", "password": PASSWORD})
        assert right.status_code == 429
        assert int(right.headers["Retry-After"]) > 60


def test_a_weak_password_is_refused(server: Server) -> None:
    accounts = server.house.accounts
    token = accounts.add_person("liu.yang", "刘洋", "anning", ["viewer"], actor="test")
    with server.client() as client:
        for weak in ("short", "aaaaaaaaaaaaaaaaaaaa", "my name is liu.yang!"):
            answer = client.post("/v1/invitations", json={"invitation": token, "password": weak})
            assert (answer.status_code, answer.json()["rule"]) == (422, "strong-password")
        strong = client.post("/v1/invitations", json={"invitation": token, "password": PASSWORD})
        assert strong.json() == {"id": "liu.yang"}
        again = client.post("/v1/invitations", json={"invitation": token, "password": PASSWORD})
        assert again.status_code == 404


def test_sessions_are_seen_and_ended(server: Server) -> None:
    server.person("zhao.min", "viewer")
    with server.signed_in("zhao.min") as here, server.signed_in("zhao.min") as there:
        sessions = here.get("/v1/sessions").json()
        assert len(sessions) == 2
        other = next(each["id"] for each in sessions if not each["current"])
        assert here.delete(f"/v1/sessions/{other}").status_code == 204
        assert there.get("/v1/session").status_code == 401
        assert here.get("/v1/session").status_code == 200


def test_one_does_not_end_anothers_session(server: Server) -> None:
    server.person("sun.li", "admin")
    server.person("zhou.tao", "viewer")
    with server.signed_in("sun.li") as sun, server.signed_in("zhou.tao") as zhou:
        theirs = zhou.get("/v1/sessions").json()[0]["id"]
        assert sun.delete(f"/v1/sessions/{theirs}").status_code == 404
        assert zhou.get("/v1/session").status_code == 200


def test_a_new_password_ends_all_other_sessions(server: Server) -> None:
    server.person("wu.gang", "viewer")
    with server.signed_in("wu.gang") as here, server.signed_in("wu.gang") as there:
        wrong = here.put("/v1/me/password", json={"current": "not it", "password": "a whole new sentence"})
        assert wrong.status_code == 403
        changed = here.put("/v1/me/password", json={"current": PASSWORD, "password": "a whole new sentence"})
        assert changed.status_code == 204
        assert there.get("/v1/session").status_code == 401
        assert here.get("/v1/session").status_code == 200


def test_a_disabled_person_is_out_at_once(server: Server) -> None:
    server.person("zheng.hao", "viewer")
    with server.signed_in("zheng.hao") as client:
        server.house.accounts.disable_person("zheng.hao", actor="test")
        assert client.get("/v1/session").status_code == 401
        assert client.post("/v1/session", json={"name": "zheng.hao", "password": PASSWORD}).status_code == 401


def test_no_secret_lies_in_the_journal_or_readable_in_the_state(server: Server) -> None:
    server.person("lin.xi", "viewer")
    with server.signed_in("lin.xi") as client:
        uri = client.post("/v1/me/second-factor").json()["uri"]
        secret = parse_qs(urlsplit(uri).query)["secret"][0]
        key = server.key("decide")
        token = client.cookies["anning_session"]
    folder = server.house.settings.data_dir
    kept = b"".join(path.read_bytes() for path in folder.iterdir() if ".db" in path.name and path.is_file())
    for text in (PASSWORD, secret, key.rpartition("_")[2], token):
        assert text.encode() not in kept
    assert b"$argon2id$" in kept


# --- second factor ------------------------------------------------------------------------------------------------


def test_the_second_factor(server: Server) -> None:
    server.person("xu.lei", "viewer")
    with server.signed_in("xu.lei") as client:
        uri = client.post("/v1/me/second-factor").json()["uri"]
        totp = pyotp.parse_uri(uri)
        now = server.house.clock()
        assert client.put("/v1/me/second-factor", json={"code": "000000"}).status_code == 422
        first = totp.at(now)
        assert client.put("/v1/me/second-factor", json={"code": first}).status_code == 204
    with server.client() as client:
        half = client.post("/v1/session", json={"name": "xu.lei", "password": PASSWORD}).json()
        assert half["half"] is True
        client.headers["X-CSRF-Token"] = half["csrf"]
        assert client.get("/v1/organisations/bank").json()["rule"] == "second-factor"
        used = client.post("/v1/session/second-factor", json={"code": first})
        assert used.status_code == 401, "a code counts once"
        whole = client.post("/v1/session/second-factor", json={"code": totp.at(int(now.timestamp()) + 30)})
        assert whole.status_code == 201, whole.text
        client.headers["X-CSRF-Token"] = whole.json()["csrf"]
        assert client.get("/v1/organisations/bank").status_code == 200
        assert client.post("/v1/me/second-factor").status_code == 403, "there is one already"
        removed = client.post("/v1/me/second-factor/removal", json={"password": PASSWORD})
        assert removed.status_code == 204


# --- passkeys -----------------------------------------------------------------------------------------------------


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Phone:
    """A software authenticator, written from WebAuthn Level 3 sections 6.1 and 6.5: one ES256 passkey."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.count = 0

    def _authenticator_data(self, flags: int, more: bytes = b"") -> bytes:
        self.count += 1
        host = urlsplit(self.origin).hostname or ""
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count) + more

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        cose = encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        data = self._authenticator_data(0b0100_0101, attested)
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": b64(self._client_data("webauthn.create", options["challenge"])),
                "attestationObject": b64(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            },
        }

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        data = self._authenticator_data(0b0000_0101)
        client = self._client_data("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(data),
                "signature": b64(signature),
                "userHandle": None,
            },
        }


def test_a_passkey(server: Server) -> None:
    phone = Phone(server.house.origin)
    server.person("he.yu", "viewer")
    with server.signed_in("he.yu") as client:
        asked = client.post("/v1/me/passkeys/asked").json()
        answer = {"id": asked["id"], "answer": phone.make(asked["options"]), "label": "手机"}
        assert client.post("/v1/me/passkeys", json=answer).status_code == 204
        again = client.post("/v1/me/passkeys", json=answer)
        assert again.status_code == 422, "what was asked is answered once"
        assert [each["label"] for each in client.get("/v1/me/passkeys").json()] == ["手机"]
    with server.client() as client:
        asked = client.post("/v1/session/passkey/asked").json()
        signed = phone.sign(asked["options"])
        came = client.post("/v1/session/passkey", json={"id": asked["id"], "answer": signed})
        assert came.status_code == 201, came.text
        assert client.get("/v1/session").json()["id"] == "he.yu"
        client.headers["X-CSRF-Token"] = came.json()["csrf"]
        asked = client.post("/v1/session/passkey/asked").json()
        stale = client.post("/v1/session/passkey", json={"id": asked["id"], "answer": signed})
        assert stale.status_code == 401, "an old signature opens nothing"
        assert client.delete(f"/v1/me/passkeys/{b64(phone.id)}").status_code == 204
    with server.client() as client:
        asked = client.post("/v1/session/passkey/asked").json()
        gone = client.post("/v1/session/passkey", json={"id": asked["id"], "answer": phone.sign(asked["options"])})
        assert gone.status_code == 401


def test_a_passkey_of_another_page_is_refused(server: Server) -> None:
    phone = Phone("https://anning.example.com")
    server.person("gao.fei", "viewer")
    with server.signed_in("gao.fei") as client:
        asked = client.post("/v1/me/passkeys/asked").json()
        answer = client.post("/v1/me/passkeys", json={"id": asked["id"], "answer": phone.make(asked["options"])})
        assert (answer.status_code, answer.json()["rule"]) == (422, "passkey")


# --- outside identities -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """A real OpenID provider on a free port."""
    import oidc_provider_mock
    from werkzeug.serving import make_server

    app = oidc_provider_mock.app()
    serving = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{serving.port}"
    serving.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def with_provider(provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("oidc")
    more = {"oidc_issuer": provider, "oidc_client_id": "anning", "oidc_client_secret": "secret of the client"}
    with running(folder, **more) as server:
        yield server


def at_the_provider(browser: httpx2.Client, to: str, subject: str) -> str:
    """Where the provider sends the browser back to once somebody has said who they are there."""
    with httpx2.Client() as there:
        sent = there.post(to, data={"sub": subject}, follow_redirects=False)
    assert sent.status_code in (302, 303), sent.text
    return str(sent.headers["location"])


def test_an_outside_identity_is_tied_and_opens(with_provider: Server) -> None:
    server = with_provider
    server.person("luo.xin", "viewer")
    with server.client() as stranger:
        off = stranger.get("/v1/session/oidc")
        back = at_the_provider(stranger, off.headers["location"], "luo@outside.example")
        refused = stranger.get(back)
        assert (refused.status_code, refused.json()["rule"]) == (401, "credentials"), "tied to nobody yet"
    with server.signed_in("luo.xin") as client:
        off = client.get("/v1/session/oidc")
        assert off.status_code == 303
        back = at_the_provider(client, off.headers["location"], "luo@outside.example")
        assert client.get(back).status_code == 303
    with server.client() as browser:
        off = browser.get("/v1/session/oidc")
        back = at_the_provider(browser, off.headers["location"], "luo@outside.example")
        came = browser.get(back)
        assert came.status_code == 303, came.text
        assert browser.get("/v1/session").json()["id"] == "luo.xin"
        assert browser.get(back).status_code == 401, "the way back is gone once"


def test_another_browser_cannot_finish_what_one_began(with_provider: Server) -> None:
    with with_provider.client() as mine, with_provider.client() as theirs:
        off = mine.get("/v1/session/oidc")
        back = at_the_provider(mine, off.headers["location"], "luo@outside.example")
        assert theirs.get(back).status_code == 401


def test_without_a_provider_there_is_no_such_door(server: Server) -> None:
    with server.client() as client:
        assert client.get("/v1/session/oidc").status_code == 404


def test_a_cookie_is_closed_to_scripts_and_other_sites(server: Server) -> None:
    server.person("tang.wei", "viewer")
    with server.client() as client:
        answer = client.post("/v1/session", json={"name": "tang.wei", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert re.search(r"HttpOnly; SameSite=Lax", cookie)
