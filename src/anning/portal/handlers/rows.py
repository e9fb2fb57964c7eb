"""The rows of a judged list (逐行查看): by outcome, reason, last digits; one explained; its number, for a purpose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from anning.accounts.roles import Action
from anning.api.rows import Rows
from anning.api.scrubs import Scrub
from anning.errors import InvalidCommand, InvalidInput, NotFound
from anning.gate.scrub import BAD
from anning.gate.wording import Words
from anning.numbers import CAUSES
from anning.portal.explained import explained
from anning.portal.handlers.before_sending import communication_of, job_of
from anning.portal.lines import line_of
from anning.portal.picture import Picture, picture_of
from anning.portal.visit import Fields, Page, Shown, Visit
from anning.tables import open_table

ON_A_PAGE: Final = 50

PURPOSES: Final[dict[str, Words]] = {
    "complaint": ("处理投诉", "answering a complaint"),
    "withdrawal": ("处理退订或更正", "a withdrawal or a correction"),
    "evidence": ("举证", "giving evidence"),
    "fault": ("排查差错", "looking into a mistake"),
}
"""For what a whole number may be seen; a note says which case."""


def show_rows(visit: Visit) -> Shown:
    """A page of them."""
    job = job_of(visit, visit.params["id"])
    picture = picture_of(visit.house.scrubs, job)
    query = visit.query
    chosen = picture.rows.chosen(_verdicts(picture, query), _ending(query))
    pages = max(1, -(-len(chosen) // ON_A_PAGE))
    page = min(_whole(query.get("page", "1")), pages)
    shown = chosen[(page - 1) * ON_A_PAGE : page * ON_A_PAGE].tolist()
    asked = Fields({name: query[name] for name in ("outcome", "why", "cause", "ending") if query[name]})
    values = {
        "job": job,
        "picture": picture,
        "lines": [line_of(picture.rows, place) for place in shown],
        "many": len(chosen),
        "page": page,
        "pages": pages,
        "asked": asked,
        "causes": CAUSES,
        "of_page": lambda number: f"/before-sending/{job.id}/rows?{urlencode(asked | {'page': number})}",
    }
    return Shown(template="rows.html", values=values)


def explain_row(visit: Visit) -> Shown:
    """One row, judged again and explained."""
    return _row_page(visit)


def reveal_number(visit: Visit) -> Shown:
    """A row's whole number, once the purpose is in the journal (R13)."""
    job, rows, row = _row(visit)
    purpose, note = visit.form.get("purpose", ""), visit.form.get("note", "").strip()
    if purpose not in PURPOSES or not note:
        wrong = InvalidCommand(
            "请选择目的，并写明是哪一件事",
            "choose a purpose, and say which case it is",
            thing="purpose",
            field="purpose",
            rule="required",
        )
        return _row_page(visit, wrong=wrong)
    number = rows.number(row)
    visit.house.accounts.reveal(
        number,
        f"{PURPOSES[purpose][0]}：{note}"[:500],
        f"scrub {job.id} row {row + 1}",
        who=visit.who,
        tenant=visit.tenant.id,
    )
    return _row_page(visit, whole=number)


def _row_page(visit: Visit, wrong: Any = None, whole: str = "") -> Shown:
    job, rows, row = _row(visit)
    verdict = rows.verdicts[int(rows.places[row])]
    values = {
        "job": job,
        "row": row,
        "verdict": verdict,
        "purposes": PURPOSES,
        "wrong": wrong,
        "whole": whole,
        **explained(visit, communication_of(visit, job, rows.number(row), _text(visit, job, row)), job.asked.under),
    }
    address = f"/before-sending/{job.id}/rows/{row + 1}"
    return Shown(template="row.html", values=values, status=422 if wrong else 200, address=address)


def _row(visit: Visit) -> tuple[Scrub, Rows, int]:
    job = job_of(visit, visit.params["id"])
    rows, row = visit.house.scrubs.rows(job), _whole(visit.params["row"]) - 1
    if not 0 <= row < len(rows) or rows.verdicts[int(rows.places[row])].outcome == BAD:
        raise NotFound(
            "名单里没有这一行，或这一行没有号码", "the list has no such row, or no number in it", field="row"
        )
    return job, rows, row


def _text(visit: Visit, job: Scrub, row: int) -> str | None:
    """The row's own text; None where all have the job's."""
    asked = job.asked
    if asked.text_column is None:
        return None
    table = open_table(
        visit.house.scrubs.list_of(job),
        sheet=asked.sheet,
        encoding=asked.encoding,
        delimiter=asked.delimiter,
        header=asked.header,
    )
    column, before = table.column(asked.text_column, field="text_column"), 0
    for block in table.batches():
        if row < before + block.height:
            return block.texts(column)[row - before]
        before += block.height
    return None


def _verdicts(picture: Picture, query: Mapping[str, str]) -> list[int] | None:
    """The places of the verdicts asked for; None for all."""
    outcome, why, cause = query.get("outcome", ""), query.get("why", ""), query.get("cause", "")
    if not (outcome or why or cause):
        return None
    of_why = next((each.verdicts for each in (*picture.whys, *picture.advisories) if each.key == why), ())
    return [
        place
        for place, verdict in enumerate(picture.rows.verdicts)
        if (not outcome or verdict.outcome == outcome)
        and (not why or place in of_why)
        and (not cause or verdict.cause == cause)
    ]


def _ending(query: Mapping[str, str]) -> int | None:
    text = query.get("ending", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise InvalidInput(
            "请输入号码的后四位",
            "give the last four digits of a number",
            thing=text[:20],
            field="ending",
            rule="digits",
        )
    return int(text)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) else 1


PAGES: Final = (
    Page(
        method="GET",
        path="/before-sending/{id}/rows",
        action=Action.SCRUB,
        handler=show_rows,
        zh="名单逐行：按结果、原因、后四位查找，号码遮盖",
        en="A list row by row: by outcome, reason, last four digits; numbers masked",
    ),
    Page(
        method="GET",
        path="/before-sending/{id}/rows/{row}",
        action=Action.SCRUB,
        handler=explain_row,
        zh="说明其中一行",
        en="One row, explained",
    ),
    Page(
        method="POST",
        path="/before-sending/{id}/rows/{row}/number",
        action=Action.SCRUB,
        also=Action.REVEAL,
        handler=reveal_number,
        zh="说明目的后查看完整号码，记入日志",
        en="See the whole number for a purpose, which the journal keeps",
    ),
)
