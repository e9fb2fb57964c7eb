"""A one-sided consent becomes the recipient's own (同意确认): asked once by SMS, answered by reply or by a link.

Whoever holds the phone may say yes or no; saying nothing leaves the consent one-sided, which is shown as weaker. A
person who refused this organisation, or declines what it sends, is not asked, and the organisation is not told so: the
request itself would be a bother, and its failing an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from anning.accounts.tokens import hashed, new_token
from anning.errors import Conflict, NotFound
from anning.journal import Clock
from anning.journal.envelope import from_microseconds, to_microseconds
from anning.outbox import Outbox
from anning.registers.events import ConsentGiven, ConsentWithdrawn, Payload
from anning.registers.histories import subscriber
from anning.registers.open import Registers
from anning.registers.statements import Refusal, Subscriber
from anning.state import Seal, State
from anning.wishes import asking
from anning.wishes.exhibits import Exhibits
from anning.wishes.keywords import Asked
from anning.wishes.proving import Proving
from anning.wishes.rules import standing
from anning.wishes.tables import QUERIES

LASTS: Final = timedelta(days=7)
KEPT: Final = timedelta(days=30)
SHOWN: Final = 60
"""Of long words an SMS shows so many characters; the page behind the link shows all."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipient is asked to confirm (确认请求).

    Attributes:
        consent: as it was recorded, one-sided.
        place: where, ``log:position``.
        words: shown to the person, to the letter; empty when nobody recorded them.
        sender: the organisation's name.
        tenant: who asked.
    """

    consent: ConsentGiven
    place: str
    words: str
    sender: str
    tenant: str


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a request."""

    agreed: bool
    reply: str
    ids: tuple[str, ...]


class Confirming:
    """Requests to confirm and their answers.

    Args:
        origin: the address that browsers see, asked for when a link is written.
        name: what the registry calls itself, its SMS signature.
    """

    def __init__(
        self,
        registers: Registers,
        proving: Proving,
        outbox: Outbox,
        exhibits: Exhibits,
        state: State,
        seal: Seal,
        clock: Clock,
        *,
        origin: Callable[[], str],
        name: str,
    ) -> None:
        self._registers = registers
        self._mark = proving.mark
        self._outbox = outbox
        self._exhibits = exhibits
        self._state = state
        self._seal = seal
        self._clock = clock
        self._origin = origin
        self._name = name

    def ask(self, request: Request, code: str) -> None:
        """Ask the recipient, unless they do not want to hear of it or were asked not long ago.

        Args:
            code: the code a reply comes to, plain digits.
        """
        consent, now = request.consent, self._clock()
        with self._registers.store.read() as connection:
            settled, _ = subscriber(connection, consent.number)
        if settled is not None and _would_bother(settled, consent, request.place, now):
            return
        mark, token = self._mark(consent.number), new_token()
        with self._state.write() as connection:
            what = f"confirm:{consent.to}"
            if asking.waits(connection, mark, what, asking.REQUESTS, now):
                return
            asking.note(connection, mark, what, now)
            QUERIES.change(
                connection,
                "keep_confirmation",
                token=hashed(token),
                number=mark,
                org=consent.to,
                code=code,
                sealed=self._seal.close(msgspec.json.encode(request), "confirmation"),
                at=to_microseconds(now),
                expires=to_microseconds(now + LASTS),
            )
            self._outbox.put_with(
                connection,
                consent.number,
                self._question(request, token),
                "confirmation-request",
                tenant=request.tenant,
                lasting=LASTS,
            )

    def _question(self, request: Request, token: str) -> str:
        words = request.words if len(request.words) <= SHOWN else request.words[:SHOWN] + "…"
        about = f"“{words}”" if words else "它的商业性来电与短信"
        return (
            f"【{self._name}】{request.sender}称您愿意接收{about}。属实请回复Y，不愿意请回复N，"
            f"原文见 {self._origin()}/c/{token} 。不答复即未经您确认。"
        )

    # --- answered -----------------------------------------------------------------------------------------------

    def by_reply(self, number: str, to: str, text: str, asked: Asked | None) -> Confirmed | None:
        """A reply to the code under which somebody was asked; None when it answers no request.

        The phone that replies must be the one that was asked: another's yes answers nothing.
        """
        if asked is None or asked.intent not in ("yes", "no"):
            return None
        now = to_microseconds(self._clock())
        with self._state.read() as connection:
            rows = QUERIES.rows(connection, "confirmations_asked", number=self._mark(number), code=to, now=now)
        if not rows:
            return None
        token, _, sealed = rows[0]
        return self._answer(bytes(token), self._opened(sealed), asked.intent == "yes", "reply", text)

    def shown(self, token: str) -> Request:
        """What a link asks, for the page behind it.

        Raises:
            NotFound: no such request, or it ran out.
            Conflict: it was answered.
        """
        return self._asked(token)[1]

    def by_link(self, token: str, *, agrees: bool) -> Confirmed:
        """The page behind the link: whoever opens it got the SMS.

        Raises:
            NotFound: no such request, or it ran out.
            Conflict: it was answered: a link answers once.
        """
        hash, request = self._asked(token)
        return self._answer(hash, request, agrees, "link", "同意" if agrees else "不同意")

    def _asked(self, token: str) -> tuple[bytes, Request]:
        with self._state.read() as connection:
            row = QUERIES.row(connection, "confirmation", token=hashed(token))
        if row is None or from_microseconds(int(row[4])) <= self._clock():
            raise NotFound(
                "这个链接不存在或已过期",
                "this link is unknown, or has run out",
                thing="link",
                field="token",
                rule="one-time-link",
            )
        if row[3] != "asked":
            raise _answered()
        return hashed(token), self._opened(row[2])

    def _opened(self, sealed: bytes) -> Request:
        return msgspec.json.decode(self._seal.open(bytes(sealed), "confirmation"), type=Request)

    def _answer(
        self, token: bytes, request: Request, agrees: bool, door: Literal["reply", "link"], words: str
    ) -> Confirmed:
        """Written under the request's own key, so that two answers at once, or one after a crash, are one."""
        consent = request.consent
        key = f"confirmation:{token.hex()}"
        said: Payload
        if agrees:
            exchange = msgspec.json.encode(
                {"asked": request.words, "answer": words, "door": door, "confirms": request.place}, order="sorted"
            )
            said = msgspec.structs.replace(
                consent,
                act="explicit",
                confirmed=True,
                door=door,
                confirms=request.place,
                evidence_kind="sms",
                evidence_hash=self._exhibits.keep(exchange).sha256,
            )
        else:
            said = ConsentWithdrawn(
                number=consent.number, to=consent.to, door=door, words=words[:200], proof="own-phone"
            )
        ack = self._registers.submit_together((said,), actor="subscriber", key=key, tenant=request.tenant).result()
        with self._state.write() as connection:
            QUERIES.change(
                connection,
                "confirmation_answered",
                token=token,
                state="agreed" if agrees else "refused",
                now=to_microseconds(self._clock()),
            )
        told = "您已确认，可随时回复“退订”或在网页撤回" if agrees else "已记为拒绝，对该机构所有号码生效"
        return Confirmed(agreed=agrees, reply=f"【{self._name}】{told}（{request.sender}）。", ids=ack.ids)

    def sweep(self) -> None:
        """Forget requests of long ago."""
        with self._state.write() as connection:
            QUERIES.change(connection, "sweep_confirmations", before=to_microseconds(self._clock() - KEPT))


def _would_bother(settled: Subscriber, consent: ConsentGiven, place: str, now: datetime) -> bool:
    """Whether the person refused this organisation, or declines in general what it sends."""
    position = int(place.rpartition(":")[2])
    dealt = [one for one in settled.dealings if one.to == consent.to and one.position != position]
    if dealt and isinstance(dealt[-1], Refusal):
        return True
    return any(
        rule.says == "decline"
        and rule.channel in ("sms", "both")
        and rule.hours is None
        and not (rule.weekdays or rule.code_prefixes)
        and consent.to not in rule.except_for
        and (not rule.trades or not consent.trade or consent.trade in rule.trades)
        for rule in standing(settled, now)
    )


def _answered() -> Conflict:
    return Conflict(
        "这个请求已经答复过了，如需更改请在“我的意愿”中办理",
        "this request was answered already: change your mind on your own page",
        thing="link",
        field="token",
        rule="once",
    )
