"""Lists as jobs (名单任务)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from uuid_utils import uuid7

from anning.accounts.roles import Action
from anning.api.decide import not_its_own
from anning.api.handlers.judging import Page
from anning.api.routes import Answer, Call, Route
from anning.api.scrubs import Scrub, ScrubRequest, download_name
from anning.errors import InvalidInput
from anning.journal.folders import flush


def ask_scrub(call: Call) -> Answer:
    """A new job; its list is still to come."""
    asked: ScrubRequest = call.body
    if not call.tenant.speaks_for(asked.sender):
        raise not_its_own(asked.sender)
    job = call.house.scrubs.ask(str(uuid7()), call.tenant.id, call.who.actor, asked)
    return Answer(value=job, status=201, headers={"Location": f"/v1/scrubs/{job.id}"})


async def upload_list(call: Call) -> Answer:
    """The list itself, straight to disk; it waits for its turn once it is whole."""
    house = call.house
    job = await run_in_threadpool(house.scrubs.one, call.params["id"], call.tenant.id)
    path = await run_in_threadpool(house.scrubs.place_of_list, job)
    part = path.with_name(f".{path.name}.{uuid7()}.part")
    try:
        await to_disk(call.stream, part, house.settings.upload_max_bytes)
        await run_in_threadpool(_keep, part, path)
    finally:
        part.unlink(missing_ok=True)
    job = await run_in_threadpool(house.scrubs.uploaded, job)
    house.wake.set()
    return Answer(value=job, status=202)


def ask_after_scrub(call: Call) -> Scrub:
    """How far a job is."""
    return call.house.scrubs.one(call.params["id"], call.tenant.id)


def list_scrubs(call: Call) -> list[Scrub]:
    """A tenant's jobs, the latest first."""
    return call.house.scrubs.of(call.tenant.id, call.query.before, call.query.count)


def fetch_result(call: Call) -> Answer:
    """A result file: all, send, stop, hold, bad."""
    job = call.house.scrubs.one(call.params["id"], call.tenant.id)
    part = call.params["part"]
    path = call.house.scrubs.file(job, part)
    return Answer(file=path, filename=download_name(job, part))


def forget_scrub(call: Call) -> Answer:
    """Cancel a job, or let a finished one's files go."""
    call.house.scrubs.forget(call.house.scrubs.one(call.params["id"], call.tenant.id))
    return Answer(status=204)


async def to_disk(stream: Any, path: Path, most: int) -> None:
    """A request's body into a file.

    Raises:
        InvalidInput: it is longer than a list may be.
    """
    size = 0
    with path.open("wb") as file:
        async for part in stream():
            size += len(part)
            if size > most:
                raise InvalidInput(
                    f"名单超过 {most} 字节", f"the list is beyond {most} bytes", thing="body", rule="body-size"
                )
            if part:
                await run_in_threadpool(file.write, part)


def _keep(part: Path, path: Path) -> None:
    flush(part)
    part.replace(path)
    flush(path.parent)


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/scrubs",
        action=Action.SCRUB,
        handler=ask_scrub,
        zh="提交一个名单任务，随后上传名单",
        en="Ask for a list to be judged; the list follows",
        tag="scrubs",
        takes=ScrubRequest,
        answers=Scrub,
        status=201,
        idempotent="answer",
        example={
            "sender": "bank",
            "provider": "cpaas",
            "code": "106600001111",
            "filename": "members.csv",
            "text": "【安宁银行】您有一笔信用贷款额度可申请，拒收请回复R",
        },
    ),
    Route(
        method="PUT",
        path="/v1/scrubs/{id}/list",
        action=Action.SCRUB,
        handler=upload_list,
        zh="上传名单，边收边写盘",
        en="Upload the list, written to disk as it comes",
        tag="scrubs",
        answers=Scrub,
        status=202,
        streams=True,
    ),
    Route(
        method="GET",
        path="/v1/scrubs",
        action=Action.SCRUB,
        handler=list_scrubs,
        zh="名单任务，最近的在前",
        en="Jobs, the latest first",
        tag="scrubs",
        query=Page,
        answers=list[Scrub],
    ),
    Route(
        method="GET",
        path="/v1/scrubs/{id}",
        action=Action.SCRUB,
        handler=ask_after_scrub,
        zh="一个任务的进度与结果",
        en="How far a job is, and what became of it",
        tag="scrubs",
        answers=Scrub,
    ),
    Route(
        method="GET",
        path="/v1/scrubs/{id}/files/{part}",
        action=Action.SCRUB,
        handler=fetch_result,
        zh="取结果文件：all、send、stop、hold、bad",
        en="Fetch a result file: all, send, stop, hold, bad",
        tag="scrubs",
        media="application/octet-stream",
    ),
    Route(
        method="DELETE",
        path="/v1/scrubs/{id}",
        action=Action.SCRUB,
        handler=forget_scrub,
        zh="取消任务，或删除其文件",
        en="Cancel a job, or let its files go",
        tag="scrubs",
        status=204,
    ),
)
