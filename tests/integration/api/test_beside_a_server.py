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

ANNING = Path(sys.executable).with_name("anning")
CONSENT = ("consent", "give", "13800138000", "--to", "bank", "--channel", "sms")
ASKED = {
    "sender": "bank",
    "provider": "cpaas",
    "code": "106600001111",
    "text": "【安宁银行】您有一笔贷款额度可申请，详询400-800-1234，拒收请回复R",
    "purpose": "commercial",
}


class Machine:
    """A data directory, the command line on it, and at times a server."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ANNING_")},
            "ANNING_DATA_DIR": str(folder / "var"),
            **({"ANNING_DATABASE_URL": database} if database else {}),
        }

    def types(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [ANNING, *words], env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stderr

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

    def world(self) -> None:
        for words in (
            ("sender", "add", "cpaas", "--name", "云信通"),
            ("sender", "add", "bank", "--name", "安宁银行", "--trade", "finance"),
            ("sender", "licence", "cpaas", "--kind", "sms", "--from", "2024-01-01", "--until", "2099-01-01"),
            ("sender", "verify", "cpaas"),
            ("sender", "verify", "bank"),
            ("code", "add", "106600001111", "--holder", "cpaas", "--user", "bank", "--use", "commercial"),
            ("signature", "add", "安宁银行", "--owner", "bank"),
        ):
            self.types(*words)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def machine(request: pytest.FixtureRequest, tmp_path: Path, new_database: Any) -> Machine:
    return Machine(tmp_path, "" if request.param == "sqlite" else new_database("postgresql"))


def test_what_is_typed_beside_a_server_goes_through_it(machine: Machine) -> None:
    with machine.serving() as (url, _):
        machine.world()
        key = machine.json("account", "key", "--name", "test", "--scope", "decide")["key"]
        headers = {"Authorization": f"Bearer {key}"}

        def outcome() -> str:
            told = httpx2.post(f"{url}/v1/decide", headers=headers, json={**ASKED, "number": "13800138000"}).json()
            return str(told["outcome"])

        assert outcome() == "refuse"
        first = machine.json(*CONSENT, "--key", "once")
        again = machine.json(*CONSENT, "--key", "once")
        assert (first["duplicate"], again["duplicate"]) == (False, True)
        assert first["ids"] == again["ids"]
        assert outcome() == "allow"
        wishes = machine.folder / "wishes.csv"
        wishes.write_text("手机号,意愿,渠道\n13800138000,谢绝,短信\n坏的,谢绝,短信\n", encoding="utf-8")
        refused = machine.types("import", "wishes", str(wishes), code=2)
        assert "1" in refused
        taken = machine.json("import", "wishes", str(wishes), "--good-rows")
        assert (taken["rows"], taken["bad"]) == (1, 1)
        assert outcome() == "refuse"
        assert machine.json("wish", "show", "13800138000")["standing"][0]["state"] == "declined"
        wrong = machine.types("wish", "state", "12", code=2)
        assert "138" not in wrong
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
    machine.types("wish", "withdraw", "13800138000")


def test_two_servers_do_not_share_a_journal(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.environment["ANNING_WRITER_WAIT"] = "0"
    with machine.serving():
        assert "NotTheWriter" in machine.types("serve", "--port", "0", "--json", code=1)


def test_an_address_that_is_taken_is_named(tmp_path: Path) -> None:
    machine, other = Machine(tmp_path / "one"), Machine(tmp_path / "two")
    for each in (machine, other):
        each.folder.mkdir()
    with machine.serving() as (url, _):
        refused = other.types("serve", "--port", url.rpartition(":")[2], "--json", code=1)
        assert json.loads(refused.splitlines()[-1])["rule"] == "address"


def test_a_killed_server_leaves_its_jobs_to_the_next(machine: Machine) -> None:
    """A list of 200,000 rows is under way when the server is killed; the next one does it from the start."""
    machine.world()
    machine.types(*CONSENT)
    key = machine.json("account", "key", "--name", "t", "--scope", "scrub", "--scope", "decide")["key"]
    headers = {"Authorization": f"Bearer {key}"}
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


def test_what_a_killed_server_left_does_not_mislead(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    with machine.serving() as (_, process):
        process.kill()
        process.wait()
    assert (tmp_path / "var" / "serving.json").exists()
    machine.types("sender", "add", "bank", "--name", "安宁银行")


def test_the_shadow_report_at_the_terminal(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.world()
    key = machine.json("account", "key", "--name", "t", "--scope", "decide")["key"]
    with machine.serving("--shadow") as (url, _):
        headers = {"Authorization": f"Bearer {key}"}
        told = httpx2.post(f"{url}/v1/decide", headers=headers, json={**ASKED, "number": "13800138000"}).json()
        assert (told["outcome"], told["would"]) == ("allow", "refuse")
    report = machine.json("shadow", "report")
    assert (report["judged"], report["would_refuse"]) == (1, 1)
    assert "N03" in machine.types("shadow", "report")
