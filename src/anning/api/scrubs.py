"""Lists judged as jobs (名单任务): asked for, uploaded, judged by a worker process, fetched; kept through restarts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from anning.api.models import Moment, Name, Text
from anning.api.rows import Rows
from anning.api.tables import QUERIES
from anning.errors import Conflict, InvalidInput, NotFound
from anning.journal import Clock
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.law.instruments.registry import IN_FORCE
from anning.law.observations import CallerIdentity, Channel, Purpose
from anning.state import State
from anning.tables.formats import BY_SUFFIX

State_: TypeAlias = Literal["uploading", "waiting", "running", "done", "failed", "cancelled"]
PARTS: Final = ("all", "send", "stop", "hold", "bad")


class ScrubRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How a list is to be judged; the list itself follows (名单判定请求).

    Attributes:
        filename: what the list is called; its ending says what it is.
        text, text_column: the one text for all, or the column that has each row's own.
        output: the ending of the result files, as the list's own when empty.
    """

    sender: Name
    provider: Name
    code: Name
    filename: Annotated[str, Meta(min_length=1, max_length=255)]
    channel: Channel = Channel.SMS
    text: Text | None = None
    text_column: Name | None = None
    number_column: Name | None = None
    at: Moment | None = None
    under: Name = IN_FORCE
    via: Name = ""
    purpose: Purpose = Purpose.COMMERCIAL
    platform_call: bool | None = None
    caller_identity: CallerIdentity = CallerIdentity.VERIFIED
    charged: bool = False
    sheet: Name | None = None
    encoding: Name | None = None
    delimiter: Annotated[str, Meta(max_length=3)] | None = None
    header: bool | None = None
    output: Literal["", ".csv", ".xlsx", ".parquet"] = ""
    language: Literal["zh", "en"] = "zh"


class Scrub(msgspec.Struct, frozen=True, kw_only=True):
    """A job as it stands (名单任务).

    Attributes:
        state: uploading, waiting, running, done, failed, cancelled.
        bytes, bytes_read, rows: of the list, read so far, judged so far.
        result: what became of it, when done: counts, reasons, causes, files by part.
        problem: why it failed, as problem details.
    """

    id: str
    tenant: str
    state: State_
    filename: str
    bytes: int
    bytes_read: int
    rows: int
    shadow: bool
    asked: ScrubRequest
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    at: datetime
    changed: datetime


class Scrubs:
    """The jobs of an installation and their files.

    Args:
        folder: where lists and results lie.
        shadow: whether nothing is enforced.
    """

    def __init__(self, state: State, folder: Path, clock: Clock, *, shadow: bool) -> None:
        self._state = state
        self._folder = folder
        self._clock = clock
        self._shadow = shadow

    def ask(self, id: str, tenant: str, actor: str, asked: ScrubRequest) -> Scrub:
        """A new job; its list is still to come.

        Raises:
            InvalidInput: the request does not fit together.
        """
        _must_fit(asked)
        with self._state.write() as connection:
            QUERIES.change(
                connection,
                "keep_scrub",
                id=id,
                tenant=tenant,
                actor=actor,
                asked=msgspec.json.encode(asked).decode(),
                file=f"list{Path(asked.filename).suffix.lower()}",
                at=to_microseconds(self._clock()),
            )
        return self.one(id, tenant)

    def place_of_list(self, job: Scrub) -> Path:
        """Where its list goes.

        Raises:
            Conflict: it has its list already.
        """
        if job.state != "uploading":
            raise Conflict("名单已经上传", "the list was uploaded before", thing=job.id, field="state", rule="once")
        folder = self._folder / job.id
        folder.mkdir(parents=True, exist_ok=True)
        return folder / _list_name(job)

    def uploaded(self, job: Scrub) -> Scrub:
        """Its list is on disk: it waits for its turn."""
        size = (self._folder / job.id / _list_name(job)).stat().st_size
        with self._state.write() as connection:
            QUERIES.change(connection, "scrub_uploaded", id=job.id, bytes=size, at=to_microseconds(self._clock()))
        return self.one(job.id, job.tenant)

    def one(self, id: str, tenant: str) -> Scrub:
        """One job.

        Raises:
            NotFound: the tenant has none of that id.
        """
        with self._state.read() as connection:
            row = QUERIES.row(connection, "scrub", id=id)
        if row is None or row[1] != tenant:
            raise NotFound("没有这个名单任务", "there is no such job", thing=id, field="id")
        return self._scrub(row)

    def of(self, tenant: str, before: str, count: int) -> list[Scrub]:
        """A tenant's, the latest first."""
        with self._state.read() as connection:
            rows = QUERIES.rows(connection, "scrubs_of_tenant", tenant=tenant, before=before or "~", count=count)
        return [self._scrub(row) for row in rows]

    def file(self, job: Scrub, part: str) -> Path:
        """A result file.

        Raises:
            NotFound: it is not done, or has no rows of that kind.
        """
        files = (job.result or {}).get("files", {})
        path = self._folder / job.id / str(files[part]) if part in files else None
        if path is None or not path.is_file():
            raise NotFound(
                "没有这个结果文件：任务未完成，或没有这类行",
                "there is no such file: the job is not done, or has no rows of that kind",
                thing=part,
                field="part",
            )
        return path

    def rows(self, job: Scrub) -> Rows:
        """Its rows as judged.

        Raises:
            NotFound: it is not done.
        """
        rows = Rows.of(self._folder / job.id) if job.state == "done" else None
        if rows is None:
            raise NotFound("任务未完成", "the job is not done", thing=job.id, field="rows")
        return rows

    def list_of(self, job: Scrub) -> Path:
        """The list as it was uploaded."""
        return self._folder / job.id / _list_name(job)

    def again(self, job: Scrub, id: str, actor: str, asked: ScrubRequest) -> Scrub:
        """The same list judged otherwise: a new job that waits at once.

        Raises:
            NotFound: the list is not here any more.
        """
        source = self.list_of(job)
        if not source.is_file():
            raise NotFound("名单已不在", "the list is not here any more", thing=job.id, field="list")
        new = self.ask(id, job.tenant, actor, asked)
        place = self.place_of_list(new)
        try:
            place.hardlink_to(source)
        except OSError:
            shutil.copyfile(source, place)
        return self.uploaded(new)

    def forget(self, job: Scrub) -> None:
        """Cancel it, and let its files go."""
        with self._state.write() as connection:
            QUERIES.change(connection, "cancel_scrub", id=job.id, at=to_microseconds(self._clock()))
        if job.state == "running":
            return
        shutil.rmtree(self._folder / job.id, ignore_errors=True)
        with self._state.write() as connection:
            QUERIES.change(connection, "forget_scrub", id=job.id)

    # --- what the worker does with them -------------------------------------------------------------------------

    def resume(self) -> None:
        """What was left half-way waits again."""
        with self._state.write() as connection:
            QUERIES.change(connection, "resume_scrubs", at=to_microseconds(self._clock()))

    def take(self) -> tuple[Scrub, Path, int] | None:
        """The next job, taken up: with its folder and how often it was tried before."""
        with self._state.write() as connection:
            row = QUERIES.row(connection, "next_scrub")
            if row is None:
                return None
            QUERIES.change(connection, "begin_scrub", id=row[0], at=to_microseconds(self._clock()))
        return self._scrub(row), self._folder / row[0], row[13]

    def progress(self, id: str, bytes_read: int, rows: int) -> bool:
        """Note how far it is; False when nobody wants it any more."""
        with self._state.write() as connection:
            return (
                QUERIES.change(
                    connection,
                    "scrub_progress",
                    id=id,
                    bytes_read=bytes_read,
                    rows_judged=rows,
                    at=to_microseconds(self._clock()),
                )
                > 0
            )

    def end(self, id: str, *, result: dict[str, Any] | None = None, problem: Any = None) -> None:
        """It is done, or failed."""
        with self._state.write() as connection:
            QUERIES.change(
                connection,
                "end_scrub",
                id=id,
                state="failed" if result is None else "done",
                result="" if result is None else msgspec.json.encode(result).decode(),
                problem="" if problem is None else msgspec.json.encode(problem).decode(),
                rows_judged=0 if result is None else result["rows"],
                at=to_microseconds(self._clock()),
            )

    def _scrub(self, row: tuple[Any, ...]) -> Scrub:
        id, tenant, _, state, asked, _, size, read, rows, result, problem, at, changed, _ = row
        request = msgspec.json.decode(asked, type=ScrubRequest)
        return Scrub(
            id=id,
            tenant=tenant,
            state=state,
            filename=request.filename,
            bytes=size,
            bytes_read=read,
            rows=rows,
            shadow=self._shadow,
            asked=request,
            result=msgspec.json.decode(result) if result else None,
            problem=msgspec.json.decode(problem) if problem else None,
            at=from_microseconds(at),
            changed=from_microseconds(changed),
        )


def download_name(job: Scrub, part: str) -> str:
    """What a result is called when it is fetched: members.send.csv."""
    name = Path(job.filename)
    ending = job.asked.output or name.suffix
    return f"{name.stem}{'.judged' if part == 'all' else '.' + part}{ending}"


def ending_of(asked: ScrubRequest) -> str:
    """The ending of the result files."""
    return asked.output or Path(asked.filename).suffix.lower()


def _list_name(job: Scrub) -> str:
    return f"list{Path(job.asked.filename).suffix.lower()}"


def _must_fit(asked: ScrubRequest) -> None:
    if Path(asked.filename).suffix.lower() not in BY_SUFFIX:
        allowed = ", ".join(_endings())
        raise InvalidInput(
            f"名单须为 {allowed}", f"a list is one of {allowed}", thing=asked.filename, field="filename", rule="format"
        )
    if asked.channel is Channel.CALL:
        return
    if (asked.text is None) == (asked.text_column is None):
        raise InvalidInput(
            "text 与 text_column 须给出其一，且只给其一",
            "give text or text_column, one of them",
            thing="scrub",
            field="text",
        )


def _endings() -> Iterator[str]:
    yield from sorted(BY_SUFFIX)
