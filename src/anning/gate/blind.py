"""What somebody sees of a person who is not told the registry (盲洗; design, idea 9; X02).

Towards an outsider - whoever holds no registry and asks about its own sending alone - a wish and silence look the same
wherever no consent to it stands. Without consent nothing commercial goes anyway (R16a, R16b, L02), so a wish adds
nothing that it needs to know, and a list of people who want peace cannot be read out of a list that was judged.

Where a consent stands, what was wished before it was given is hidden too: the consent beats it, so it changes no
verdict, and who records a consent learns nothing of the past by it. What is wished afterwards is told, for it may end
or narrow the consent.

What an outsider is told of its own dealings with a person stays: what was said to it, it knows. Of a consent that a
general refusal ended it hears no more than that none stands.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from anning.law.observations import Channel
from anning.registers.standing import Subscriber, consent_standing, said_after
from anning.registers.statements import Consent


def seen_from_outside(
    subscriber: Subscriber, *, sender: str, channel: Channel, sender_trade: str, at: datetime
) -> Subscriber:
    """The history as an outsider may see it; arguments as in `anning.registers.standing.consent_reading`.

    Two people who differ in their wishes alone are the same where no consent to the sender stands in either, and where
    one stands in both and they wished differently only before it was given.
    """

    def standing(said: Subscriber) -> Consent | None:
        return consent_standing(said, sender=sender, channel=channel, sender_trade=sender_trade, at=at)

    consent = standing(subscriber)
    if consent is not None:
        later = tuple(wish for wish in subscriber.wishes if said_after(wish, consent))
        return msgspec.structs.replace(subscriber, wishes=later)
    silent = msgspec.structs.replace(subscriber, wishes=())
    if standing(silent) is None:
        return silent
    dealings = tuple(said for said in silent.dealings if not (isinstance(said, Consent) and said.to == sender))
    return msgspec.structs.replace(silent, dealings=dealings)
