"""One communication explained (单条解释). Its number is in no address: it comes by a form and stays masked."""

from __future__ import annotations

from typing import Any, Final

from anning.accounts.roles import Action
from anning.api.judging import communication
from anning.errors import AnningError, InvalidInput, NotAllowed, TooMany
from anning.numbers import require
from anning.portal.asked import must_speak_for, one_asked
from anning.portal.choices import choices
from anning.portal.explained import explained
from anning.portal.visit import Fields, Page, Shown, Visit


def show_form(visit: Visit) -> Shown:
    """What is to be asked."""
    return _form(visit, visit.query)


def explain_one(visit: Visit) -> Any:
    """The verdict, and everything it rests on."""
    try:
        asked = one_asked(visit.form)
        must_speak_for(visit, asked.sender)
        number = require(asked.number).number
        if visit.tenant.outsider:
            visit.house.quotas.take(visit.tenant.id, "questions")
        at = asked.at or visit.house.clock()
        c = communication(asked, number, at, blind=visit.tenant.outsider)
        values = explained(visit, c, asked.under)
    except (InvalidInput, NotAllowed, TooMany) as wrong:
        return _form(visit, visit.form, wrong)
    return _page(visit, visit.form, {**values, "wrong": None}, 200)


def _form(visit: Visit, form: Fields, wrong: AnningError | None = None) -> Shown:
    return _page(visit, form, {"decision": None, "wrong": wrong}, 200 if wrong is None else 422)


def _page(visit: Visit, form: Fields, values: dict[str, Any], status: int) -> Shown:
    again = dict(visit.form) if visit.form else None
    shown = {**values, "form": form, "choices": choices(visit)}
    return Shown(template="check.html", values=shown, status=status, again=again)


PAGES: Final = (
    Page(
        method="GET",
        path="/check",
        action=Action.DECIDE,
        handler=show_form,
        zh="单条解释：填写一条短信或一个电话",
        en="One communication: what is to be asked",
    ),
    Page(
        method="POST",
        path="/check",
        action=Action.DECIDE,
        handler=explain_one,
        zh="判定并说明：理由、出处、怎样才能发",
        en="Judge it and say why: reasons, sources, what would let it pass",
    ),
)
