"""Webhooks reach a real receiver: signed, retried, once each, and over a restart (事件推送)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from anning.api import webhooks
from anning.api.webhooks import must_be_told
from anning.errors import InvalidInput
from anning.registers.events import LicenceRecorded
from api_server import Server, running
from gate_world import LI, MARKETING_PORT, OFFER, WANG

ASKED = {"sender": "bank", "provider": "cpaas", "code": MARKETING_PORT, "text": OFFER, "purpose": "commercial"}


class Receiver:
    """An HTTP server that remembers what it was told, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.fails = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status = 200
                if receiver.fails:
                    receiver.fails -= 1
                    status = 500
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/told"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [said for said in (json.loads(body) for _, body in self.heard) if said["type"] == kind]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something another thread does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_withdrawal_is_told_to_whom_it_concerns(server: Server, receiver: Receiver) -> None:
    accounts = server.house.accounts
    accounts.make_tenant("bank-t", "安宁银行", "sender", ["bank"], actor="test")
    accounts.make_tenant("shop-t", "别家", "sender", ["shop"], actor="test")
    secrets = {}
    for tenant in ("bank-t", "shop-t"):
        with server.client(server.key("webhooks", tenant=tenant)) as client:
            made = client.post("/v1/webhooks", json={"url": receiver.url, "events": ["consent.withdrawn"]})
            assert made.status_code == 201, made.text
            secrets[tenant] = made.json()["secret"]
    with server.client(server.key("say")) as client:
        said = {"kind": "consent-withdrawn", "number": "13812138121", "to": "bank", "door": "hotline"}
        recorded = client.post("/v1/statements", json={"said": said}).json()
    until(lambda: receiver.told("consent.withdrawn"))
    headers, body = next(one for one in receiver.heard if b"13812138121" in one[1])
    # The receiver's side is an independent implementation of Standard Webhooks.
    told = Webhook(secrets["bank-t"]).verify(body, headers)
    assert told["data"]["number"] == "+8613812138121"
    assert told["data"]["position"] == recorded["ids"][0]
    assert told["tenant"] == "bank-t"
    with pytest.raises(Exception, match="signature"):
        Webhook(secrets["shop-t"]).verify(body, headers)
    with pytest.raises(Exception, match="signature"):
        Webhook(secrets["bank-t"]).verify(body.replace(b"hotline", b"web"), headers)
    assert {said["tenant"] for said in receiver.told("consent.withdrawn")} == {"bank-t"}


def test_what_fails_is_told_again_under_the_same_id(
    server: Server, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "BACKOFF", (timedelta(milliseconds=10),) * 5)
    receiver.fails = 2
    with server.client(server.key("webhooks")) as client:
        hook = client.post("/v1/webhooks", json={"url": receiver.url, "events": ["ping"]}).json()["webhook"]["id"]
        id = client.post(f"/v1/webhooks/{hook}/ping").json()["id"]
        until(lambda: len(receiver.heard) == 3)
        assert {headers["webhook-id"] for headers, _ in receiver.heard} == {id}

        def last() -> dict[str, Any]:
            told: dict[str, Any] = client.get(f"/v1/webhooks/{hook}/deliveries").json()[0]
            return told

        until(lambda: last()["state"] == "delivered")
        assert (last()["tries"], last()["status"]) == (3, 200)
        assert client.post(f"/v1/webhooks/{hook}/deliveries/{id}/retry").status_code == 202
        until(lambda: len(receiver.heard) == 4)
        assert client.delete(f"/v1/webhooks/{hook}").status_code == 204
        assert client.get(f"/v1/webhooks/{hook}/deliveries").status_code == 404


def test_what_never_arrives_is_given_up(server: Server, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "BACKOFF", (timedelta(0),) * 2)
    receiver.fails = 99
    with server.client(server.key("webhooks")) as client:
        hook = client.post("/v1/webhooks", json={"url": receiver.url, "events": ["ping"]}).json()["webhook"]["id"]
        client.post(f"/v1/webhooks/{hook}/ping")
        until(lambda: client.get(f"/v1/webhooks/{hook}/deliveries").json()[0]["state"] == "failed")
        assert len(receiver.heard) == 3
        client.delete(f"/v1/webhooks/{hook}")


def test_a_hold_is_told_and_told_again_when_it_stands_otherwise(server: Server, receiver: Receiver) -> None:
    gate = server.house.judging.gate
    with server.client(server.key("webhooks", "decide", "say")) as client:
        made = client.post(
            "/v1/webhooks", json={"url": receiver.url, "events": ["decision.held", "hold.changed"]}
        ).json()
        gate.lose("index", datetime.now(UTC))
        try:
            hold = client.post("/v1/decide", json={**ASKED, "number": LI}).json()["hold"]
        finally:
            gate.regain("index")
        until(lambda: receiver.told("decision.held"))
        held = receiver.told("decision.held")[0]["data"]
        assert (held["hold"], held["number"]) == (hold, "139****9000")
        # Any change of the registers has what is held judged again.
        client.post(
            "/v1/statements", json={"said": {"kind": "wish-stated", "number": "13700000001", "says": "decline"}}
        )
        until(lambda: [each for each in receiver.told("hold.changed") if each["data"]["hold"] == hold])
        changed = next(each for each in receiver.told("hold.changed") if each["data"]["hold"] == hold)["data"]
        assert (changed["was"], changed["outcome"]) == ("hold", "refuse")
        client.delete(f"/v1/webhooks/{made['webhook']['id']}")


def test_what_was_not_told_before_a_stop_is_told_after_it(tmp_path: Path, receiver: Receiver) -> None:
    receiver.fails = 1
    with running(tmp_path, webhooks_to_private=True) as server:
        with server.client(server.key("webhooks", "say")) as client:
            client.post("/v1/webhooks", json={"url": receiver.url, "events": ["consent.withdrawn"]})
            said = {"kind": "consent-withdrawn", "number": WANG, "to": "bank"}
            client.post("/v1/statements", json={"said": said})
        until(lambda: receiver.heard)
        late = {"kind": "consent-withdrawn", "number": LI, "to": "bank"}
    # Said by another writer while no server ran.
    with running(tmp_path, webhooks_to_private=True) as server:
        with server.client(server.key("webhooks", "say")) as client:
            client.post("/v1/statements", json={"said": late})
            hook = client.get("/v1/webhooks").json()[0]["id"]
            first = client.get(f"/v1/webhooks/{hook}/deliveries").json()[-1]["id"]
            client.post(f"/v1/webhooks/{hook}/deliveries/{first}/retry")
        until(lambda: len(receiver.heard) == 3)
    ids = [headers["webhook-id"] for headers, _ in receiver.heard]
    assert ids.count(ids[0]) == 2
    assert len(set(ids)) == 2


def test_what_ends_soon_is_told_once(tmp_path: Path, receiver: Receiver) -> None:
    soon = datetime.now(UTC).date() + timedelta(days=5)
    with (
        running(tmp_path, webhooks_to_private=True) as server,
        server.client(server.key("webhooks", "read-registers")) as client,
    ):
        client.post("/v1/webhooks", json={"url": receiver.url, "events": ["due.near"]})
        hook = client.get("/v1/webhooks").json()[0]["id"]
        server.house.registers.write(
            LicenceRecorded(holder="cpaas", licence_kind="voice", from_day=date(2024, 1, 1), until_day=soon),
            actor="test",
        )
        assert [each["kind"] for each in client.get("/v1/due").json()] == ["voice"]
        house = server.house
        webhooks.tell_due(house.webhooks, house.registers.store, house.clock())
        webhooks.tell_due(house.webhooks, house.registers.store, house.clock() + timedelta(hours=1))
        house.hurry()
        until(lambda: receiver.told("due.near"))
        assert len(client.get(f"/v1/webhooks/{hook}/deliveries").json()) == 1
    assert {each["data"]["due"] for each in receiver.told("due.near")} == {soon.isoformat()}


@pytest.mark.parametrize(
    ("url", "resolves"),
    [
        ("http://example.com/x", ["93.184.215.14"]),
        ("https://127.0.0.1/x", ["127.0.0.1"]),
        ("https://inside.example/x", ["10.0.0.8"]),
        ("https://both.example/x", ["93.184.215.14", "192.168.1.1"]),
        ("https://six.example/x", ["::1"]),
        ("https://metadata.example/x", ["169.254.169.254"]),
        ("https://user:pass@example.com/x", ["93.184.215.14"]),
        ("ftp://example.com/x", ["93.184.215.14"]),
        ("https:///x", []),
        ("nonsense", []),
    ],
)
def test_addresses_that_may_not_be_told(url: str, resolves: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        must_be_told(url, to_private=False, resolve=lambda _: resolves)
    assert refused.value.rule == "webhook-url"


def test_an_address_outside_may_be_told() -> None:
    must_be_told("https://crm.example.cn/x", to_private=False, resolve=lambda _: ["93.184.215.14"])
