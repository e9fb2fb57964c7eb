"""`anning bench`: measured, with raw results (基准测试)."""

from __future__ import annotations

from anning.cli import lazily
from anning.cli.bench.charts import charts
from anning.cli.bench.counts import counts
from anning.cli.bench.growth import rivals
from anning.cli.bench.http import http
from anning.cli.bench.journal import journal
from anning.cli.bench.lookups import gate
from anning.cli.bench.scrub import scrub
from anning.cli.bench.starting import start
from anning.cli.bench.withdrawals import withdrawals

app = lazily.application("基准测试 | benchmarks")


@app.callback()
def bench() -> None:
    """基准测试，附原始结果 | Benchmarks, with their raw results."""


app.command("counts")(counts)
app.command("gate")(gate)
app.command("rivals")(rivals)
app.command("charts")(charts)
app.command("scrub")(scrub)
app.command("start")(start)
app.command("withdrawals")(withdrawals)
app.command("journal")(journal)
app.command("http")(http)
