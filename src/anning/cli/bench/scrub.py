"""`anning bench scrub`: rows a second against the same job in polars and in DuckDB, and against reading and writing.

Every figure is of one run on one machine; ratios hold better than seconds. Outputs are compared row by row before
anything is reported. What is said to run on one core does: the process is kept to one meanwhile.
"""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import polars as pl
import typer

from anning.cli import show
from anning.cli.bench import joins, measuring, world
from anning.cli.bench.measuring import Measured
from anning.errors import AnningError
from anning.gate.campaign import Campaign
from anning.gate.gate import Gate
from anning.gate.opening import open_gate
from anning.gate.scrub import Result
from anning.gate.scrub import scrub as judge_list
from anning.gate.scrub.verdicts import Verdict, Verdicts
from anning.numbers import parse
from anning.registers.open import open_registers
from anning.settings import read_settings
from anning.tables import open_table
from anning.tables.writers import Style

_MB: Final = 1 << 20
_IN_A_SHEET: Final = 20_000

RAW, READ, CODES, ALONE, WHOLE = (
    "raw read + write, one core",
    "read and parse, one core",
    "read, parse and judge, one core",
    "anning scrub, one core",
    "anning scrub",
)
TEXTS, PARQUET, SHEET = "a text by row", "Parquet to Parquet", "XLSX to XLSX"
POLARS_READS, POLARS, DUCKDB = "polars reads the text", "polars join", "DuckDB join"

GOALS: Final = (
    ("judged in memory on one core / polars reading the text", POLARS_READS, CODES, 0.50, 0.65),
    ("whole scrub on one core / raw read + write", RAW, ALONE, 0.65, 0.80),
    ("whole scrub / polars join", POLARS, WHOLE, 8.0, 10.0),
    ("whole scrub / DuckDB join", DUCKDB, WHOLE, 15.0, 20.0),
)
"""What is compared, the slower way, the faster, the least ratio and the one aimed at."""


def scrub(
    rows: Annotated[int, typer.Option("--rows", help="名单行数 | rows of the list")] = 1_000_000,
    people: Annotated[
        int, typer.Option("--people", help="人数，缺省为行数的四分之一 | people, a quarter of the rows by default")
    ] = 0,
    repeats: Annotated[int, typer.Option("--repeats", help="重复次数 | repeats")] = 3,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", help="测试文件所在目录，缺省为临时目录 | where the files are, by default the temporary folder"
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="报告所存目录 | folder for the report")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 | as JSON")] = False,
) -> None:
    """名单过滤的速度，与 polars、DuckDB、纯读写相比 | A scrub beside polars, DuckDB and bare reading and writing."""
    with tempfile.TemporaryDirectory(prefix="anning-bench-", dir=folder) as here:
        report = measure(Path(here), rows, people or max(rows // 4, 1), repeats)
    markdown = as_markdown(report)
    if out is not None:
        measuring.keep(report, markdown, out, f"scrub-{rows:.0e}".replace("+0", ""))
    if as_json:
        show.as_json(report)
    else:
        typer.echo(markdown)


def measure(folder: Path, rows: int, people: int, repeats: int) -> dict[str, Any]:
    """Make the world and the list in `folder`, do the job every way, compare, and report.

    Raises:
        AnningError: a rival's output differs from ours, or ours on one core from that on all.
    """
    setting = measuring.setting("polars", "duckdb")
    crowd = world.people(people)
    source, ours = folder / "list.csv", folder / "anning.csv"
    world.write_list(source, crowd, rows)
    gate = _gate(folder, crowd)
    before = _peak()
    result = _scrub(gate, source, ours)
    after = _peak()

    alone = folder / "alone.csv"
    with _one_core():
        _scrub(gate, source, alone)
    _equal_bytes(ours, alone)
    ways: dict[str, Callable[[], object]] = {
        RAW: _on_one_core(_raw(source, ours, folder / "raw")),
        READ: _on_one_core(partial(_read, source)),
        CODES: _on_one_core(partial(_codes, gate, source)),
        ALONE: _on_one_core(partial(_scrub, gate, source, alone)),
        WHOLE: partial(_scrub, gate, source, ours),
        POLARS_READS: partial(pl.read_csv, source, infer_schema=False),
        **_rivals(folder, source, ours, joins.registers(crowd, *_words(gate, crowd))),
    }
    measured = measuring.in_turns(ways, rows, repeats, warm=False)
    others = {
        name: measuring.in_turns({name: way}, count, repeats)[name]
        for name, count, way in _other_lists(folder, gate, source, rows)
    }
    return {
        "what": "anning scrub",
        **setting,
        "seed": world.SEED,
        "rows": rows,
        "people": people,
        "stories": {name: int((crowd.stories == place).sum()) for place, (name, _) in enumerate(world.STORIES)},
        "outcomes": {
            "allow": result.allow,
            "refuse": result.refuse,
            "bad": result.bad,
            "reasons": result.reasons,
            "causes": result.causes,
        },
        "bytes": {"read": source.stat().st_size, "written": sum(path.stat().st_size for path in _files(ours))},
        "peak_memory_mb": {"before": before, "after": after},
        "equal": "all rows of the full result, .send and .stop; count of .bad; on one core the same bytes as on all",
        "measured": [_told(each, measured[WHOLE], measured[RAW]) for each in measured.values()],
        "goals": [
            {
                "what": what,
                "ratio": round(measured[slower].median / measured[faster].median, 2),
                "floor": floor,
                "aim": aim,
            }
            for what, slower, faster, floor, aim in GOALS
        ],
        "other_lists": [_told(each) for each in others.values()],
    }


def _gate(folder: Path, crowd: world.People) -> Gate:
    settings = read_settings(data_dir=folder / "var", database_url="", segments_dir=None)
    with open_registers(settings, clock=lambda: world.AT) as registers:
        world.fill(registers, crowd, folder)
    return open_gate(settings.database, settings.segments, snapshots=settings.snapshots)


def _scrub(gate: Gate, source: Path, out: Path, text: int | None = None) -> Result:
    table = open_table(source)
    job = world.job() if text is None else msgspec.structs.replace(world.job(), text="")
    return judge_list(
        table, Campaign(gate, job), out, Style.of(out, table), number=table.number_column("手机号"), text=text
    )


def _read(source: Path) -> None:
    table = open_table(source)
    number = table.number_column("手机号")
    for block in table.batches():
        block.numbers(number)


def _codes(gate: Gate, source: Path) -> None:
    table, campaign = open_table(source), Campaign(gate, world.job())
    number = table.number_column("手机号")
    for block in table.batches():
        campaign.decide_block(block.numbers(number))


def _rivals(folder: Path, source: Path, ours: Path, said: joins.Registers) -> dict[str, Callable[[], object]]:
    """The rivals' ways, each once gone and compared with ours."""
    in_duckdb = joins.InDuckDB(said, folder)
    ways: dict[str, Callable[[], object]] = {}
    for name, judge in ((POLARS, joins.by_polars), (DUCKDB, in_duckdb.judge)):
        theirs = folder / f"{name.split()[0].lower()}.csv"
        ways[name] = partial(judge, source, theirs, said)
        ways[name]()
        _compare(ours, theirs, name)
    return ways


def _other_lists(folder: Path, gate: Gate, source: Path, rows: int) -> Iterator[tuple[str, int, Callable[[], object]]]:
    """The same list in other shapes, and the scrub of each: a column of texts, Parquet, a spreadsheet."""
    listed = pl.read_csv(source, infer_schema=False)
    texts = [world.TEXT.replace("五折", part) for part in ("五折", "六折", "七折", "八折", "九折")]
    of_row = pl.Series("正文", texts).gather(pl.int_range(rows, eager=True) % len(texts))
    listed.with_columns(of_row).write_csv(folder / "texts.csv")
    listed.write_parquet(folder / "list.parquet")
    some = min(rows, _IN_A_SHEET)
    listed.head(some).write_excel(folder / "list.xlsx")
    for name, count, given, text in (
        (TEXTS, rows, "texts.csv", listed.width),
        (PARQUET, rows, "list.parquet", None),
        (SHEET, some, "list.xlsx", None),
    ):
        path = folder / given
        yield name, count, partial(_scrub, gate, path, path.with_stem(f"judged-{path.stem}"), text)


def _words(gate: Gate, crowd: world.People) -> tuple[dict[int, Verdict], dict[str, Verdict]]:
    """What the gate says to somebody of each story, and of rows without a number."""
    verdicts = Verdicts("en")
    by_story = {}
    for story in range(len(world.STORIES)):
        number = int(crowd.numbers[crowd.stories == story][0])
        c = msgspec.structs.replace(world.job(), number=f"+86{number}")
        by_story[story] = verdicts.all[verdicts.of(gate.decide(c))]
    damaged = {"empty": world.spell(13800138000, 0), "scientific-notation": world.spell(13800138000, 1)}
    return by_story, {cause: verdicts.all[verdicts.bad(parse(cell))] for cause, cell in damaged.items()}


def _raw(source: Path, ours: Path, copy: Path) -> Callable[[], None]:
    """Read the list and write as many bytes as the results have, in blocks of a megabyte, and nothing else."""
    sizes = [path.stat().st_size for path in _files(ours)]
    block = source.read_bytes()[:_MB].ljust(_MB)

    def job() -> None:
        with source.open("rb", buffering=0) as file:
            while file.read(_MB):
                pass
        for place, size in enumerate(sizes):
            with copy.with_suffix(f".{place}").open("wb", buffering=0) as file:
                for start in range(0, size, _MB):
                    file.write(block[: min(_MB, size - start)])

    return job


@contextmanager
def _one_core() -> Iterator[None]:
    """What begins within, threads included, has one core of those there are; nothing changes where none can be
    chosen."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(all_cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_cores)


def _on_one_core(way: Callable[[], object]) -> Callable[[], object]:
    def job() -> None:
        with _one_core():
            way()

    return job


def _files(out: Path) -> list[Path]:
    return [out, *sorted(out.parent.glob(f"{out.name}.*"))]


def _equal_bytes(ours: Path, alone: Path) -> None:
    for one, other in zip(_files(ours), _files(alone), strict=True):
        if one.read_bytes() != other.read_bytes():
            raise AnningError(
                "单核与多核的结果不同", "the output on one core differs from that on all", thing=str(other.name)
            )


def _compare(ours: Path, theirs: Path, name: str) -> None:
    """Every row of the full result, and of the parts whose columns are the same in both."""
    for part in ("", ".send", ".stop"):
        left, right = (_cells(path.with_name(path.name + part)) for path in (ours, theirs))
        if not left.equals(right):
            raise AnningError(f"{name} 的结果与本系统不同", f"the output of {name} differs from ours", thing=name)
    bad = [_cells(path.with_name(path.name + ".bad")).height for path in (ours, theirs)]
    if bad[0] != bad[1]:
        raise AnningError(f"{name} 的坏行数与本系统不同", f"{name} has another count of bad rows", thing=name)


def _cells(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).with_columns(pl.all().fill_null(""))


def _peak() -> int:
    """The most memory this process has had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _told(each: Measured, whole: Measured | None = None, raw: Measured | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": each.name,
        "rows": each.rows,
        "seconds": [round(seconds, 4) for seconds in each.seconds],
        "rows_per_second": round(each.rate),
    }
    if whole is not None and raw is not None:
        told["times_raw"] = round(each.median / raw.median, 2)
        told["anning_is_times_as_fast"] = round(each.median / whole.median, 3)
    return told


def as_markdown(report: dict[str, Any]) -> str:
    """The report as small tables."""
    memory = report["peak_memory_mb"]
    lines = [
        f"# anning scrub, {report['rows']:,} rows",
        "",
        f"{measuring.described(report)} Seed {report['seed']}; {report['people']:,} people. One CSV in, the full "
        f"result and the parts by outcome out ({report['bytes']['read'] / 1e6:,.0f} MB read, "
        f"{report['bytes']['written'] / 1e6:,.0f} MB written). Outputs equal row by row.",
        "",
        *measuring.table(
            ("", "seconds (median)", "rows/s", "times the raw read + write", "anning scrub is so many times as fast"),
            [
                (
                    each["name"],
                    f"{statistics.median(each['seconds']):.3f}",
                    f"{each['rows_per_second']:,}",
                    f"{each['times_raw']:.2f}",
                    f"{each['anning_is_times_as_fast']:.2f}",
                )
                for each in report["measured"]
            ],
        ),
        "",
        *measuring.table(
            ("goal", "measured", "floor", "aim"),
            [(each["what"], each["ratio"], each["floor"], each["aim"]) for each in report["goals"]],
        ),
        "",
        *measuring.table(
            ("other lists", "rows", "seconds (median)", "rows/s"),
            [
                (
                    each["name"],
                    f"{each['rows']:,}",
                    f"{statistics.median(each['seconds']):.3f}",
                    f"{each['rows_per_second']:,}",
                )
                for each in report["other_lists"]
            ],
        ),
        "",
        f"Peak memory of the process: {memory['before']:,} MB with the world loaded, "
        f"{memory['after']:,} MB after a scrub.",
        "",
    ]
    return "\n".join(lines)
