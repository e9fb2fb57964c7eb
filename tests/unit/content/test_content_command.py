"""`anning content --file`: the messages of a list, in whatever format it comes."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from anning.cli.content import content
from anning.errors import InvalidFile

TEXTS = ["【青禾书店】新书八折，拒收请回复R", "您的验证码是 482913", ""]


def classes(*arguments: str) -> list[str]:
    app = typer.Typer()
    app.command("content")(content)
    result = CliRunner().invoke(app, ["--json", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return [json.loads(line)["text"] for line in result.stdout.splitlines()]


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8", ","), ("gb18030", ";"), ("utf-16", "\t")])
def test_the_messages_of_a_text(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [["序号", "内容"], *([str(place), text] for place, text in enumerate(TEXTS))]
    (tmp_path / "a.csv").write_text("\n".join(delimiter.join(row) for row in rows), encoding)
    assert classes("--file", str(tmp_path / "a.csv"), "--column", "内容") == TEXTS


def test_the_messages_of_a_parquet_file(tmp_path: Path) -> None:
    pl.DataFrame({"内容": TEXTS}).write_parquet(tmp_path / "a.parquet")
    assert classes("--file", str(tmp_path / "a.parquet"), "--column", "内容") == TEXTS


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("序号,内容\n1,您好\n", "utf-8")
    with pytest.raises(InvalidFile, match="正文"):
        classes("--file", str(tmp_path / "a.csv"), "--column", "正文")
