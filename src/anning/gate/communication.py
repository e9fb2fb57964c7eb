"""One communication as its channel hands it over, before anything is known of it (一次通信)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from anning.law.observations import CallerIdentity, Channel, Purpose


class Communication(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent or dialled.

    Attributes:
        provider: who carries it under licence.
        sender: on whose behalf.
        via: the platform in between, empty when there is none.
        code: the number or code shown, plain digits or E.164 as registered.
        number: the recipient, E.164 for subscribers.
        text: SMS and app only.
        purpose: as declared.
        at: the moment it is sent or dialled, aware.
        blind: who asks is an outsider, whom nobody tells wishes; see `anning.gate.blind`.
    """

    channel: Channel
    provider: str
    sender: str
    via: str = ""
    code: str
    number: str
    text: str = ""
    purpose: Purpose = Purpose.UNDECLARED
    platform_call: bool = False
    caller_identity: CallerIdentity = CallerIdentity.VERIFIED
    charged: bool = False
    at: datetime
    blind: bool = False
