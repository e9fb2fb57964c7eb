"""Wishes by SMS (短信办理): a word, one question, a yes; and what comes in under a sender's own code.

Whatever carries the SMS - the API today, SMPP and CMPP beside it - brings number, code and text here, and sends what
comes back. Only words sent to the registry or to an operator are read as keywords; an answer to a sender's code is a
confirmation it asked for, or what `anning.registers.commands.ReplyReceived` makes of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

from anning.journal import Clock
from anning.journal.envelope import to_microseconds
from anning.outbox import Outbox
from anning.registers.commands import ReplyReceived
from anning.registers.events import WishKind
from anning.registers.open import Registers
from anning.state import Seal, State
from anning.wishes import wording
from anning.wishes.confirming import Confirming
from anning.wishes.dealing import Dealing
from anning.wishes.keywords import Asked, Keywords
from anning.wishes.proving import Proving
from anning.wishes.rules import Rule
from anning.wishes.tables import QUERIES

WAITS: Final = timedelta(minutes=30)
"""For so long a change asked for by SMS waits for its yes."""

ANSWER_LASTS: Final = timedelta(hours=1)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an SMS (来信处理结果).

    Attributes:
        about: registry, confirmation, or sender.
        reply: what is sent back, empty when nothing is.
        ids: the places of what was written.
    """

    about: str
    reply: str = ""
    ids: tuple[str, ...] = ()


class Pending(msgspec.Struct, frozen=True):
    """A change that waits for its yes: the rules that would stand, and the code it was asked at."""

    to: str
    wanted: tuple[Rule, ...]


_decode: Final = msgspec.json.Decoder(Pending).decode


class Dialogue:
    """Answers SMS.

    Args:
        codes: the registry's own codes, besides those of operators in the table of keywords.
    """

    def __init__(
        self,
        registers: Registers,
        dealing: Dealing,
        confirming: Confirming,
        proving: Proving,
        outbox: Outbox,
        state: State,
        seal: Seal,
        clock: Clock,
        *,
        keywords: Keywords,
        codes: frozenset[str],
        name: str,
    ) -> None:
        self._registers = registers
        self._dealing = dealing
        self._confirming = confirming
        self._mark = proving.mark
        self._outbox = outbox
        self._state = state
        self._seal = seal
        self._clock = clock
        self._keywords = keywords
        self._codes = codes | keywords.codes
        self._name = name

    def is_registry(self, to: str) -> bool:
        """Whether a code is the registry's or an operator's, where keywords are read."""
        return to in self._codes

    def hear(self, number: str, to: str, text: str, *, tenant: str, actor: str, key: str = "") -> Heard:
        """Take an SMS in.

        Args:
            number: who sent it, E.164; the phone itself is the proof.
            to: the code it was sent to, plain digits.
            text: as it came.
            tenant, actor: in whose name it is written, and by which gateway.
        """
        if to in self._codes:
            heard = self._registry(number, to, text, tenant)
            if heard.reply:
                self._outbox.put(number, heard.reply, "dialogue", tenant=tenant, lasting=ANSWER_LASTS)
            return heard
        confirmed = self._confirming.by_reply(number, to, text, self._keywords.read(text, to))
        if confirmed is not None:
            return Heard(about="confirmation", reply=confirmed.reply, ids=confirmed.ids)
        said = ReplyReceived(number=number, code=to, text=text)
        ack = self._registers.submit(said, actor=actor, key=key, tenant=tenant).result()
        return Heard(about="sender", ids=ack.ids)

    def _registry(self, number: str, to: str, text: str, tenant: str) -> Heard:
        asked = self._keywords.read(text, to)
        match asked:
            case None:
                return Heard(about="registry", reply=wording.help_text(self._name))
            case Asked(intent="yes"):
                return self._confirmed(number, to, tenant)
            case Asked(intent="no"):
                self._forget(number)
                return Heard(about="registry", reply=f"【{self._name}】好的，什么都没有改变。")
            case Asked(intent="ask"):
                return Heard(about="registry", reply=wording.standing(self._name, self._dealing.rules(number)))
            case _:
                return self._ask(number, to, asked)

    def _ask(self, number: str, to: str, asked: Asked) -> Heard:
        stands = self._dealing.rules(number)
        wanted = wanted_after(stands, asked)
        if wanted == stands:
            return Heard(about="registry", reply=wording.standing(self._name, stands))
        sealed = self._seal.close(msgspec.json.encode(Pending(to, wanted)), "dialogue")
        with self._state.write() as connection:
            QUERIES.change(
                connection,
                "keep_dialogue",
                number=self._mark(number),
                sealed=sealed,
                expires=to_microseconds(self._clock() + WAITS),
            )
        minutes = int(WAITS.total_seconds() // 60)
        return Heard(about="registry", reply=wording.asked_to_confirm(self._name, wanted, minutes))

    def _confirmed(self, number: str, to: str, tenant: str) -> Heard:
        """The yes: it belongs to what was asked at the same code, and is good once.

        What waits is forgotten only when the change is on disk: a yes that came to nothing may be said again.
        """
        with self._state.read() as connection:
            row = QUERIES.row(connection, "dialogue", number=self._mark(number), now=to_microseconds(self._clock()))
        pending = None if row is None else _decode(self._seal.open(bytes(row[0]), "dialogue"))
        if pending is None or pending.to != to:
            reply = f"【{self._name}】没有等您确认的事项，或已过期。谢绝来电回复XJLD，查询回复CXXJ。"
            return Heard(about="registry", reply=reply)
        changed = self._dealing.change(
            number, pending.wanted, door="sms", proof="own-phone", actor="subscriber", tenant=tenant
        )
        self._forget(number)
        if not changed.ids:
            # It was done before, and whoever did it did not live to say so.
            return Heard(about="registry", reply=wording.standing(self._name, changed.rules))
        # The receipt lies in the outbox already, and is the answer.
        return Heard(about="registry", ids=changed.ids)

    def _forget(self, number: str) -> None:
        with self._state.write() as connection:
            QUERIES.change(connection, "end_dialogue", number=self._mark(number))


def wanted_after(stands: tuple[Rule, ...], asked: Asked) -> tuple[Rule, ...]:
    """The rules that would stand when what is asked is done. The two kinds of wish never touch each other."""
    of_kind = [rule for rule in stands if rule.wish_kind is asked.kind]
    others = tuple(rule for rule in stands if rule.wish_kind is not asked.kind)
    if asked.intent == "filter-off" or (asked.intent == "take-back" and not asked.trades):
        return others
    if asked.intent == "take-back":
        left = (_without(rule, asked) for rule in of_kind)
        return (*(rule for rule in left if rule is not None), *others)
    new = Rule(channel=asked.channel, trades=asked.trades, wish_kind=asked.kind)
    if asked.kind is WishKind.NUISANCE_FILTER:
        new = msgspec.structs.replace(new, keeps_consents=True)
    return stands if new in stands else (*stands, new)


def _without(rule: Rule, asked: Asked) -> Rule | None:
    trades = tuple(trade for trade in rule.trades if trade not in asked.trades)
    if not rule.trades:
        return rule
    return msgspec.structs.replace(rule, trades=trades) if trades else None
