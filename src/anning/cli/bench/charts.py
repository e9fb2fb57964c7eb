"""`anning bench charts`: pictures of the raw results, as SVG with both languages (图表).

Text stays text in the file, so that it can be read, searched and translated; no font is embedded. The same results
give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from anning.cli.bench.growth import Point, rate_of
from anning.errors import NotFound

_FONTS: Final = [
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "DejaVu Sans",
    "sans-serif",
]
_SIZE: Final = (8.2, 4.8)
_OURS: Final = "anning"
_SHARES: Final = ("p50", "p99", "p99.9", "max")
_ZH: Final = {
    "anning": "安宁 anning",
    "Python, row by row": "Python 逐行 row by row",
    "policy engine (Rego)": "策略引擎 policy engine (Rego)",
    "one byte fetched": "极限：取一字节 limit: one byte",
    "wish looked up": "查意愿 wish looked up",
    "two bytes fetched": "极限：取两字节 limit: two bytes",
    "wish and consent looked up": "查意愿与同意 wish and consent",
    "history found": "查得历次表示 history found",
    "decided": "裁决 decided",
}

Line = tuple[str, Sequence[float], Sequence[float]]


class Chart(msgspec.Struct, frozen=True):
    """One picture: lines over logarithmic axes.

    Attributes:
        lines: by line its name, where, and how much.
        across, up: what the axes mean.
    """

    title: str
    across: str
    up: str
    lines: list[Line]
    ticks: tuple[str, ...] = ()


def charts(
    folder: Annotated[Path, typer.Option("--folder", help="原始结果所在目录 | folder of the raw results")] = Path(
        "docs/bench"
    ),
) -> None:
    """把原始结果画成图 | Draw the raw results."""
    drawn = [_draw(chart, folder / f"{name}.svg") for name, chart in of_results(folder)]
    if not drawn:
        raise NotFound(
            f"{folder} 里没有原始结果", f"there are no raw results in {folder}", thing=str(folder), field="folder"
        )
    for path in drawn:
        typer.echo(path)


def of_results(folder: Path) -> Iterator[tuple[str, Chart]]:
    """The pictures that the results in a folder allow, by name."""
    rivals, gate = folder / "rivals.json", folder / "gate.json"
    if rivals.is_file():
        yield from _of_rivals(msgspec.json.decode(rivals.read_bytes()))
    if gate.is_file():
        yield "gate", _of_gate(msgspec.json.decode(gate.read_bytes()))
    runs = [msgspec.json.decode(path.read_bytes()) for path in sorted(folder.glob("withdrawals-*.json"))]
    runs = [run for run in runs if run["away_s"] is None]
    if runs:
        yield "withdrawals", _of_withdrawals(runs)


def _of_rivals(report: dict[str, Any]) -> Iterator[tuple[str, Chart]]:
    points = [msgspec.convert(each, Point) for each in report["points"]]
    at_numbers, at_rows = report["growing_rows_at"], report["growing_numbers_at"]
    growing_rows = [each for each in points if each.numbers == at_numbers and each.seconds]
    growing_numbers = [each for each in points if each.rows == at_rows and each.seconds]
    held = [each for each in points if each.rows == at_rows and each.bytes > 0]
    rate = "每秒行数 rows a second"
    yield (
        "rivals-rows",
        Chart(
            f"名单增长，{at_numbers:,} 个号码\nthe list grows, {at_numbers:,} numbers",
            "名单行数 rows of the list",
            rate,
            _lines(growing_rows, lambda point: point.rows, rate_of),
        ),
    )
    yield (
        "rivals-numbers",
        Chart(
            f"号码增长，{at_rows:,} 行\nthe nation grows, {at_rows:,} rows",
            "号码数 numbers",
            rate,
            _lines(growing_numbers, lambda point: point.numbers, rate_of),
        ),
    )
    yield (
        "rivals-memory",
        Chart(
            "所占内存（数据库为所占磁盘）\nmemory held (of databases: disk)",
            "号码数 numbers",
            "MB",
            _lines(held, lambda point: point.numbers, lambda point: point.bytes / 2**20),
        ),
    )


def _lines(points: list[Point], across: Callable[[Point], float], up: Callable[[Point], float]) -> list[Line]:
    lines: list[Line] = []
    for way in dict.fromkeys(each.way for each in points):
        of_way = sorted((across(each), up(each)) for each in points if each.way == way)
        lines.append((way, [x for x, _ in of_way], [y for _, y in of_way]))
    return lines


def _of_gate(report: dict[str, Any]) -> Chart:
    points = report["points"]
    numbers = [point["numbers"] for point in points]
    lines: list[Line] = [
        (each["name"], numbers, [point["measured"][place]["rows_per_second"] for point in points])
        for place, each in enumerate(points[0]["measured"])
    ]
    return Chart(
        "查询与本机极限 · look-ups and the machine's limit",
        "号码数 numbers",
        "每秒行数，一核 rows a second, one core",
        lines,
    )


def _of_withdrawals(runs: list[dict[str, Any]]) -> Chart:
    lines: list[Line] = [
        (
            f"{run['database']}, {run['plan']['gates']} 个闸口 gates",
            range(len(_SHARES)),
            [max(run["to_refusal_ms"][share], 0.01) for share in _SHARES],
        )
        for run in runs
    ]
    rate = runs[0]["plan"]["rate"]
    title = f"撤回确认到各闸口拒绝，每秒 {rate:,} 次变更\nacknowledged to refused everywhere, {rate:,} changes a second"
    return Chart(title, "", "毫秒 milliseconds", lines, _SHARES)


def _draw(chart: Chart, path: Path) -> Path:
    import matplotlib as mpl

    mpl.use("svg")
    import logging

    from matplotlib import pyplot

    # Fonts only tell how wide the text will be; the viewer brings its own.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "anning",
        "font.family": _FONTS,
        "font.size": 9.5,
    }
    with mpl.rc_context(settings):
        figure, axes = pyplot.subplots(figsize=_SIZE, layout="constrained")
        for name, across, up in chart.lines:
            ours = name == _OURS
            limit = name.endswith("fetched")
            axes.plot(
                across,
                up,
                label=_ZH.get(name, name),
                marker="o",
                markersize=3.5,
                linewidth=2.6 if ours else 1.4,
                linestyle="--" if limit else "-",
                zorder=3 if ours else 2,
            )
        if chart.ticks:
            axes.set_xticks(range(len(chart.ticks)), chart.ticks)
        else:
            axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set(title=chart.title, xlabel=chart.across, ylabel=chart.up)
        axes.grid(visible=True, which="major", alpha=0.3)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8.5)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": "anning bench charts"})
        pyplot.close(figure)
    return path
