"""A content model in force: proposed by one person, activated by another, kept whole, named in decisions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from anning.cli.main import app
from anning.content import content_version
from anning.content.modelfile import from_bytes, to_bytes
from anning.content.trained import BUILT_IN, Model
from anning.errors import AnningError, InvalidCommand, InvalidFile
from anning.gate.gate import Gate
from anning.gate.texts import NO_MODEL
from anning.law.decision import Outcome
from anning.registers import events as reg
from anning.registers.checks import content_models
from anning.registers.content_models import keep_model, path_of
from api_server import running
from gate_world import NOON, World, code_message, offer

SHIPPED = Path(str(files("anning.content"))) / "weights" / BUILT_IN
CONSENT = reg.ConsentGiven(number=offer().number, to="bank", channel="sms")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of another name, and therefore another hash."""
    import msgspec

    parts = from_bytes(SHIPPED.read_bytes(), "shipped")
    path = tmp_path_factory.mktemp("models") / "own.model"
    path.write_bytes(to_bytes(msgspec.structs.replace(parts, card=msgspec.structs.replace(parts.card, name="own"))))
    return path


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ANNING_DATA_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


def says(*words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--json"])
    if isinstance(result.exception, AnningError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_one_proposes_another_activates_and_either_may_go_back(own: Path) -> None:
    model = says("content", "propose", str(own), "--by", "zhou")["said"]["model"]
    assert says("content", "models")["in_force"] == "builtin"
    with pytest.raises(InvalidCommand) as refused:
        says("content", "activate", model, "--by", "zhou")
    assert refused.value.rule == "four-eyes"
    says("content", "activate", model, "--by", "wu")
    assert says("content", "models")["in_force"] == model
    says("content", "activate", "builtin", "--by", "zhou")
    assert says("content", "models")["in_force"] == "builtin"
    says("content", "activate", model, "--by", "zhou")
    told = says("content", "models")
    assert told["in_force"] == model
    assert [(row["step"], row["by"]) for row in reversed(told["decided"])] == [
        ("proposed", "zhou"), ("activated", "wu"), ("activated", "zhou"), ("activated", "zhou"),
    ]  # fmt: skip


def test_nothing_is_recorded_of_what_is_no_model(tmp_path: Path, data: Path) -> None:
    (tmp_path / "bad.model").write_bytes(SHIPPED.read_bytes()[:-20])
    for file in ("bad.model", "none.model"):
        with pytest.raises(InvalidFile, match=file):
            says("content", "propose", str(tmp_path / file), "--by", "zhou")
    with pytest.raises(InvalidFile, match="propose"):
        says("content", "activate", "0" * 64, "--by", "wu")
    assert not data.exists()


def test_decisions_name_the_model_in_force_at_their_moment(own: Path, tmp_path: Path) -> None:
    kept = keep_model(tmp_path, own)
    world = World(CONSENT, gate=Gate(segments=tmp_path))
    tomorrow = NOON + timedelta(days=1)
    world.say(reg.ContentModelDecided(model=kept.hash, step="proposed", by="zhou"))
    before = world.gate.decide(offer())
    assert before.hashes.content == content_version()
    world.say(reg.ContentModelDecided(model=kept.hash, step="activated", by="wu"), at=NOON + timedelta(hours=1))
    assert world.gate.decide(offer()).valid_until == NOON + timedelta(hours=1)
    assert world.gate.decide(offer()).hashes.content == content_version()
    after = world.gate.decide(offer(at=tomorrow))
    assert after.hashes.content == content_version(Model(own.read_bytes(), "own"))
    assert after.outcome == before.outcome


@pytest.mark.parametrize("damage", ["missing", "other"])
def test_a_model_that_is_not_there_stops_offers_and_no_code(own: Path, tmp_path: Path, damage: str) -> None:
    kept = keep_model(tmp_path, own)
    if damage == "missing":
        path_of(tmp_path, kept.hash).unlink()
    else:
        path_of(tmp_path, kept.hash).write_bytes(SHIPPED.read_bytes())
    world = World(CONSENT, gate=Gate(segments=tmp_path))
    world.say(reg.ContentModelDecided(model=kept.hash, step="activated", by="wu"))
    held = world.gate.decide(offer())
    assert held.outcome is Outcome.HOLD
    assert held.hashes.content == NO_MODEL
    assert world.gate.decide(code_message()).outcome is Outcome.ALLOW
    keep_model(tmp_path, own)
    assert world.gate.decide(offer()).outcome is Outcome.ALLOW


def test_it_is_in_force_after_a_restart_from_a_snapshot(own: Path, tmp_path: Path) -> None:
    kept = keep_model(tmp_path, own)
    world = World(CONSENT, gate=Gate(segments=tmp_path))
    world.say(reg.ContentModelDecided(model=kept.hash, step="activated", by="wu"))
    again = Gate(segments=tmp_path)
    again.unfold(world.gate.fold(), world.gate.log_id, world.gate.position)
    assert again.decide(offer()).hashes == world.gate.decide(offer()).hashes


def test_a_model_is_kept_whole(own: Path, tmp_path: Path) -> None:
    kept = keep_model(tmp_path, own)
    assert path_of(tmp_path, kept.hash).read_bytes() == own.read_bytes()
    assert [path.name for path in (tmp_path / "models").iterdir()] == [f"{kept.hash}.model"]


def test_a_server_takes_no_model_that_it_does_not_keep_and_the_speaker_is_who_shows_the_key(
    own: Path, tmp_path: Path
) -> None:
    def say(client: Any, model: str) -> Any:
        said = {"kind": "content-model-decided", "model": model, "step": "proposed", "by": "somebody else"}
        return client.post("/v1/registrations", json={"said": said})

    with running(tmp_path) as server, server.client(server.key("register")) as client:
        segments = server.house.registers.store.database.segments
        assert segments is not None
        refused = say(client, "0a" * 32)
        assert (refused.status_code, refused.json()["field"]) == (404, "model")
        taken = say(client, keep_model(segments, own).hash)
        assert taken.status_code == 201, taken.text
        with server.house.registers.store.read() as connection:
            (kept,) = content_models(connection, datetime.now(UTC))
        assert kept.by != "somebody else"
