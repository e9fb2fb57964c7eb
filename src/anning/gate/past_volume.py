"""Whether a service message is within the sender's past service volume, for outages (既往服务量; design, idea 6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import msgspec

from anning.gate.communication import Communication
from anning.gate.counts.contacts import SECOND, Contacts, Volume
from anning.gate.counts.volumes import HOUR
from anning.gate.directory import instant, moment_of
from anning.law.instrument import SHANGHAI
from anning.law.instruments import common
from anning.law.observations import Observations

_HOUR: Final = HOUR * SECOND


def within_past_volume(c: Communication, contacts: Contacts) -> tuple[bool, datetime]:
    """Whether one service message more is within what the sender sent in its busiest hour, and when the hour ends."""
    volume, room = room_for(c.sender, c.channel, c.at, contacts)
    return volume.this_hour < room, _hour_ends(c.at)


def past_room(c: Communication, contacts: Contacts) -> int:
    """How many service messages of its sender this hour has room for in an outage."""
    return room_for(c.sender, c.channel, c.at, contacts)[1]


def without_room(observations: Observations) -> Observations:
    """The same when the hour turns out to have no room left."""
    ends = tuple(sorted({*observations.boundaries, _hour_ends(observations.at)}))
    return msgspec.structs.replace(observations, within_past_volume=False, boundaries=ends)


def room_for(sender: str, channel: str, at: datetime, contacts: Contacts) -> tuple[Volume, int]:
    """What a sender has sent, and how much may go in an hour of outage: as in its busiest hour, or the least."""
    day = at.astimezone(SHANGHAI).date()
    volume = contacts.volume(sender, channel, moment_of(at), _figure("past_volume_days", day))
    past = volume.peak * _figure("past_volume_percent", day) // 100
    return volume, max(past, _figure("past_volume_least", day))


def _hour_ends(at: datetime) -> datetime:
    return instant((moment_of(at) // _HOUR + 1) * _HOUR)


def _figure(name: str, day: date) -> int:
    return int(common.INSTRUMENT.parameter(name).at(day))
