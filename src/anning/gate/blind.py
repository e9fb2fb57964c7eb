"""What somebody sees of a person who is not told the registry (盲洗; design, idea 9; X02).

Towards an outsider - whoever holds no registry and asks about its own sending alone - a wish and silence look the same
wherever no consent to it stands. Without consent nothing commercial goes anyway (R16a, R16b, L02), so a wish adds
nothing that it needs to know, and a list of people who want peace cannot be read out of a list that was judged.

What an outsider is told of its own dealings with a person stays: what was said to it, it knows. Of a consent that a
general refusal ended it hears no more than that none stands.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from anning.law.observations import Channel, ConsentState
from anning.registers.standing import Subscriber, consent_reading
from anning.registers.statements import Consent


def seen_from_outside(
    subscriber: Subscriber, *, sender: str, via: str, channel: Channel, sender_trade: str, at: datetime
) -> Subscriber:
    """The history as an outsider may see it; arguments as in `consent_reading`.

    Two people who differ in their wishes alone, and in whom no consent to the sender stands, are the same.
    """

    def consents(said: Subscriber) -> bool:
        reading = consent_reading(said, sender=sender, via=via, channel=channel, sender_trade=sender_trade, at=at)
        return reading.state is ConsentState.VALID

    if consents(subscriber):
        return subscriber
    silent = msgspec.structs.replace(subscriber, wishes=())
    if not consents(silent):
        return silent
    dealings = tuple(said for said in silent.dealings if not (isinstance(said, Consent) and said.to == sender))
    return msgspec.structs.replace(silent, dealings=dealings)
