"""The hotline desk's page (热线坐席): an operator acts for a caller."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from anning.accounts.roles import Action
from anning.api.handlers.desk import KEEPERS
from anning.api.handlers.registers import must_be_served
from anning.errors import AnningError, InvalidInput, NotAllowed
from anning.numbers import mask
from anning.portal.visit import Page, Shown, Visit
from anning.portal.wish_forms import asked_rules, shown_switches
from anning.wishes.proving import subscriber_number

_ABOUT: Final = "hotline"


def show_hotline(visit: Visit) -> Shown:
    """The desk, with nobody on the line."""
    _must_keep_wishes(visit)
    return _desk(visit)


def look_up_on_hotline(visit: Visit) -> Shown:
    """A caller's wishes."""
    _must_keep_wishes(visit)
    try:
        number = subscriber_number(visit.form["number"])
        must_be_served(visit, number)
        return _desk(visit, number)
    except (InvalidInput, NotAllowed) as wrong:
        return _desk(visit, wrong=wrong)


def act_on_hotline(visit: Visit) -> Shown:
    """Put it on record for the caller."""
    _must_keep_wishes(visit)
    number = _opened(visit)
    dealing = visit.house.wishes.dealing
    try:
        changed = dealing.change(
            number,
            asked_rules(visit.form, dealing.rules(number)),
            door="hotline",
            proof="asked" if visit.form["proof"] == "asked" else "own-phone",
            actor=visit.who.actor,
            tenant=visit.tenant.id,
        )
    except AnningError as wrong:
        return _desk(visit, number, wrong=wrong)
    return _desk(visit, number, receipt=changed.receipt, done=True)


def _desk(
    visit: Visit, number: str = "", *, wrong: AnningError | None = None, receipt: str = "", done: bool = False
) -> Shown:
    wishes = visit.house.wishes
    consents = wishes.consents(number) if number else []
    sealed = visit.house.seal.close(number.encode(), _ABOUT) if number else b""
    values = {
        **shown_switches(
            visit, wishes.dealing.rules(number) if number else (), {each.org: each.name for each in consents}
        ),
        "number": base64.urlsafe_b64encode(sealed).decode(),
        "masked": mask(number) if number else "",
        "consents": [each for each in consents if each.place],
        "wrong": wrong,
        "receipt": receipt,
        "done": done,
    }
    return Shown(template="hotline.html", values=values, status=422 if wrong else 200, address="/hotline")


def _opened(visit: Visit) -> str:
    """The number of the caller looked up before: the page holds it sealed."""
    try:
        return visit.house.seal.open(base64.urlsafe_b64decode(visit.form["sealed"]), _ABOUT).decode()
    except (AnningError, binascii.Error, ValueError) as error:
        raise InvalidInput(
            "请先查看来电者的号码",
            "look up the caller's number first",
            thing="caller",
            field="number",
            rule="form",
        ) from error


def _must_keep_wishes(visit: Visit) -> None:
    if visit.tenant.tenant_kind not in KEEPERS:
        raise NotAllowed(
            "只有登记机构与电信运营商可以代用户办理意愿",
            "only the registry and operators act for subscribers",
            thing="wishes",
            rule="tenant-kind",
        )


PAGES: Final = (
    Page(method="GET", path="/hotline", action=Action.DESK, handler=show_hotline, zh="热线坐席", en="Hotline desk"),
    Page(
        method="POST",
        path="/hotline",
        action=Action.DESK,
        handler=look_up_on_hotline,
        zh="查看来电者的意愿",
        en="A caller's wishes",
    ),
    Page(
        method="POST",
        path="/hotline/wishes",
        action=Action.DESK,
        handler=act_on_hotline,
        zh="代来电者登记",
        en="Act for a caller",
    ),
)
