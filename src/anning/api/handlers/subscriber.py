"""What is a person's own: prove a number, see and change wishes, stop a sender, take one's data along (本人办理)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from anning.accounts.roles import ROOT
from anning.api.models import Name, NumberText
from anning.api.routes import PUBLIC, SUBSCRIBER, Answer, Call, Route
from anning.law.instrument import SHANGHAI
from anning.numbers import mask
from anning.registers.events import WishChannel
from anning.wishes.consents import ConsentHeld
from anning.wishes.open import SUBSCRIBER as PERSON
from anning.wishes.proving import subscriber_number
from anning.wishes.records import Export
from anning.wishes.rules import MOST, Rule
from anning.wishes.wording import told


class CodeRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The number that wants to prove itself."""

    number: NumberText


class CodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """A code is on its way; what is answered is the same for every number."""

    number: str
    seconds: int


class CodeShown(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The code that came by SMS."""

    number: NumberText
    code: Annotated[str, Meta(min_length=1, max_length=20)]


class SubscriberSession(msgspec.Struct, frozen=True, kw_only=True):
    """A number is proved: `token` goes into the header ``Anning-Subscriber``."""

    token: str
    expires: datetime


class RuleShown(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, and how it is told."""

    rule: Rule
    zh: str
    en: str


class WishesNow(msgspec.Struct, frozen=True, kw_only=True):
    """What a number wishes now.

    Attributes:
        ids: the places of what was written, none when nothing changed.
        receipt: the SMS that goes to the phone.
    """

    number: str
    rules: list[RuleShown]
    ids: tuple[str, ...] = ()
    receipt: str = ""


class WishesWanted(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The rules that shall stand, and no others."""

    rules: Annotated[list[Rule], Meta(max_length=MOST)]


class Stopping(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An organisation to hear no more of."""

    to: Name
    channel: WishChannel = "both"


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """It is on disk, and every gate refuses."""

    ids: tuple[str, ...]


class LinkAnswered(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Whether the recipient consents."""

    agrees: bool


class LinkShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipient is asked to confirm."""

    number: str
    sender: str
    words: str
    channel: str
    purpose: str
    given_by: str


class LinkDone(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered, and where it is on record."""

    agreed: bool
    ids: tuple[str, ...]


def send_code(call: Call) -> Answer:
    """Send a one-time code to a number. Registered or not, the answer is the same."""
    asked: CodeRequest = call.body
    number = subscriber_number(asked.number)
    call.house.addresses.take(call.address, call.house.settings.codes_per_address)
    lasts = call.house.wishes.proving.send_code(number, ROOT)
    return Answer(value=CodeSent(number=mask(number), seconds=int(lasts.total_seconds())), status=202)


def begin_subscriber_session(call: Call) -> SubscriberSession:
    """Show the code."""
    asked: CodeShown = call.body
    proved = call.house.wishes.proving.prove(subscriber_number(asked.number), asked.code)
    return SubscriberSession(token=proved.token, expires=proved.expires.astimezone(SHANGHAI))


def end_subscriber_session(call: Call) -> Answer:
    """Known no longer."""
    call.house.wishes.proving.end(call.token)
    return Answer(status=204)


def own_wishes(call: Call) -> WishesNow:
    """What this number wishes."""
    return now(call.number, call.house.wishes.dealing.rules(call.number))


def change_own_wishes(call: Call) -> WishesNow:
    """Let these rules stand and no others; answered when every gate judges by it."""
    asked: WishesWanted = call.body
    changed = call.house.wishes.dealing.change(
        call.number, asked.rules, door="app", proof="one-time-code", actor=PERSON, tenant=ROOT, key=call.key
    )
    return now(call.number, changed.rules, changed.ids, changed.receipt)


def own_consents(call: Call) -> list[ConsentHeld]:
    """Who may reach this number: since when, on what words, how strong."""
    return call.house.wishes.consents(call.number)


def stop_sender(call: Call) -> Stopped:
    """Hear no more of one organisation, on every code it has."""
    asked: Stopping = call.body
    ids = call.house.wishes.dealing.refuse(
        call.number, asked.to, asked.channel, door="app", proof="one-time-code", actor=PERSON, tenant=ROOT
    )
    return Stopped(ids=ids)


def export_own(call: Call) -> Export:
    """Everything on record of this number."""
    return call.house.wishes.export(call.number)


def show_link(call: Call) -> LinkShown:
    """What a one-time link asks. Opening it answers nothing."""
    asked = call.house.wishes.confirming.shown(call.params["token"])
    return LinkShown(
        number=mask(asked.consent.number),
        sender=asked.sender,
        words=asked.words,
        channel=asked.consent.channel,
        purpose=asked.consent.purpose,
        given_by=asked.consent.through,
    )


def answer_link(call: Call) -> LinkDone:
    """Yes or no, once."""
    asked: LinkAnswered = call.body
    done = call.house.wishes.confirming.by_link(call.params["token"], agrees=asked.agrees)
    return LinkDone(agreed=done.agreed, ids=done.ids)


def now(number: str, rules: tuple[Rule, ...], ids: tuple[str, ...] = (), receipt: str = "") -> WishesNow:
    """As answered."""
    shown = [RuleShown(rule=rule, zh=told(rule)[0], en=told(rule)[1]) for rule in rules]
    return WishesNow(number=mask(number), rules=shown, ids=ids, receipt=receipt)


_RULES: Final[dict[str, Any]] = {
    "rules": [
        {"says": "decline", "channel": "call", "trades": ["property", "finance"]},
        {"says": "decline", "channel": "sms", "keeps_consents": True},
    ]
}

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/subscriber/codes",
        action=PUBLIC,
        handler=send_code,
        zh="向本人手机发送一次性验证码",
        en="Send a one-time code to one's own phone",
        tag="subscriber",
        takes=CodeRequest,
        answers=CodeSent,
        status=202,
        example={"number": "13800138000"},
    ),
    Route(
        method="POST",
        path="/v1/subscriber/sessions",
        action=PUBLIC,
        handler=begin_subscriber_session,
        zh="出示验证码，证明号码归本人",
        en="Show the code: the number is one's own",
        tag="subscriber",
        takes=CodeShown,
        answers=SubscriberSession,
        status=201,
        example={"number": "13800138000", "code": "402871"},
    ),
    Route(
        method="DELETE",
        path="/v1/subscriber/sessions",
        action=SUBSCRIBER,
        handler=end_subscriber_session,
        zh="结束本人会话",
        en="Be known no longer",
        tag="subscriber",
        status=204,
    ),
    Route(
        method="GET",
        path="/v1/subscriber/wishes",
        action=SUBSCRIBER,
        handler=own_wishes,
        zh="本人的意愿",
        en="One's own wishes",
        tag="subscriber",
        answers=WishesNow,
    ),
    Route(
        method="PUT",
        path="/v1/subscriber/wishes",
        action=SUBSCRIBER,
        handler=change_own_wishes,
        zh="更改本人的意愿：此后只有所列各条有效",
        en="Change one's own wishes: the rules named stand, and no others",
        tag="subscriber",
        takes=WishesWanted,
        answers=WishesNow,
        idempotent="journal",
        example=_RULES,
    ),
    Route(
        method="GET",
        path="/v1/subscriber/consents",
        action=SUBSCRIBER,
        handler=own_consents,
        zh="谁可以联系我：何时、凭什么文字、强度如何",
        en="Who may reach me: since when, on what words, how strong",
        tag="subscriber",
        answers=list[ConsentHeld],
    ),
    Route(
        method="POST",
        path="/v1/subscriber/refusals",
        action=SUBSCRIBER,
        handler=stop_sender,
        zh="不再接收一家机构的商业性来电与短信",
        en="Hear no more of one organisation",
        tag="subscriber",
        takes=Stopping,
        answers=Stopped,
        status=201,
        example={"to": "shop"},
    ),
    Route(
        method="GET",
        path="/v1/subscriber/export",
        action=SUBSCRIBER,
        handler=export_own,
        zh="导出本人的全部登记",
        en="Everything on record of oneself",
        tag="subscriber",
        answers=Export,
    ),
    Route(
        method="GET",
        path="/v1/confirmations/{token}",
        action=PUBLIC,
        handler=show_link,
        zh="一次性链接所问何事",
        en="What a one-time link asks",
        tag="subscriber",
        answers=LinkShown,
    ),
    Route(
        method="POST",
        path="/v1/confirmations/{token}",
        action=PUBLIC,
        handler=answer_link,
        zh="经一次性链接答复是否同意",
        en="Answer a one-time link: consent, or none",
        tag="subscriber",
        takes=LinkAnswered,
        answers=LinkDone,
        example={"agrees": True},
    ),
)
