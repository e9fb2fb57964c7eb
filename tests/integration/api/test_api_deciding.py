"""Decisions over HTTP are the gate's; held ones can be asked; keys have limits; a tenant sees its own alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from anning.api.judging import Judging, communication
from anning.api.models import DecideRequest, Verdict, verdict_fields
from anning.gate.gate import Gate
from anning.law.observations import Channel, Purpose
from anning.numbers import parse
from anning.registers import events as reg
from api_server import Server, running
from gate_world import CODE_TEXT, LI, LONG_AGO, MARKETING_PORT, NOON, OFFER, SERVICE_PORT, WANG, WORLD, World

ASKED = {"sender": "bank", "provider": "cpaas", "code": MARKETING_PORT, "text": OFFER, "purpose": "commercial"}
UNKNOWN = {**ASKED, "sender": "nobody-registered"}


def plain(kept: object) -> object:
    return msgspec.json.decode(b"{" + kept.written)  # type: ignore[attr-defined]


def expected(gate: Gate, asked: DecideRequest, at: datetime) -> object:
    decision = gate.decide(communication(asked, parse(asked.number).number, at), asked.under)
    return msgspec.json.decode(msgspec.json.encode(Verdict(**verdict_fields(decision))))


@pytest.mark.parametrize("under", ["in-force", "cn-2020-draft"])
def test_what_is_reused_is_what_the_gate_says(under: str) -> None:
    """Over two days, as people and registers change: the reused verdict is the gate's own, word for word."""
    world = World(
        reg.ConsentGiven(number=WANG, to="bank", channel="sms", expires=NOON + timedelta(hours=5)),
        reg.WishStated(number=LI, says="decline", hours=(9 * 60, 12 * 60 + 30)),
        reg.HousePolicySet(on=False),
    )
    judging = Judging(world.gate)
    stranger = "+8613700137000"
    messages = [(MARKETING_PORT, OFFER, Purpose.COMMERCIAL), (SERVICE_PORT, CODE_TEXT, Purpose.SERVICE)]
    said = iter(
        [
            (NOON + timedelta(hours=3), reg.ConsentWithdrawn(number=WANG, to="bank")),
            (NOON + timedelta(hours=20), reg.MeasureTaken(on="bank", measure="suspended", noticed=True)),
            (NOON + timedelta(hours=30), reg.HousePolicySet(on=True)),
            (NOON + timedelta(hours=40), reg.ContentModelDecided(model="0a" * 32, step="activated")),
        ]
    )
    coming = next(said)
    for step in range(0, 48 * 4, 3):
        now = NOON + timedelta(minutes=15 * step)
        if coming is not None and now >= coming[0]:
            world.say(coming[1], at=now)
            coming = next(said, None)
        for number in (WANG, LI, stranger, WANG):
            for code, text, purpose in messages:
                for channel in (Channel.SMS, Channel.CALL):
                    asked = DecideRequest(
                        sender="bank",
                        provider="cpaas",
                        code=code,
                        number=number,
                        text=text,
                        purpose=purpose,
                        channel=channel,
                        under=under,
                    )
                    kept, line = judging.decide(asked, parse(number), now, "t")
                    again = judging.decide_in(line, parse(number), now, "t", holds=True)
                    assert again is not None
                    assert plain(again) == plain(kept)
                    assert_same(plain(kept), expected(world.gate, asked, now), now)


def assert_same(reused: object, fresh: object, now: datetime) -> None:
    """Equal, except that each says for itself how long it stands; and what is reused stands still."""
    assert isinstance(reused, dict)
    assert isinstance(fresh, dict)
    for verdict in (reused, fresh):
        assert datetime.fromisoformat(verdict.pop("valid_until")) > now
        verdict.pop("until")
    assert reused == fresh


def test_the_same_is_answered_over_http(server: Server) -> None:
    at = "2026-11-11T12:00:00+08:00"
    with server.client(server.key("decide")) as client:
        for number in (WANG, LI):
            told = client.post("/v1/decide", json={**ASKED, "number": number, "at": at}).json()
            gate = expected(
                server.house.judging.gate, msgspec.convert({**ASKED, "number": number}, DecideRequest), NOON
            )
            assert {name: told[name] for name in gate} == gate  # type: ignore[attr-defined]


def test_a_batch_answers_row_by_row(server: Server) -> None:
    numbers = [WANG, LI, "没有号码", WANG, "13700137000"]
    with server.client(server.key("decide")) as client:
        told = client.post("/v1/decide/batch", json={**ASKED, "numbers": numbers}).json()
        singles = [
            client.post("/v1/decide", json={**ASKED, "number": number}).json()["outcome"]
            for number in numbers
            if number != "没有号码"
        ]
    assert told["rows"][2] == -1
    assert told["bad"][0]["row"] == 2
    assert told["bad"][0]["cause"] == "no-digits"
    outcomes = [told["decisions"][place]["outcome"] for place in told["rows"] if place >= 0]
    assert outcomes == singles == ["allow", "refuse", "allow", "refuse"]
    assert told["counts"] == {"allow": 2, "label": 0, "hold": 0, "refuse": 2, "bad": 1}


def test_rows_may_bring_their_own_texts(server: Server) -> None:
    asked = {**ASKED, "code": SERVICE_PORT, "purpose": "service", "numbers": [LI, LI], "texts": [CODE_TEXT, OFFER]}
    with server.client(server.key("decide")) as client:
        told = client.post("/v1/decide/batch", json=asked).json()
        short = client.post("/v1/decide/batch", json={**asked, "texts": [CODE_TEXT]})
    assert [told["decisions"][place]["outcome"] for place in told["rows"]] == ["allow", "refuse"]
    assert (short.status_code, short.json()["field"]) == (422, "texts")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 422, ""),
        (b"{", 422, ""),
        (b"[]", 422, ""),
        (b"\xff\xfe", 422, ""),
        (b'{"sender": 1}', 422, "sender"),
        (b'{"number": "13800138000", "sender": "bank", "provider": "cpaas", "code": "1", "x": 1}', 422, "x"),
        (b'{"number": "12", "sender": "bank", "provider": "cpaas", "code": "1"}', 422, "number"),
        (
            b'{"number": "13800138000", "sender": "bank", "provider": "cpaas", "code": "1", "under": "x"}',
            422,
            "under",
        ),
        (b'{"number": "13800138000", "sender": "b", "provider": "c", "code": "1", "at": "2026-01-01"}', 422, "at"),
        (
            b'{"number": "13800138000", "sender": "b", "provider": "c", "code": "1", "at": "2026-01-01T00:00:00"}',
            422,
            "at",
        ),
    ],
)
def test_what_cannot_be_meant_is_named(server: Server, body: bytes, status: int, field: str) -> None:
    with server.client(server.key("decide")) as client:
        answer = client.post("/v1/decide", content=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["field"] == field, told
    assert told["detail"]
    assert told["zh"]


def test_more_than_ten_thousand_are_too_many(server: Server) -> None:
    with server.client(server.key("decide")) as client:
        answer = client.post("/v1/decide/batch", json={**ASKED, "numbers": ["13800138000"] * 10_001})
        none = client.post("/v1/decide/batch", json={**ASKED, "numbers": []})
    assert (answer.status_code, answer.json()["field"]) == (422, "numbers")
    assert none.status_code == 422


def test_a_problem_shows_no_whole_number(server: Server) -> None:
    with server.client(server.key("look-up")) as client:
        answer = client.post("/v1/look-ups/consents", json={"number": "1380013800099"})
    assert answer.status_code == 422
    assert "1380013800099" not in answer.text


# --- holds --------------------------------------------------------------------------------------------------------


def test_what_is_held_can_be_asked_and_is_judged_again(server: Server) -> None:
    gate = server.house.judging.gate
    with server.client(server.key("decide", "say")) as client:
        gate.lose("index", datetime.now(UTC))
        try:
            held = client.post("/v1/decide", json={**ASKED, "number": WANG})
        finally:
            gate.regain("index")
        assert held.status_code == 202, held.text
        told = held.json()
        assert told["outcome"] == "hold"
        assert held.headers["location"] == f"/v1/holds/{told['hold']}"
        listed = client.get("/v1/holds").json()
        assert listed[0]["id"] == told["hold"]
        assert listed[0]["number"] == "138****8000"
        now = client.get(held.headers["location"]).json()
        assert (now["outcome"], now["verdict"]["outcome"]) == ("allow", "allow")
        assert WANG not in client.get("/v1/holds").text
    other = server.house.accounts
    other.make_tenant("nosy", "旁人", "sender", ["shop"], actor="test")
    with server.client(server.key("decide", tenant="nosy")) as client:
        assert client.get(held.headers["location"]).status_code == 404
        assert client.get("/v1/holds").json() == []


def test_a_whole_number_is_shown_for_a_purpose_and_that_is_journalled(server: Server) -> None:
    gate = server.house.judging.gate
    with server.client(server.key("decide")) as client:
        gate.lose("index", datetime.now(UTC))
        try:
            hold = client.post("/v1/decide", json={**ASKED, "number": LI}).json()["hold"]
        finally:
            gate.regain("index")
    server.person("jiang.wen", "desk")
    with server.signed_in("jiang.wen") as desk:
        without = desk.post(f"/v1/holds/{hold}/reveal", json={"purpose": "  "})
        assert without.status_code == 422
        shown = desk.post(f"/v1/holds/{hold}/reveal", json={"purpose": "投诉核实"})
        assert shown.json()["number"] == LI
    server.person("shi.an", "auditor")
    with server.signed_in("shi.an") as auditor:
        acts = auditor.get("/v1/acts").json()
        mine = next(act for act in acts if act["kind"] == "number-revealed")
        assert (mine["actor"], mine["said"]["purpose"]) == ("person:jiang.wen", "投诉核实")
        assert mine["said"]["number"] == "139****9000"


# --- limits and tenants -------------------------------------------------------------------------------------------


def test_a_key_has_a_rate(server: Server) -> None:
    with server.client(server.key("decide", rate=0.5, burst=3)) as client:
        answers = [client.post("/v1/decide", json={**ASKED, "number": WANG}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 2


def test_a_batch_weighs_more_than_one(server: Server) -> None:
    with server.client(server.key("decide", rate=0.001, burst=25)) as client:
        many = {**ASKED, "numbers": [WANG] * 1000}
        assert [client.post("/v1/decide/batch", json=many).status_code for _ in range(3)] == [200, 200, 429]


def test_a_revoked_key_opens_nothing_from_the_acknowledgement_on(server: Server) -> None:
    made = server.house.accounts.make_key("anning", "short", ["decide"], actor="test", rate=1000, burst=1000)
    with server.client(made.secret) as client:
        assert client.post("/v1/decide", json={**ASKED, "number": WANG}).status_code == 200
        server.house.accounts.revoke_key(made.id, actor="test")
        assert client.post("/v1/decide", json={**ASKED, "number": WANG}).status_code == 401


def test_a_key_that_has_run_out_opens_nothing(server: Server) -> None:
    soon = datetime.now(UTC) - timedelta(seconds=1)
    made = server.house.accounts.make_key("anning", "past", ["decide"], actor="test", expires=soon)
    with server.client(made.secret) as client:
        assert client.post("/v1/decide", json={**ASKED, "number": WANG}).status_code == 401


def test_a_sender_decides_for_its_own_organisations(server: Server) -> None:
    server.house.accounts.make_tenant("the-bank", "安宁银行", "sender", ["bank"], actor="test")
    with server.client(server.key("decide", tenant="the-bank")) as client:
        own = client.post("/v1/decide", json={**ASKED, "number": WANG})
        other = client.post("/v1/decide", json={**UNKNOWN, "number": WANG})
        many = client.post("/v1/decide/batch", json={**UNKNOWN, "numbers": [WANG]})
        explained = client.post("/v1/explain", json={**UNKNOWN, "number": WANG})
    assert (own.status_code, own.json()["tenant"]) == (200, "the-bank")
    for answer in (other, many, explained):
        assert (answer.status_code, answer.json()["rule"]) == (403, "own-organisation")


def test_a_change_counts_from_its_acknowledgement(server: Server) -> None:
    number = "13811138111"
    with server.client(server.key("decide", "say")) as client:
        for _ in range(5):
            for said, outcome in (
                ({"kind": "consent-given", "number": number, "to": "bank"}, "allow"),
                ({"kind": "consent-withdrawn", "number": number, "to": "bank"}, "refuse"),
            ):
                assert client.post("/v1/statements", json={"said": said}).status_code == 201
                assert client.post("/v1/decide", json={**ASKED, "number": number}).json()["outcome"] == outcome


def test_one_is_explained(server: Server) -> None:
    with server.client(server.key("decide")) as client:
        told = client.post("/v1/explain", json={**ASKED, "number": LI}).json()
    assert told["outcome"] == "refuse"
    assert told["number"] == "139****9000"
    assert told["passes_if"]
    assert {each["source"] for each in told["observations"]} >= {"index", "content", "directory"}


# --- shadow -------------------------------------------------------------------------------------------------------


def test_in_shadow_nothing_is_enforced_and_everything_counted(tmp_path: Path) -> None:
    with running(tmp_path, shadow=True) as server, server.client(server.key("decide", "read-shadow")) as client:
        refused = client.post("/v1/decide", json={**ASKED, "number": LI}).json()
        assert (refused["outcome"], refused["would"], refused["shadow"]) == ("allow", "refuse", True)
        assert refused["reasons"]
        client.post("/v1/decide", json={**ASKED, "number": WANG})
        batch = client.post("/v1/decide/batch", json={**ASKED, "numbers": [LI, WANG, LI]}).json()
        assert {each["outcome"] for each in batch["decisions"]} == {"allow"}
        assert sorted(each["would"] for each in batch["decisions"]) == ["allow", "refuse"]
        server.house.judging.gate.lose("index", datetime.now(UTC))
        held = client.post("/v1/decide", json={**ASKED, "number": WANG})
        server.house.judging.gate.regain("index")
        assert (held.status_code, held.json()["would"], held.json()["hold"]) == (200, "hold", "")
        told = client.get("/v1/shadow/report").json()
    assert (told["judged"], told["would_refuse"], told["would_hold"]) == (6, 3, 1)
    assert {each["obligation"]: each["many"] for each in told["by_reason"]}["N03"] == 4
    assert told["by_sender"] == [{"sender": "bank", "judged": 6, "would_refuse": 3, "would_hold": 1}]
    with running(tmp_path, shadow=True) as server, server.client(server.key("read-shadow")) as client:
        assert client.get("/v1/shadow/report").json()["judged"] == 6, "the counts outlive the server"


def test_ready_and_metrics(server: Server) -> None:
    with server.client(server.key("metrics", "decide")) as client:
        client.post("/v1/decide", json={**ASKED, "number": LI})
        assert client.get("/readyz").json()["ready"] is True
        text = client.get("/metrics").text
        assert 'anning_decisions_total{outcome="refuse"}' in text
        assert "anning_gate_position" in text
        server.house.judging.gate.lose("directory", datetime.now(UTC))
        away = client.get("/readyz")
        server.house.judging.gate.regain("directory")
    assert (away.status_code, away.json()["away"]) == (503, ["directory"])


def test_the_world_is_as_the_tests_think() -> None:
    assert len(WORLD) == 8
    assert LONG_AGO < NOON
