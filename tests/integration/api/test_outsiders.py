"""A sender that holds no registry cannot read it by asking, and asks within bounds (盲洗与额度)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from anning.api.quota import PORTION
from api_server import Server, running
from gate_world import MARKETING_PORT, OFFER

WISHED = [f"137001380{n:02}" for n in range(20)]
SILENT = [f"137001390{n:02}" for n in range(20)]
QUESTIONS, CONSENTS = 3 * PORTION, 5


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with small quotas; twenty people want peace, twenty never said a word."""
    folder: Path = tmp_path_factory.mktemp("bounded")
    with running(folder, outsider_questions_per_day=QUESTIONS, outsider_consents_per_day=CONSENTS) as server:
        for id in ("one", "two", "three", "four"):
            server.house.accounts.make_tenant(id, id, "sender", ["bank"], actor="test")
        server.house.accounts.make_tenant("carried", "carried", "provider", [], actor="test")
        with server.client(server.key("say")) as registry:
            for number in WISHED:
                said = {"kind": "wish-stated", "number": number, "says": "decline"}
                assert registry.post("/v1/statements", json={"said": said}).status_code == 201
        yield server


def asked(number: str, **more: Any) -> dict[str, Any]:
    common = {"sender": "bank", "provider": "cpaas", "code": MARKETING_PORT, "text": OFFER}
    return common | {"number": number} | more


def told(client: httpx2.Client, number: str, path: str = "/v1/decide", **more: Any) -> dict[str, Any]:
    """An answer without what differs from request to request."""
    answer = client.post(path, json=asked(number, **more))
    assert answer.status_code == 200, answer.text
    return {name: value for name, value in answer.json().items() if name not in ("id", "at", "number", "valid_until")}


@pytest.mark.parametrize("under", ["in-force", "cn-2020-draft", "cn-2018-plan"])
def test_a_wish_and_silence_are_told_alike(bounded: Server, under: str) -> None:
    more = {"under": under, "channel": "call" if under == "cn-2018-plan" else "sms", "at": "2027-01-05T12:00:00+08:00"}
    with bounded.client(bounded.key("decide", tenant="one")) as outsider:
        wished, silent = told(outsider, WISHED[0], **more), told(outsider, SILENT[0], **more)
        assert wished == silent
        assert wished["outcome"] == "refuse"
        first, second = (told(outsider, each[1], "/v1/explain", **more) for each in (WISHED, SILENT))
        assert first == second
    with bounded.client(bounded.key("decide", tenant="carried")) as provider:
        assert told(provider, WISHED[0], **more) != told(provider, SILENT[0], **more)


def test_in_a_batch_too(bounded: Server) -> None:
    batch = asked("x", numbers=[WISHED[2], SILENT[2]])
    del batch["number"]
    with bounded.client(bounded.key("decide", tenant="one")) as outsider:
        answer = outsider.post("/v1/decide/batch", json=batch).json()
        assert answer["rows"] == [0, 0]
        assert len(answer["decisions"]) == 1
    with bounded.client(bounded.key("decide", tenant="carried")) as provider:
        answer = provider.post("/v1/decide/batch", json=batch).json()
        assert answer["rows"][0] != answer["rows"][1]


def test_questions_run_out_and_say_when_there_are_more(bounded: Server) -> None:
    batch = asked("x", numbers=[f"139{n:08}" for n in range(QUESTIONS - PORTION)])
    del batch["number"]
    with bounded.client(bounded.key("decide", tenant="two")) as outsider:
        assert outsider.post("/v1/decide", json=asked(SILENT[3])).status_code == 200
        assert outsider.post("/v1/decide/batch", json=batch).status_code == 200
        refused = outsider.post("/v1/decide/batch", json=batch)
        assert (refused.status_code, refused.json()["rule"]) == (429, "quota")
        assert 0 < int(refused.headers["Retry-After"]) <= 86_400
        for _ in range(PORTION - 1):
            bounded.house.quotas.take("two", "questions")
        assert outsider.post("/v1/decide", json=asked(SILENT[3])).status_code == 429
    with bounded.client(bounded.key("decide")) as registry:
        assert registry.post("/v1/decide", json=asked(SILENT[3])).status_code == 200


def test_an_enumeration_learns_no_more_than_its_quota(bounded: Server) -> None:
    """The one way to probe a wish: to record a consent dated before it, and ask whether it still stands."""
    told_apart = set()
    with bounded.client(bounded.key("say", "decide", tenant="three")) as attacker:
        answers = set()
        for number in (*WISHED, *SILENT):
            said = {"kind": "consent-given", "number": number, "to": "bank", "channel": "sms"}
            recorded = attacker.post("/v1/statements", json={"said": said, "at": "2024-03-01T00:00:00Z"})
            if recorded.status_code == 429:
                assert recorded.json()["rule"] == "quota"
            for channel in ("sms", "call"):
                answer = told(attacker, number, channel=channel, at="2027-01-05T12:00:00+08:00")
                answer.pop("position")
                if recorded.status_code == 429:
                    answers.add(str(answer))
                else:
                    told_apart.add(number)
    assert len(told_apart) == CONSENTS
    assert len(answers) == 2, "one answer by SMS and one by call, whoever it is of whom no consent could be recorded"


def test_a_list_of_consents_beyond_the_quota_is_not_taken(bounded: Server) -> None:
    rows = "phone\n" + "\n".join(SILENT[: CONSENTS + 1]) + "\n"
    with bounded.client(bounded.key("register", tenant="four")) as attacker:
        query = {"kind": "consent", "org": "bank"}
        head = bounded.house.registers.store.head()
        refused = attacker.post("/v1/imports", params=query, content=rows)
        assert (refused.status_code, refused.json()["rule"]) == (429, "quota")
        assert bounded.house.registers.store.head() == head
        few = "phone\n" + "\n".join(SILENT[:CONSENTS]) + "\n"
        assert attacker.post("/v1/imports", params=query, content=few).status_code == 201


def test_what_was_used_is_remembered(bounded: Server) -> None:
    before = bounded.house.quotas.left("three", "consents")
    assert before == 0
    with bounded.house.state.read() as connection:
        used = connection.raw.execute("SELECT used FROM quotas WHERE tenant = 'three' AND what = 'consents'").fetchone()
    assert used is not None
    assert used[0] == CONSENTS
