"""The demonstration as a newcomer runs it, smaller: what it makes, what it leaves alone, that it can be run again."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
from typer.testing import CliRunner

from anning.cli.main import app

ROWS = "2000"


def run(folder: Path, *options: str) -> str:
    result = CliRunner().invoke(app, ["demo", "--dir", str(folder), "--rows", ROWS, "--no-serve", *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_tells_what_may_go_and_what_may_not_and_leaves_the_files(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path / "demo", "--json").splitlines()[-1])
    campaign = told["campaign"]
    assert campaign["rows"] == int(ROWS)
    assert sum(campaign[outcome] for outcome in ("allow", "label", "hold", "refuse", "bad")) == int(ROWS)
    assert campaign["allow"] > 0
    assert {"O01", "O02", "N03", "S01"} <= campaign["reasons"].keys()
    assert all(Path(file).stat().st_size for file in campaign["files"].values())
    outcomes = [single["outcome"] for single in told["singles"]]
    assert len(outcomes) >= 12
    assert {"allow", "label", "refuse"} <= set(outcomes)


def test_run_again_it_comes_out_the_same_and_touches_nothing_of_the_users(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = json.loads(run(folder, "--json").splitlines()[-1])
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    second = json.loads(run(folder, "--json").splitlines()[-1])
    assert first["singles"] == second["singles"]
    assert first["campaign"]["reasons"] == second["campaign"]["reasons"]
    assert (folder / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(app, ["demo", "--dir", str(tmp_path), "--rows", ROWS])
    assert result.exit_code != 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_it_serves_its_pages_until_told_to_stop(tmp_path: Path) -> None:
    environment = {**os.environ, "ANNING_PORT": "0", "ANNING_LANGUAGE": "en", "PYTHONUNBUFFERED": "1"}
    command = [Path(sys.executable).with_name("anning"), "demo", "--dir", str(tmp_path / "demo"), "--rows", "1000"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as demo:
        assert demo.stdout is not None
        told = ""
        for line in demo.stdout:
            told += line
            if "Ctrl-C" in line:
                break
        named = re.search(r"open (http://localhost:\d+)/ and sign in as (\S+) with the password (\S+)", told)
        assert named is not None, told
        with httpx2.Client(base_url=named[1], follow_redirects=True, timeout=30) as client:
            csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/sign-in").text)
            assert csrf is not None
            page = client.post("/sign-in", data={"csrf": csrf[1], "name": named[2], "password": named[3]})
            assert page.url.path == "/before-sending"
            assert "campaign.csv" in page.text
        demo.send_signal(signal.SIGINT)
        rest = demo.stdout.read()
        assert demo.wait(30) == 0, rest
        assert "Traceback" not in rest
