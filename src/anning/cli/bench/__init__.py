"""`anning bench`: measured, with raw results (基准测试)."""

from __future__ import annotations

import typer

from anning.cli.bench.counts import counts
from anning.cli.bench.http import http
from anning.cli.bench.scrub import scrub

app = typer.Typer(no_args_is_help=True, help="基准测试 | benchmarks")


@app.callback()
def bench() -> None:
    """基准测试，附原始结果 | Benchmarks, with their raw results."""


app.command("counts")(counts)
app.command("scrub")(scrub)
app.command("http")(http)
