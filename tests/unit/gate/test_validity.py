"""What a regime reads of people and of counts, by channel."""

from __future__ import annotations

from anning.gate.validity import fields_of, reads
from anning.law.instruments.registry import IN_FORCE, INSTRUMENTS, regime
from anning.law.observations import Channel
from gate_world import NOON

NONE: frozenset[str] = frozenset()


def test_what_nobody_reads_does_not_tell_people_apart() -> None:
    for under in (IN_FORCE, *INSTRUMENTS):
        assert not fields_of(regime(under, NOON)) & {"consent_at", "consent_through", "boundaries"}


def test_counts_are_read_by_the_house_alone_and_by_channel() -> None:
    day = NOON.date()
    for under in (IN_FORCE, "cn-2020-draft"):
        assert reads(under, day, NONE, False, Channel.SMS).counts == NONE
    assert reads(IN_FORCE, day, NONE, True, Channel.SMS).counts == {"marketing_ages", "code_message_ages"}
    assert reads(IN_FORCE, day, NONE, True, Channel.CALL).counts >= {"contact_ages"}
