"""Before sending (发送前检查): a list comes in, is judged, is seen at one look, goes out as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from uuid_utils import uuid7

from anning.accounts.roles import Action
from anning.api.scrubs import Scrub, ScrubRequest, download_name
from anning.errors import AnningError, InvalidInput, NotAllowed
from anning.gate.communication import Communication
from anning.gate.directory import code_form
from anning.journal.folders import flush
from anning.law.observations import Channel
from anning.numbers import CAUSES
from anning.portal.asked import list_asked, must_speak_for
from anning.portal.choices import choices, name_of
from anning.portal.lines import Line, line_of
from anning.portal.message import Looked, look
from anning.portal.picture import Picture, picture_of
from anning.portal.visit import Fields, Goes, Page, Sends, Shown, Upload, Visit

LATEST: Final = 20
"""So many lists are shown to come back to."""

SAMPLE: Final = 8
"""So many rows are shown at once beside the figures."""

UNDER_WAY: Final = frozenset({"uploading", "waiting", "running"})


def show_lists(visit: Visit) -> Shown:
    """A new list, and those judged lately."""
    return _lists(visit, visit.query)


async def new_list(visit: Visit) -> Any:
    """A list with its text and sender; it waits for its turn once it is whole."""
    upload: Upload | None = visit.file
    try:
        asked = list_asked(visit.form, "" if upload is None else upload.filename, visit.language)
        must_speak_for(visit, asked.sender)
        job = await run_in_threadpool(visit.house.scrubs.ask, str(uuid7()), visit.tenant.id, visit.who.actor, asked)
        assert upload is not None
        await _keep(visit, job, upload)
    except (InvalidInput, NotAllowed) as wrong:
        return await run_in_threadpool(_lists, visit, visit.form, wrong)
    return Goes(to=f"/before-sending/{job.id}")


def show_list(visit: Visit) -> Shown:
    """How far it is, or what became of it."""
    job = _job(visit)
    heading = {"job": job, "at": _moment(job), **_names(visit, job)}
    if job.state in UNDER_WAY:
        return Shown(template="list-under-way.html", values=heading)
    if job.state != "done" or job.result is None:
        return Shown(template="list-failed.html", values=heading)
    picture = picture_of(visit.house.scrubs, job)
    values = {
        **heading,
        "picture": picture,
        "files": job.result["files"],
        "looked": _looked(visit, job),
        "strip_label": _strip_label(visit, picture),
        "causes": CAUSES,
        "sample": _sample(picture),
    }
    return Shown(template="list.html", values=values)


def fetch_file(visit: Visit) -> Sends:
    """One of its files: send, stop, hold, bad, all."""
    job, part = _job(visit), visit.params["part"]
    return Sends(path=visit.house.scrubs.file(job, part), filename=download_name(job, part))


def forget_list(visit: Visit) -> Goes:
    """Cancel it, or let its files go."""
    visit.house.scrubs.forget(_job(visit))
    return Goes(to="/before-sending")


def communication_of(visit: Visit, job: Scrub, number: str, text: str | None = None) -> Communication:
    """One row of a list as the gate takes it."""
    asked = job.asked
    call = asked.channel is Channel.CALL
    return Communication(
        channel=asked.channel,
        provider=asked.provider,
        sender=asked.sender,
        via=asked.via,
        code=code_form(asked.code) if asked.code.strip() else "",
        number=number,
        text="" if call else (asked.text or "" if text is None else text),
        purpose=asked.purpose,
        platform_call=call if asked.platform_call is None else asked.platform_call,
        caller_identity=asked.caller_identity,
        charged=asked.charged,
        at=_moment(job) or visit.house.clock(),
        blind=visit.tenant.outsider,
    )


def job_of(visit: Visit, id: str) -> Scrub:
    """A list of the visitor's tenant.

    Raises:
        NotFound: there is none of that id.
    """
    return visit.house.scrubs.one(id, visit.tenant.id)


def _job(visit: Visit) -> Scrub:
    return job_of(visit, visit.params["id"])


def _lists(visit: Visit, form: Fields, wrong: AnningError | None = None) -> Shown:
    values = {
        "jobs": visit.house.scrubs.of(visit.tenant.id, "", LATEST),
        "choices": choices(visit),
        "form": form,
        "wrong": wrong,
        "under_way": UNDER_WAY,
    }
    again = None if wrong is None else dict(form)
    return Shown(template="lists.html", values=values, status=200 if wrong is None else 422, again=again)


async def _keep(visit: Visit, job: Scrub, upload: Upload) -> None:
    """The list, straight to disk; a job whose list does not come whole is let go."""
    scrubs = visit.house.scrubs
    path = await run_in_threadpool(scrubs.place_of_list, job)
    part = path.with_name(f".{path.name}.part")
    try:
        await _to_disk(upload, part, visit.house.settings.upload_max_bytes)
        await run_in_threadpool(_named, part, path)
        await run_in_threadpool(scrubs.uploaded, job)
    except BaseException:
        await run_in_threadpool(scrubs.forget, job)
        raise
    visit.house.wake.set()


async def _to_disk(upload: Upload, part: Path, most: int) -> None:
    size = 0
    with part.open("wb") as file:
        async for chunk in upload.chunks:
            size += len(chunk)
            if size > most:
                raise InvalidInput(
                    f"名单超过 {most} 字节", f"the list is beyond {most} bytes", thing="list", rule="body-size"
                )
            await run_in_threadpool(file.write, chunk)
    if not size:
        raise InvalidInput("名单是空的", "the list is empty", thing=upload.filename, field="filename", rule="empty")


def _named(part: Path, path: Path) -> None:
    flush(part)
    part.replace(path)
    flush(path.parent)


def _moment(job: Scrub) -> Any:
    """For which moment it was judged."""
    if job.result is None:
        return job.asked.at
    from datetime import datetime

    return datetime.fromisoformat(job.result["at"])


def _names(visit: Visit, job: Scrub) -> dict[str, str]:
    asked: ScrubRequest = job.asked
    return {
        "sender": name_of(visit, asked.sender),
        "provider": name_of(visit, asked.provider),
        "via": name_of(visit, asked.via) if asked.via else "",
    }


def _looked(visit: Visit, job: Scrub) -> Looked | None:
    """The job's one text, as the registers stand now; None where rows bring their own."""
    if job.asked.text_column is not None:
        return None
    judging = visit.house.judging
    with judging.mutex:
        return look(judging.gate, communication_of(visit, job, ""))


def _sample(picture: Picture) -> list[Line]:
    """The first rows that may not go, or not yet."""
    stopped = [place for place, each in enumerate(picture.rows.verdicts) if each.outcome in ("hold", "refuse")]
    return [line_of(picture.rows, place) for place in picture.rows.chosen(stopped)[:SAMPLE].tolist()]


def _strip_label(visit: Visit, picture: Picture) -> str:
    from anning.portal.render import OUTCOME_WORDS

    told = [f"{visit.words(*OUTCOME_WORDS[outcome])} {many:,}" for outcome, many in picture.counts.items() if many]
    return visit.words("，", ", ").join(told)


PAGES: Final = (
    Page(
        method="GET",
        path="/before-sending",
        action=Action.SCRUB,
        handler=show_lists,
        zh="发送前检查：新名单与近来的名单",
        en="Before sending: a new list, and those judged lately",
    ),
    Page(
        method="POST",
        path="/before-sending",
        action=Action.SCRUB,
        handler=new_list,
        zh="上传名单并判定",
        en="Upload a list to be judged",
        uploads=True,
    ),
    Page(
        method="GET",
        path="/before-sending/{id}",
        action=Action.SCRUB,
        handler=show_list,
        zh="一份名单：进度，或结果一览",
        en="One list: how far it is, or what became of it",
    ),
    Page(
        method="GET",
        path="/before-sending/{id}/files/{part}",
        action=Action.SCRUB,
        handler=fetch_file,
        zh="取结果文件",
        en="Fetch a result file",
    ),
    Page(
        method="POST",
        path="/before-sending/{id}/removal",
        action=Action.SCRUB,
        handler=forget_list,
        zh="取消名单，或删除其文件",
        en="Cancel a list, or let its files go",
    ),
)
