"""The consents a sender was given (同意一览): how strong, how proved; one number at a time."""

from __future__ import annotations

from typing import Final, NamedTuple

from anning.accounts.roles import Action
from anning.errors import InvalidInput
from anning.numbers import mask
from anning.portal.visit import Page, Shown, Visit
from anning.portal.wish_forms import name_of
from anning.registers.statements import WORTHY_ACTS
from anning.registers.views import QUERIES
from anning.wishes.consents import ConsentHeld
from anning.wishes.proving import subscriber_number

STRENGTHS: Final[dict[str, tuple[str, str]]] = {
    "confirmed": ("本人手机确认", "confirmed by the phone"),
    "one-sided": ("单方登记", "one-sided"),
    "invalid": ("不算同意（S01）", "no consent (S01)"),
}
EVIDENCE: Final[dict[str, tuple[str, str]]] = {
    "": ("无", "none"),
    "form": ("表单", "form"),
    "recording": ("录音", "recording"),
    "sms": ("短信", "SMS"),
    "file": ("文件", "file"),
}


class Row(NamedTuple):
    """So many consents of one strength, channel and evidence."""

    strength: str
    channel: str
    evidence_kind: str
    recorded: int


class Summary(NamedTuple):
    """An organisation's consents."""

    name: str
    rows: list[Row]
    imported: int


def show_consents(visit: Visit) -> Shown:
    """Summed up."""
    return _page(visit)


def look_up_consent(visit: Visit) -> Shown:
    """One number's, towards our own organisations."""
    try:
        number = subscriber_number(visit.form["number"])
    except InvalidInput as wrong:
        return _page(visit, wrong=wrong)
    own = sorted(visit.tenant.organisations) if visit.tenant.tenant_kind == "sender" else None
    held = [each for each in visit.house.wishes.consents(number, own) if each.place]
    return _page(visit, mask(number), held)


def _page(
    visit: Visit, masked: str = "", found: list[ConsentHeld] | None = None, *, wrong: InvalidInput | None = None
) -> Shown:
    values = {
        "summaries": [_summary(visit, org) for org in _organisations(visit)],
        "everybody": not visit.tenant.organisations,
        "strengths": STRENGTHS,
        "evidence": EVIDENCE,
        "masked": masked,
        "found": found or [],
        "wrong": wrong,
    }
    return Shown(template="consents.html", values=values, status=422 if wrong else 200, address="/consents")


def _organisations(visit: Visit) -> list[str]:
    """The tenant's own; whoever speaks for all names one."""
    named = visit.query["org"]
    if visit.tenant.organisations:
        return sorted(visit.tenant.organisations)
    return [named] if named and visit.tenant.speaks_for(named) else []


def _summary(visit: Visit, org: str) -> Summary:
    counted: dict[tuple[str, str, str], int] = {}
    with visit.house.registers.store.read() as connection:
        for act, confirmed, channel, evidence, count in QUERIES.rows(connection, "consents_of_org", org=org):
            strength = "invalid" if act not in WORTHY_ACTS else "confirmed" if confirmed else "one-sided"
            counted[strength, channel, evidence] = counted.get((strength, channel, evidence), 0) + int(count)
        imported = int(QUERIES.value(connection, "consents_imported", tenant=visit.tenant.id) or 0)
    rows = [Row(*key, count) for key, count in sorted(counted.items(), key=lambda each: -each[1])]
    return Summary(name_of(visit, org), rows, imported)


PAGES: Final = (
    Page(
        method="GET", path="/consents", action=Action.LOOK_UP, handler=show_consents, zh="同意一览", en="Our consents"
    ),
    Page(
        method="POST",
        path="/consents",
        action=Action.LOOK_UP,
        handler=look_up_consent,
        zh="查询一个号码的同意",
        en="One number's consents",
    ),
)
