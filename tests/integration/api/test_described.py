"""The API is what it says it is: OpenAPI, the client made from it, idempotency keys, problems of one shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import validate

from anning.api.decide import BatchRequest
from anning.api.handlers import ROUTES
from anning.api.handlers.judging import Page
from anning.api.handlers.registers import LookUp, Statement
from anning.api.models import DecideRequest
from anning.api.openapi import PARAMETER
from anning.api.problems import Problem, problem_of
from anning.api.scrubs import ScrubRequest
from anning.client import Client
from anning.client.generate import TARGET, source
from anning.errors import AnningError, InvalidInput, InvalidNumber, NotAllowed, NotFound, SignInNeeded, Unavailable
from anning.registers import events as reg
from anning.registers.events import NumberRangeServed
from api_server import Server
from gate_world import LI, LONG_AGO, MARKETING_PORT, OFFER, WANG


def test_the_description_is_valid_and_names_every_route(server: Server) -> None:
    with server.client() as client:
        told = client.get("/v1/openapi.json").json()
    validate(told)
    assert told["openapi"] == "3.1.0"
    said = {f"{method.upper()} {path}" for path, methods in told["paths"].items() for method in methods}
    assert said == {f"{route.method} {route.path}" for route in ROUTES}
    for path, methods in told["paths"].items():
        for operation in methods.values():
            assert " | " in operation["summary"], path
            assert "default" in operation["responses"]
            named = [p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"]
            assert named == PARAMETER.findall(path)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.takes is not None], ids=lambda route: route.name)
def test_every_example_is_what_its_route_takes(route: Any) -> None:
    assert route.example is not None, route.path
    msgspec.convert(route.example, route.takes)


def test_operation_ids_are_names_once_each() -> None:
    names = [route.name for route in ROUTES]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_the_client_is_the_one_made_from_the_table() -> None:
    assert TARGET.read_text(encoding="utf-8") == source(), "run: python -m anning.client.generate"


@pytest.fixture
def anning(server: Server) -> Any:
    key = server.key("decide", "scrub", "say", "register", "look-up", "read-law", "read-registers", "webhooks")
    with Client(server.url, key=key) as client:
        yield client


def test_the_client_speaks_to_a_real_server(server: Server, anning: Client, tmp_path: Path) -> None:
    one = DecideRequest(
        sender="bank", provider="cpaas", code=MARKETING_PORT, number=LI, text=OFFER, purpose="commercial"
    )
    answer = anning.decide(one)
    assert (answer.outcome, answer.tenant) == ("refuse", "anning")
    assert answer.reasons[0].citation.mark
    many = anning.decide_batch(
        BatchRequest(sender="bank", provider="cpaas", code=MARKETING_PORT, numbers=[WANG, LI], text=OFFER)
    )
    assert [many.decisions[place].outcome for place in many.rows] == ["allow", "refuse"]
    recorded = anning.say(Statement(said=reg.WishStated(number="13711137111", says="decline")), idempotency_key="w-1")
    again = anning.say(Statement(said=reg.WishStated(number="13711137111", says="decline")), idempotency_key="w-1")
    assert (recorded.duplicate, again.duplicate, recorded.ids == again.ids) == (False, True, True)
    assert anning.look_up_wishes(LookUp(number="13711137111")).standing[0].state == "declined"
    assert anning.show_organisation("bank").verified
    assert {each.name for each in anning.list_instruments()} >= {"cn-2026-sms"}
    assert anning.show_reason("N03").rules
    assert anning.list_holds(Page(count=1)) is not None
    job = anning.ask_scrub(
        ScrubRequest(sender="bank", provider="cpaas", code=MARKETING_PORT, filename="m.csv", text=OFFER)
    )
    listed = tmp_path / "m.csv"
    listed.write_text(f"手机号\n{WANG}\n", encoding="utf-8")
    assert anning.upload_list(job.id, listed).state == "waiting"
    while (job := anning.ask_after_scrub(job.id)).state in ("waiting", "running"):
        pass
    assert job.state == "done", job.problem
    target = anning.fetch_result(job.id, "send", tmp_path / "send.csv")
    assert WANG in target.read_text(encoding="utf-8")
    anning.forget_scrub(job.id)


def test_the_client_raises_the_error_that_is_meant(server: Server, anning: Client, tmp_path: Path) -> None:
    with pytest.raises(InvalidNumber) as wrong:
        anning.decide(DecideRequest(sender="bank", provider="cpaas", code="1", number="12"))
    assert wrong.value.field == "number"
    assert wrong.value.zh
    with pytest.raises(NotAllowed):
        anning.list_keys()
    with pytest.raises(NotFound):
        anning.ask_hold("none")
    with pytest.raises(NotFound):
        anning.fetch_result("none", "send", tmp_path / "none.csv")
    assert list(tmp_path.iterdir()) == []
    with Client(server.url, key="ank_000000000000_x") as stranger, pytest.raises(SignInNeeded):
        stranger.list_holds()
    with Client("http://127.0.0.1:9", tries=2) as nowhere, pytest.raises(Unavailable):
        nowhere.healthz()


def test_a_client_waits_its_turn(server: Server) -> None:
    key = server.key("read-registers", rate=4, burst=1)
    with Client(server.url, key=key) as anning:
        for _ in range(3):
            assert anning.show_organisation("bank").id == "bank"


# --- idempotency keys ---------------------------------------------------------------------------------------------

JOB = {"sender": "bank", "provider": "cpaas", "code": MARKETING_PORT, "filename": "m.csv", "text": OFFER}


def test_the_same_request_under_a_key_is_done_once(server: Server) -> None:
    with server.client(server.key("scrub")) as client:
        headers = {"Idempotency-Key": "job-1"}
        first = client.post("/v1/scrubs", json=JOB, headers=headers)
        again = client.post("/v1/scrubs", json=JOB, headers=headers)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert again.headers["Idempotent-Replay"] == "true"
        assert again.headers["Location"] == first.headers["Location"]
        other = client.post("/v1/scrubs", json={**JOB, "text": "别的"}, headers=headers)
        assert (other.status_code, other.json()["rule"]) == (409, "idempotency")
    with server.client(server.key("scrub")) as somebody_else:
        theirs = somebody_else.post("/v1/scrubs", json=JOB, headers=headers)
        assert theirs.json()["id"] != first.json()["id"], "keys are each caller's own"


def test_what_failed_under_a_key_may_be_tried_again(server: Server) -> None:
    with server.client(server.key("scrub")) as client:
        headers = {"Idempotency-Key": "job-2"}
        wrong = client.post("/v1/scrubs", json={**JOB, "filename": "m.docx"}, headers=headers)
        assert wrong.status_code == 422
        right = client.post("/v1/scrubs", json={**JOB, "filename": "m.docx"}, headers=headers)
        assert right.status_code == 422, "and not a conflict"


def test_a_statement_under_a_key_is_written_once(server: Server) -> None:
    with server.client(server.key("say")) as client:
        said = {"said": {"kind": "consent-given", "number": "13722137222", "to": "bank"}}
        headers = {"Idempotency-Key": "c-1"}
        first = client.post("/v1/statements", json=said, headers=headers).json()
        again = client.post("/v1/statements", json=said, headers=headers).json()
        assert (first["ids"], again["duplicate"]) == (again["ids"], True)
        assert first["said"]["number"] == "137****7222"
        other = {"said": {"kind": "consent-given", "number": "13722137223", "to": "bank"}}
        assert client.post("/v1/statements", json=other, headers=headers).status_code == 409


def test_many_statements_are_each_taken_or_refused(server: Server) -> None:
    with server.client(server.key("say")) as client:
        statements = [
            {"said": {"kind": "consent-given", "number": "13733137333", "to": "bank"}, "key": "m-1"},
            {"said": {"kind": "consent-given", "number": "13733137333", "to": "no-such-organisation"}, "key": "m-2"},
            {"said": {"kind": "reply-received", "number": "13733137333", "code": MARKETING_PORT, "text": "R"}},
        ]
        told = client.post("/v1/statements/batch", json={"statements": statements}).json()["results"]
    assert [each["problem"] is None for each in told] == [True, False, True]
    assert told[1]["problem"]["rule"] == "known-organisation"
    assert told[1]["problem"]["zh"]


# --- who says what ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "said", "allowed"),
    [
        ("sender", {"kind": "consent-given", "number": LI, "to": "bank"}, True),
        ("sender", {"kind": "consent-given", "number": LI, "to": "cpaas"}, False),
        ("sender", {"kind": "wish-withdrawn", "number": LI}, False),
        ("sender", {"kind": "number-recycled", "number": LI}, False),
        ("sender", {"kind": "reply-received", "number": LI, "code": MARKETING_PORT, "text": "好的"}, True),
        ("sender", {"kind": "reply-received", "number": LI, "code": "106999999999", "text": "好的"}, False),
        ("provider", {"kind": "consent-withdrawn", "number": LI, "to": "bank"}, True),
        ("provider", {"kind": "wish-stated", "number": LI, "says": "accept"}, False),
        ("carrier", {"kind": "wish-stated", "number": "13744137444", "says": "decline"}, True),
        ("authority", {"kind": "consent-given", "number": LI, "to": "bank"}, False),
    ],
)
def test_a_tenant_says_what_its_kind_may(server: Server, kind: str, said: dict[str, str], allowed: bool) -> None:
    tenant = f"{kind}-says"
    server.house.accounts.make_tenant(tenant, kind, kind, ["bank"] if kind == "sender" else [], actor="test")
    if kind == "carrier":
        server.house.registers.write(NumberRangeServed(prefix="1374413", operator=tenant), actor="test", at=LONG_AGO)
    with server.client(server.key("say", tenant=tenant)) as client:
        answer = client.post("/v1/statements", json={"said": said})
    assert answer.status_code == (201 if allowed else 403), answer.text


def test_a_sender_sees_consents_to_its_own_and_no_wishes(server: Server) -> None:
    server.house.accounts.make_tenant("bank-sees", "安宁银行", "sender", ["bank"], actor="test")
    with server.client(server.key("look-up", tenant="bank-sees")) as client:
        own = client.post("/v1/look-ups/consents", json={"number": WANG})
        assert {each["to"] for each in own.json()["standing"]} == {"bank"}
        assert own.json()["number"] == "138****8000"
        assert WANG not in own.text
        assert client.post("/v1/look-ups/consents", json={"number": WANG, "to": "cpaas"}).status_code == 403
        assert client.post("/v1/look-ups/wishes", json={"number": WANG}).status_code == 403


# --- problems -----------------------------------------------------------------------------------------------------


def test_problems_have_one_shape_wherever_they_come_from(server: Server) -> None:
    with server.client(server.key("decide", "scrub")) as client:
        answers = [
            client.get("/nowhere"),
            client.put("/v1/decide"),
            client.post("/v1/decide", content=b"{"),
            client.post("/v1/scrubs", content=b"{"),
            client.post("/v1/scrubs", json={**JOB, "sender": 1}),
            client.get("/v1/keys"),
            client.get("/v1/holds?count=0"),
            client.get("/v1/holds?unknown=1"),
            client.get("/v1/holds/none"),
            client.post("/v1/scrubs", content=b"x" * (2 << 20)),
        ]
    names = set(Problem.__struct_fields__)
    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json", answer.request.url
        assert set(answer.json()) == names
        assert answer.json()["status"] == answer.status_code
        assert 400 <= answer.status_code < 500


def test_every_error_of_the_family_has_a_status() -> None:
    def family(kind: type[AnningError]) -> list[type[AnningError]]:
        return [kind, *(each for below in kind.__subclasses__() for each in family(below))]

    for kind in family(AnningError):
        problem = problem_of(kind("错", "wrong 13800138000", thing="13800138000"))
        assert 400 <= problem.status < 600
        assert "13800138000" not in problem.detail + problem.thing
    assert problem_of(InvalidInput("a", "b")).type == "/docs/errors#invalid-input"
