"""The command line beside a running server, in processes of their own; a server that is killed and comes back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from anning.accounts.open import open_accounts
from anning.cli.main import app
from anning.errors import AnningError, InvalidFile
from anning.registers.events import ConsentGiven
from anning.registers.open import open_registers
from anning.settings import Settings
from gate_world import LONG_AGO, MARKETING_PORT, OFFER, WANG, WORLD

ANNING = Path(sys.executable).with_name("anning")
CONSENT = ("consent", "give", "13900139000", "--to", "bank", "--channel", "sms")
ASKED = {"sender": "bank", "provider": "cpaas", "code": MARKETING_PORT, "text": OFFER, "purpose": "commercial"}


class Machine:
    """A data directory, the command line on it, and at times a server."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ANNING_")},
            "ANNING_DATA_DIR": str(folder / "var"),
            **({"ANNING_DATABASE_URL": database} if database else {}),
        }

    def types(self, *words: str) -> str:
        """What a command says, typed in a process that is not the server's.

        Raises:
            AnningError: what the command refuses with.
        """
        with pytest.MonkeyPatch.context() as patch:
            for name in ("ANNING_DATA_DIR", "ANNING_DATABASE_URL", "ANNING_WRITER_WAIT"):
                if name in self.environment:
                    patch.setenv(name, self.environment[name])
            result = CliRunner().invoke(app, list(words))
        if isinstance(result.exception, AnningError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *words: str) -> dict[str, str]:
        """How a whole process refuses, as JSON."""
        done = subprocess.run(
            [ANNING, *words, "--json"],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, done.stdout + done.stderr
        told: dict[str, str] = json.loads(done.stderr.splitlines()[-1])
        return told

    def json(self, *words: str) -> Any:
        return json.loads(self.types(*words, "--json"))

    @contextmanager
    def serving(self, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
        process = subprocess.Popen(
            [ANNING, "serve", "--port", "0", "--json", *options],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"], process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            assert process.wait(30) in (0, -signal.SIGKILL, -signal.SIGINT, 130)
            process.stdout.close()

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.folder / "var", database_url=self.environment.get("ANNING_DATABASE_URL", ""))

    def world(self) -> None:
        """The gate tests' world and one consent, said before any server runs."""
        with open_registers(self.settings) as registers:
            for said in (*WORLD, ConsentGiven(number=WANG, to="bank", channel="sms")):
                registers.write(said, actor="test", at=LONG_AGO)

    def key(self, *scopes: str) -> dict[str, str]:
        """What a new key's holder sends along."""
        with open_accounts(self.settings) as accounts:
            return {"Authorization": f"Bearer {accounts.make_key('anning', 'test', scopes, actor='test').secret}"}


def test_what_is_typed_beside_a_server_goes_through_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.world()
    with machine.serving() as (url, _):
        key = machine.json("account", "key", "--name", "test", "--scope", "decide")["key"]
        headers = {"Authorization": f"Bearer {key}"}

        def outcome() -> str:
            told = httpx2.post(f"{url}/v1/decide", headers=headers, json={**ASKED, "number": "13900139000"}).json()
            return str(told["outcome"])

        assert outcome() == "refuse"
        first = machine.json(*CONSENT, "--key", "once")
        again = machine.json(*CONSENT, "--key", "once")
        assert (first["duplicate"], again["duplicate"]) == (False, True)
        assert first["ids"] == again["ids"]
        assert outcome() == "allow"
        wishes = machine.folder / "wishes.csv"
        wishes.write_text("手机号,意愿,渠道\n13900139000,谢绝,短信\n坏的,谢绝,短信\n", encoding="utf-8")
        with pytest.raises(InvalidFile) as refused:
            machine.types("import", "wishes", str(wishes))
        assert refused.value.rule == "atomic-import"
        taken = machine.json("import", "wishes", str(wishes), "--good-rows")
        assert (taken["rows"], taken["bad"]) == (1, 1)
        assert outcome() == "refuse"
        assert machine.json("wish", "show", "13900139000")["standing"][0]["state"] == "declined"
        invited = machine.json("account", "person", "li.na", "--name", "李娜", "--role", "registrar")
        machine.types(
            "account", "password", "li.na", "--invitation", invited["invitation"], "--password", "correct horse battery"
        )
        session = httpx2.post(f"{url}/v1/session", json={"name": "li.na", "password": "correct horse battery"})
        assert session.status_code == 201
        machine.types("account", "revoke", key.split("_")[1])
        assert httpx2.get(f"{url}/v1/holds", headers=headers).status_code == 401
    assert not (machine.folder / "var" / "serving.json").exists()
    # The server is gone: the terminal has the writer to itself.
    machine.types("wish", "withdraw", "13900139000")


def test_a_gateway_by_hand(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.world()
    with pytest.raises(AnningError) as away:
        machine.types("sms", "outbox")
    assert "anning serve" in away.value.en
    with machine.serving() as (url, _):
        assert "请确认" in machine.json("sms", "receive", "13900139000", "KTFSR", "--to", "10086")["reply"]
        assert len(machine.json("sms", "receive", "13900139000", "Y")["ids"]) == 1
        assert [each["kind"] for each in machine.json("sms", "outbox")] == ["dialogue", "receipt"]
        assert machine.json("sms", "outbox") == []
        httpx2.post(f"{url}/v1/subscriber/codes", json={"number": "13900139000"})
        assert "验证码是" in machine.json("sms", "outbox", "--keep")[0]["text"]
        machine.types("account", "tenant", "mvno", "--name", "转售", "--kind", "reseller")
        machine.types("operator", "range", "1390", "mvno")
        assert machine.json("operator", "show", "13900139000")["operator"] == "mvno"
        machine.types("operator", "port", "13900139000", "anning")
        assert machine.json("operator", "show", "13900139000")["operator"] == "anning"
        assert machine.refused("operator", "port", "13900139000", "nobody")["rule"] == "known-tenant"


def test_two_servers_share_neither_a_journal_nor_an_address(tmp_path: Path) -> None:
    machine, other = Machine(tmp_path / "one"), Machine(tmp_path / "two")
    for each in (machine, other):
        each.folder.mkdir()
    machine.environment["ANNING_WRITER_WAIT"] = "0"
    with machine.serving() as (url, process):
        assert machine.refused("serve", "--port", "0")["error"] == "NotTheWriter"
        assert other.refused("serve", "--port", url.rpartition(":")[2])["rule"] == "address"
        process.kill()
        process.wait()
    # What a killed server left does not mislead: the terminal takes the writer itself.
    assert (machine.folder / "var" / "serving.json").exists()
    machine.types("sender", "add", "bank", "--name", "安宁银行")


def test_a_killed_server_leaves_its_jobs_to_the_next(tmp_path: Path) -> None:
    """A list of 200,000 rows is under way when the server is killed; the next one does it from the start."""
    machine = Machine(tmp_path)
    machine.world()
    headers = machine.key("scrub", "decide")
    rows = 200_000
    asked = {name: value for name, value in ASKED.items() if name != "purpose"}
    with machine.serving() as (url, process), httpx2.Client(base_url=url, headers=headers, timeout=60) as client:
        job = client.post("/v1/scrubs", json={**asked, "filename": "big.csv"}).json()["id"]
        listed = "手机号\n13800138000\n" + "".join(f"139{number:08d}\n" for number in range(rows - 1))
        assert client.put(f"/v1/scrubs/{job}/list", content=listed.encode()).status_code == 202
        waiting = client.post("/v1/scrubs", json={**asked, "filename": "later.csv"}).json()["id"]
        client.put(f"/v1/scrubs/{waiting}/list", content=b"13800138000\n")
        until(lambda: client.get(f"/v1/scrubs/{job}").json()["state"] == "running")
        for _ in range(3):
            client.post("/v1/decide", json={**ASKED, "number": "13800138000"})
        process.kill()
        process.wait()
    with machine.serving() as (url, _), httpx2.Client(base_url=url, headers=headers, timeout=60) as client:
        until(lambda: client.get(f"/v1/scrubs/{waiting}").json()["state"] == "done", 120)
        done = client.get(f"/v1/scrubs/{job}").json()
        assert (done["state"], done["rows"], done["result"]["allow"]) == ("done", rows, 1)
        sent = client.get(f"/v1/scrubs/{job}/files/send").text.splitlines()
        assert len(sent) == 2
        assert sent[1].startswith("13800138000")
        left = [path.name for path in (machine.folder / "var" / "scrubs" / job).iterdir() if ".part" in path.name]
        assert left == []
        assert client.delete(f"/v1/scrubs/{job}").status_code == 204
        assert client.get(f"/v1/scrubs/{job}").status_code == 404
        assert not (machine.folder / "var" / "scrubs" / job).exists()


def until(holds: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_shadow_report_at_the_terminal(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.world()
    headers = machine.key("decide")
    with machine.serving("--shadow") as (url, _):
        told = httpx2.post(f"{url}/v1/decide", headers=headers, json={**ASKED, "number": "13900139000"}).json()
        assert (told["outcome"], told["would"]) == ("allow", "refuse")
    report = machine.json("shadow", "report")
    assert (report["judged"], report["would_refuse"]) == (1, 1)
    assert "N03" in machine.types("shadow", "report")
