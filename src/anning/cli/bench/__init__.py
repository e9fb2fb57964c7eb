"""`anning bench`: measured, with raw results (基准测试)."""

from __future__ import annotations

from anning.cli import lazily
from anning.cli.bench.scrub import scrub

app = lazily.application("基准测试 | benchmarks")


@app.callback()
def bench() -> None:
    """基准测试，附原始结果 | Benchmarks, with their raw results."""


app.command("scrub")(scrub)
