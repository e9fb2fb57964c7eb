"""A person's own way over HTTP: prove the number, say no, be left in peace; and the doors of others (本人办理)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from anning.accounts.events import TenantKind
from api_server import Server
from gate_world import MARKETING_PORT, OFFER

CHEN = "13700137021"
ZHOU = "13700137022"
QIAN = "13700137023"
SUN = "13700137024"


@pytest.fixture
def carrier(server: Server) -> Iterator[httpx2.Client]:
    """The registry's own gateway, which carries SMS both ways."""
    with server.client(server.key("carry", "say", "decide")) as client:
        yield client


def phone(carrier: httpx2.Client, number: str) -> list[str]:
    """What came to a phone since the last look."""
    texts = []
    for each in carrier.post("/v1/outbox/take", json={"count": 1000}).json()["messages"]:
        carrier.post(f"/v1/outbox/{each['id']}", json={"delivered": True})
        if each["number"].endswith(number):
            texts.append(each["text"])
    return texts


@contextmanager
def proved(server: Server, carrier: httpx2.Client, number: str) -> Iterator[httpx2.Client]:
    with server.client() as client:
        sent = client.post("/v1/subscriber/codes", json={"number": number})
        assert sent.status_code == 202
        found = re.search(r"验证码是(\d{6})", phone(carrier, number)[-1])
        assert found is not None
        answer = client.post("/v1/subscriber/sessions", json={"number": number, "code": found[1]})
        assert answer.status_code == 201, answer.text
        client.headers["Anning-Subscriber"] = answer.json()["token"]
        yield client


def outcome(carrier: httpx2.Client, number: str) -> tuple[str, list[str]]:
    asked = {
        "sender": "bank",
        "provider": "cpaas",
        "code": MARKETING_PORT,
        "number": number,
        "text": OFFER,
        "at": "2027-01-05T12:00:00+08:00",
    }
    answer = carrier.post("/v1/decide", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["outcome"], [each["obligation"] for each in answer.json()["reasons"]]


def test_a_no_counts_at_the_gate_when_it_is_answered(server: Server, carrier: httpx2.Client) -> None:
    given = {"said": {"kind": "consent-given", "number": CHEN, "to": "bank", "channel": "sms"}}
    assert carrier.post("/v1/statements", json=given).status_code == 201
    assert outcome(carrier, CHEN)[0] == "allow"
    with proved(server, carrier, CHEN) as me:
        assert me.get("/v1/subscriber/wishes").json()["rules"] == []
        changed = me.put("/v1/subscriber/wishes", json={"rules": [{"channel": "sms", "trades": ["finance"]}]})
        assert changed.status_code == 200, changed.text
        assert outcome(carrier, CHEN)[0] == "refuse"
        assert "谢绝营销短信" in changed.json()["receipt"]
        assert changed.json()["number"] == "137****7021"
        assert any("回执" in text for text in phone(carrier, CHEN))
        assert me.put("/v1/subscriber/wishes", json={"rules": []}).json()["rules"] == []
        assert outcome(carrier, CHEN)[0] == "refuse", "taking a refusal back revives no consent"


def test_one_tap_stops_a_sender(server: Server, carrier: httpx2.Client) -> None:
    given = {"said": {"kind": "consent-given", "number": ZHOU, "to": "bank", "channel": "sms"}, "words": "愿意接收优惠"}
    assert carrier.post("/v1/consents", json=given).json()["strength"] == "one-sided"
    with proved(server, carrier, ZHOU) as me:
        (held,) = [one for one in me.get("/v1/subscriber/consents").json() if one["channel"] == "sms"]
        assert (held["name"], held["state"], held["words"]) == ("安宁银行", "valid", "愿意接收优惠")
        assert me.post("/v1/subscriber/refusals", json={"to": "bank"}).status_code == 201
        assert outcome(carrier, ZHOU)[0] == "refuse"
        taken = me.get("/v1/subscriber/export").json()
        assert [one["kind"] for one in taken["statements"]] == ["consent-given", "consent-withdrawn"]
        assert me.delete("/v1/subscriber/sessions").status_code == 204
        assert me.get("/v1/subscriber/wishes").status_code == 401


def test_asking_for_a_code_tells_nothing_of_a_number(server: Server, carrier: httpx2.Client) -> None:
    with proved(server, carrier, QIAN) as me:
        me.put("/v1/subscriber/wishes", json={"rules": [{"channel": "call"}]})
    with server.client() as stranger:
        known = stranger.post("/v1/subscriber/sessions", json={"number": QIAN, "code": "000000"})
        unknown = stranger.post("/v1/subscriber/sessions", json={"number": "13700137999", "code": "000000"})
        assert known.status_code == unknown.status_code == 401
        assert known.json() == unknown.json()
        often = stranger.post("/v1/subscriber/codes", json={"number": QIAN})
        assert (often.status_code, often.json()["rule"]) == (429, "code-rate")
        assert int(often.headers["Retry-After"]) > 0


def test_the_hotline_acts_and_is_on_record_as_who_did(server: Server, carrier: httpx2.Client) -> None:
    server.person("hot.line", "desk")
    with server.signed_in("hot.line") as desk:
        asked = {"number": SUN, "rules": [{"channel": "call", "hours": [720, 600]}]}
        done = desk.put("/v1/desk/wishes", json=asked, headers={"Idempotency-Key": "call-7"})
        assert done.status_code == 200, done.text
        again = desk.put("/v1/desk/wishes", json=asked, headers={"Idempotency-Key": "call-7"})
        assert again.json()["ids"] in ([], done.json()["ids"])
        assert desk.post("/v1/desk/look-up", json={"number": SUN}).json()["rules"][0]["zh"].startswith("谢绝推销电话")
    event = list(server.house.registers.store.events())[-1]
    assert (event.actor, event.payload["door"], event.payload["proof"]) == ("person:hot.line", "hotline", "asked")
    assert any("12:00-10:00" in text for text in phone(carrier, SUN))


@pytest.mark.parametrize("kind", ["sender", "provider"])
def test_only_who_keeps_wishes_acts_for_callers(server: Server, kind: TenantKind) -> None:
    server.house.accounts.make_tenant(f"no-{kind}", kind, kind, ["bank"], actor="test")
    server.person(f"desk.{kind}", "desk", "admin", tenant=f"no-{kind}")
    with server.signed_in(f"desk.{kind}") as desk:
        refused = desk.put("/v1/desk/wishes", json={"number": SUN, "rules": []})
        assert (refused.status_code, refused.json()["rule"]) == (403, "tenant-kind")
        refused = desk.post("/v1/messages", json={"number": SUN, "to": "10086", "text": "XJLD"})
        assert (refused.status_code, refused.json()["rule"]) == (403, "tenant-kind")


def test_evidence_is_named_by_what_it_is(server: Server, carrier: httpx2.Client) -> None:
    content = b"recording of a call"
    kept = carrier.post("/v1/evidence", content=content)
    assert kept.json() == {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    server.person("evi.dence", "auditor")
    with server.signed_in("evi.dence") as auditor:
        assert auditor.get(f"/v1/evidence/{kept.json()['sha256']}").content == content
        missing = auditor.get(f"/v1/evidence/{'0' * 64}")
        assert (missing.status_code, missing.json()["rule"]) == (404, "evidence-kept")
    forged = {
        "said": {
            "kind": "consent-given",
            "number": CHEN,
            "to": "bank",
            "evidence_kind": "recording",
            "evidence_hash": "0" * 64,
        }
    }
    refused = carrier.post("/v1/consents", json=forged)
    assert (refused.status_code, refused.json()["field"]) == (404, "evidence_hash")


def test_a_link_is_answered_once_and_by_anybody_who_got_it(server: Server, carrier: httpx2.Client) -> None:
    given = {
        "said": {"kind": "consent-given", "number": "13700137025", "to": "bank", "channel": "sms"},
        "words": "我愿意接收安宁银行的短信",
        "confirm_at": MARKETING_PORT,
    }
    assert carrier.post("/v1/consents", json=given).status_code == 201
    found = re.search(r"(http\S+)/c/(\S+)", phone(carrier, "13700137025")[-1])
    assert found is not None
    with server.client() as anybody:
        shown = anybody.get(f"/v1/confirmations/{found[2]}").json()
        assert (shown["number"], shown["words"]) == ("137****7025", "我愿意接收安宁银行的短信")
        assert anybody.post(f"/v1/confirmations/{found[2]}", json={"agrees": True}).json()["agreed"]
        again = anybody.post(f"/v1/confirmations/{found[2]}", json={"agrees": False})
        assert (again.status_code, again.json()["rule"]) == (409, "once")
        assert anybody.get("/v1/confirmations/nothing").status_code == 404


def test_the_dialogue_over_http(server: Server, carrier: httpx2.Client) -> None:
    said = {"number": "13700137026", "to": "10086", "text": "KTFSR"}
    assert "请确认" in carrier.post("/v1/messages", json=said).json()["reply"]
    done = carrier.post("/v1/messages", json=said | {"text": "Y"}).json()
    assert len(done["ids"]) == 1
    assert ["骚扰电话拒接" in text for text in phone(carrier, "13700137026")] == [True, True]
