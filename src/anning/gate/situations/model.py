"""A situation as a value (情形)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from anning.law.decision import Outcome
from anning.law.observations import CallerIdentity, Channel, Purpose
from anning.registers.events import Payload, Sanction

Unit: TypeAlias = Literal["minutes", "hours", "days", "months"]


def family_of(obligation: str) -> str:
    """What an obligation shares with its neighbours: R06 of R06a (义务组)."""
    return obligation.rstrip("abcdefgh")


class Said(msgspec.Struct, frozen=True):
    """One register event of the world, and when it counts from."""

    at: datetime
    what: Payload


class Then(msgspec.Struct, frozen=True, kw_only=True):
    """What must come of it.

    Attributes:
        outcomes: those that are right; empty when only the reasons are asked for.
        because: obligations that must be among the reasons.
        not_because: obligations that must not be.
    """

    outcomes: tuple[Outcome, ...] = ()
    because: tuple[str, ...] = ()
    not_because: tuple[str, ...] = ()


class Send(msgspec.Struct, frozen=True, kw_only=True):
    """A communication, all but its moment; `then` is None for a step that nobody judges."""

    channel: Channel
    provider: str
    sender: str
    via: str
    code: str
    number: str
    text: str
    purpose: Purpose
    platform_call: bool
    caller_identity: CallerIdentity
    charged: bool
    then: Then | None


class ReplyStep(msgspec.Struct, frozen=True, kw_only=True):
    """A subscriber answers a code, the last that reached the number when `code` is empty (用户回复)."""

    number: str
    text: str
    code: str


class Advance(msgspec.Struct, frozen=True):
    """Time passes; months are months of the calendar."""

    count: int
    unit: Unit


class MeasureStep(msgspec.Struct, frozen=True, kw_only=True):
    """A measure is taken on an organisation (采取措施)."""

    on: str
    measure: Sanction
    noticed: bool


Step: TypeAlias = Send | ReplyStep | Advance | MeasureStep


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """A small world, what happens in it in order, and what must come of it.

    Attributes:
        world: register events, in the order of their times.
        parts_down: parts that are away all the while.
        sequence: written as `sends`, so that steps are told by number.
        line: where it begins in its file.
    """

    name: str
    under: str
    at: datetime
    world: tuple[Said, ...]
    parts_down: tuple[str, ...]
    steps: tuple[Step, ...]
    sequence: bool
    line: int
