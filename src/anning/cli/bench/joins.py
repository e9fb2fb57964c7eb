"""The same job as people would do it today: joins in polars and in DuckDB (对照实现).

They get what the gate has in memory as tables in memory - who consented, who declined - and, for each of the six ways
a person can stand, the finished words; the law itself they need not know. They know the spellings of the generated
list and no others. What they write must equal what `anning scrub` wrote, file by file and row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import polars as pl

from anning.cli.bench.world import CONSENTED, DECLINED, DECLINED_LATER, EXCEPTED, SILENT, WITHDREW, People
from anning.gate.scrub.verdicts import Verdict

PARTS: Final = {"allow": "send", "refuse": "stop", "bad": "bad"}
COLUMNS: Final = ("序号", "手机号", "城市", "备注")
ADDED: Final = ("outcome", "reasons", "wording", "valid_until")

_NO_CONSENT, _CONSENT, _WITHDRAWN = range(3)
_NO_WISH, _DECLINES, _EXCEPTS = range(3)
STANDING: Final = {
    CONSENTED: (_CONSENT, _NO_WISH),
    DECLINED_LATER: (_CONSENT, _DECLINES),
    WITHDREW: (_WITHDRAWN, _NO_WISH),
    DECLINED: (_NO_CONSENT, _DECLINES),
    EXCEPTED: (_CONSENT, _EXCEPTS),
    SILENT: (_NO_CONSENT, _NO_WISH),
}
"""What each story has said to the sender and in general."""

_EMPTY, _SCIENTIFIC = 100, 101
_CAUSES: Final = {"empty": _EMPTY, "scientific-notation": _SCIENTIFIC}
_WIDE: Final = "０１２３４５６７８９"


class Registers(msgspec.Struct, frozen=True):
    """Two tables of numbers and, by way of standing, the words."""

    consents: pl.DataFrame
    wishes: pl.DataFrame
    verdicts: pl.DataFrame


def registers(crowd: People, verdicts: Mapping[int, Verdict], causes: Mapping[str, Verdict]) -> Registers:
    """What the rivals join with.

    Args:
        verdicts: what the gate says to somebody of each story.
        causes: what is said of a row without a number.
    """
    everybody = pl.DataFrame({"n": crowd.numbers, "story": crowd.stories})
    consent = {story: said for story, (said, _) in STANDING.items()}
    wish = {story: said for story, (_, said) in STANDING.items()}
    said = everybody.with_columns(
        c=pl.col("story").replace_strict(consent, return_dtype=pl.Int8),
        w=pl.col("story").replace_strict(wish, return_dtype=pl.Int8),
    )
    keys = [3 * c + w for c, w in STANDING.values()] + list(_CAUSES.values())
    words = [verdicts[story] for story in STANDING] + [causes[cause] for cause in _CAUSES]
    return Registers(
        said.filter(pl.col("c") != _NO_CONSENT).select("n", "c"),
        said.filter(pl.col("w") != _NO_WISH).select("n", "w"),
        pl.DataFrame(
            {"k": pl.Series(keys, dtype=pl.Int32), **{name: [getattr(word, name) for word in words] for name in ADDED}}
        ),
    )


def by_polars(source: Path, out: Path, said: Registers) -> None:
    """Read, join, write with polars on all its threads."""
    digits = (
        pl.col("手机号")
        .str.strip_chars()
        .str.replace_many(list(_WIDE), list("0123456789"))
        .str.replace(r"\.0$", "")
        .str.replace_all(r"[ -]", "")
        .str.replace(r"^(?:\+86|0086|86)(1\d{10})$", "$1")
    )
    damaged = pl.when(pl.col("手机号") == "").then(_EMPTY).otherwise(_SCIENTIFIC)
    listed = pl.read_csv(source, infer_schema=False).with_columns(pl.all().fill_null(""))
    judged = (
        listed.with_columns(
            n=pl.when(digits.str.contains(r"^1[3-9]\d{9}$")).then(digits).cast(pl.Int64),
        )
        .join(said.consents, on="n", how="left", maintain_order="left")
        .join(said.wishes, on="n", how="left", maintain_order="left")
        .with_columns(
            k=pl.when(pl.col("n").is_null())
            .then(damaged)
            .otherwise(3 * pl.col("c").fill_null(0).cast(pl.Int32) + pl.col("w").fill_null(0))
            .cast(pl.Int32)
        )
        .join(said.verdicts, on="k", how="left", maintain_order="left")
        .select(*COLUMNS, *ADDED)
    )
    judged.write_csv(out)
    for outcome, part in PARTS.items():
        judged.filter(pl.col("outcome") == outcome).write_csv(out.with_name(f"{out.name}.{part}"))


class InDuckDB:
    """DuckDB with the tables in its memory; loading them is not part of the job."""

    def __init__(self, said: Registers, folder: Path) -> None:
        import duckdb

        self._connection: Any = duckdb.connect()
        self._connection.execute("SET enable_progress_bar = false")
        for name, table in (("consents", said.consents), ("wishes", said.wishes), ("verdicts", said.verdicts)):
            file = folder / f"{name}.parquet"
            table.write_parquet(file)
            self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{file}')")

    def judge(self, source: Path, out: Path, _: Registers) -> None:
        """Read, join, write with DuckDB on all its threads."""
        self._connection.execute(_JUDGE.format(source=source))
        self._copy("judged", out)
        for outcome, part in PARTS.items():
            self._copy(f"judged WHERE outcome = '{outcome}'", out.with_name(f"{out.name}.{part}"))
        self._connection.execute("DROP TABLE judged")

    def _copy(self, rows: str, out: Path) -> None:
        self._connection.execute(
            f"COPY (SELECT * EXCLUDE line FROM {rows} ORDER BY line) TO '{out}' (FORMAT csv, HEADER)"
        )


_JUDGE: Final = """
CREATE TABLE judged AS
WITH listed AS (
    SELECT row_number() OVER () AS line, * FROM read_csv('{source}', all_varchar = true, header = true)
), told AS (
    SELECT *, regexp_replace(replace(replace(regexp_replace(
        translate(trim(coalesce("手机号", ''), ' 　'), '０１２３４５６７８９', '0123456789'),
        '\\.0$', ''), ' ', ''), '-', ''), '^(\\+86|0086|86)(1[0-9]{{10}})$', '\\2') AS digits
    FROM listed
), numbered AS (
    SELECT *, CASE WHEN regexp_full_match(digits, '1[3-9][0-9]{{9}}') THEN digits::BIGINT END AS n FROM told
), standing AS (
    SELECT numbered.*, CASE
        WHEN numbered.n IS NOT NULL THEN 3 * coalesce(c, 0)::INTEGER + coalesce(w, 0)
        WHEN coalesce("手机号", '') = '' THEN 100 ELSE 101 END AS k
    FROM numbered LEFT JOIN consents ON consents.n = numbered.n LEFT JOIN wishes ON wishes.n = numbered.n
)
SELECT line, "序号", "手机号", "城市", "备注", outcome, reasons, wording, valid_until
FROM standing LEFT JOIN verdicts ON verdicts.k = standing.k
"""
