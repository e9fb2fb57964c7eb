"""Forgetting, holds and the calendar over HTTP and at the terminal (清除、法定保全与到期擦除)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from anning.cli.main import app
from anning.errors import AnningError, InvalidCommand
from anning.registers import events as reg
from api_server import Server
from gate_world import MARKETING_PORT, OFFER

CHEN, ZHOU = "13700137031", "13700137032"


@pytest.fixture
def asked() -> dict[str, Any]:
    return {"sender": "bank", "provider": "cpaas", "code": MARKETING_PORT, "text": OFFER, "channel": "sms"}


def test_a_caller_is_forgotten_at_once_and_by_everybody(server: Server, asked: dict[str, Any]) -> None:
    server.house.registers.write(reg.ConsentGiven(number=CHEN, to="bank"), actor="test")
    server.person("desk.one", "desk")
    with server.signed_in("desk.one") as desk, server.client(server.key("decide", "say")) as sender:
        told = desk.post("/v1/look-ups/consents", json={"number": CHEN}).json()
        assert any(one["state"] == "valid" for one in told["standing"])
        refused = desk.post("/v1/desk/forgetting", json={"number": CHEN, "what": "everything"})
        assert (refused.status_code, refused.json()["rule"]) == (422, "said-plainly")
        done = desk.post("/v1/desk/forgetting", json={"number": CHEN, "what": "consents"})
        assert done.status_code == 200, done.text
        assert (done.json()["statements"], done.json()["organisations"]) == (1, 1)
        assert CHEN not in done.text
        assert desk.post("/v1/look-ups/consents", json={"number": CHEN}).json()["standing"] == []
        old = {"said": {"kind": "consent-given", "number": CHEN, "to": "bank"}, "at": "2025-01-01T00:00:00Z"}
        kept_away = sender.post("/v1/statements", json=old)
        assert (kept_away.status_code, kept_away.json()["rule"]) == (422, "suppressed")
        assert sender.post("/v1/decide", json={**asked, "number": CHEN}).json()["outcome"] != "allow"


def test_holds_are_set_by_who_may_and_shown_masked(server: Server) -> None:
    server.person("over.seer", "supervisor")
    server.person("op.one", "operator")
    hold = {"said": {"kind": "legal-hold-set", "id": "c-1", "number": ZHOU, "reason": "12321"}}
    with server.signed_in("over.seer") as supervisor, server.signed_in("op.one") as operator:
        assert operator.post("/v1/legal-holds", json=hold).status_code == 403
        assert supervisor.post("/v1/legal-holds", json=hold).status_code == 201
        (shown,) = supervisor.get("/v1/legal-holds").json()
        assert (shown["id"], shown["number"]) == ("c-1", "137****7032")
        lifted = {"said": {**hold["said"], "held": False}}
        assert supervisor.post("/v1/legal-holds", json=lifted).status_code == 201
        assert supervisor.get("/v1/legal-holds").json() == []
        assert supervisor.get("/v1/erasures/due").status_code == 403


def test_the_house_erases_and_says_what_was_due(server: Server) -> None:
    old = datetime(2025, 1, 1, tzinfo=UTC)
    server.house.registers.write(reg.OrganisationRegistered(id="shop", name="好物商城"), actor="test")
    for said in (reg.ConsentGiven(number=ZHOU, to="shop"), reg.ConsentWithdrawn(number=ZHOU, to="shop")):
        server.house.registers.write(said, actor="test", at=old)
        old = datetime(2025, 2, 1, tzinfo=UTC)
    server.person("reg.istrar", "registrar")
    with server.signed_in("reg.istrar") as registrar:
        (due,) = registrar.get("/v1/erasures/due").json()
        assert (due["kind"], due["reason"], due["months"]) == ("consent-given", "withdrawn", 5)
        assert due["due"].startswith("2025-07-02T00:00:00+08:00")
        assert "R08b" in due["source"]
        assert ZHOU not in str(due)
        assert registrar.post("/v1/erasures").json()["erased"] == 1
        assert registrar.get("/v1/erasures/due").json() == []


def test_at_the_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANNING_DATA_DIR", str(tmp_path / "var"))

    def says(*words: str) -> str:
        result = CliRunner().invoke(app, list(words))
        if isinstance(result.exception, AnningError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    says("sender", "add", "bank", "--name", "安宁银行")
    says("consent", "give", CHEN, "--to", "bank", "--at", "2025-01-01 10:00")
    says("consent", "withdraw", CHEN, "--to", "bank", "--at", "2025-02-01 10:00")
    says("erase", "hold", "case-1", "--number", CHEN, "--reason", "投诉")
    assert "nothing is due" in says("erase", "due")
    assert '"erased":0' in says("erase", "run", "--json").replace(" ", "")
    says("erase", "lift", "case-1", "--number", CHEN)
    assert "withdrawn" in says("erase", "due")
    assert CHEN not in says("erase", "due", "--json")
    assert "erased: 1" in says("erase", "run")
    with pytest.raises(InvalidCommand, match="--yes"):
        says("erase", "forget", CHEN, "--json")
    assert "forgotten" in says("erase", "forget", CHEN, "--everything", "--yes")
    with pytest.raises(InvalidCommand, match="suppression mark"):
        says("consent", "give", CHEN, "--to", "bank", "--at", "2025-01-01 10:00")
    says("consent", "give", CHEN, "--to", "bank")
