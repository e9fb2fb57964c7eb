"""What predicates read is known without running them, and is never less than what they do read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import msgspec
import pytest

from anning.gate.validity import fields_of, fields_read, reads
from anning.law.instruments.registry import IN_FORCE, INSTRUMENTS, regime
from anning.law.observations import Approval, Channel, CodeState, NotSeen, Observations, Purpose
from anning.law.predicates import PREDICATES
from gate_world import NOON

NONE: frozenset[str] = frozenset()


class Recorder:
    """Observations that remember which of their fields were asked for."""

    def __init__(self, observations: Observations) -> None:
        self.asked: set[str] = set()
        self._observations = observations

    def __getattr__(self, name: str) -> Any:
        self.asked.add(name)
        return getattr(self._observations, name)


def many_observations() -> Iterator[Observations]:
    """Enough worlds that every branch of a predicate is taken in one of them."""
    plain = Observations(at=NOON, channel=Channel.SMS, local_minute=720)
    approval = Approval("A1", True, False, 3, True)
    for channel, purpose, state, shown, kind in product(
        Channel, Purpose, (CodeState.PERSONAL, CodeState.ACTIVE), (False, True), ("person", "company")
    ):
        yield msgspec.structs.replace(
            plain,
            channel=channel,
            purpose=purpose,
            code_state=state,
            code_kind="mobile" if state is CodeState.PERSONAL else "code-95",
            last_known_service_port=shown,
            sender_kind=kind,
            approval=approval if shown else None,
            way_out_one_step=shown,
            names_agency=shown,
            provider_known=shown,
            charged=shown,
            verification_code=shown,
        )


@pytest.mark.parametrize("name", list(PREDICATES))
def test_a_predicate_reads_no_field_that_is_not_known_to_be_read(name: str) -> None:
    asked: set[str] = set()
    for observations in many_observations():
        recorder = Recorder(observations)
        with suppress(NotSeen):
            PREDICATES[name].read(recorder, lambda _: 0.5)  # type: ignore[arg-type]
        asked |= recorder.asked
    assert asked
    assert asked <= fields_read(name)


def test_what_nobody_reads_does_not_tell_people_apart() -> None:
    for under in (IN_FORCE, *INSTRUMENTS):
        assert not fields_of(regime(under, NOON)) & {"consent_at", "consent_through", "boundaries"}


def test_counts_are_read_by_the_house_alone_and_by_channel() -> None:
    day = NOON.date()
    for under in (IN_FORCE, "cn-2020-draft"):
        assert reads(under, day, NONE, False, Channel.SMS).counts == NONE
    assert reads(IN_FORCE, day, NONE, True, Channel.SMS).counts == {"marketing_ages", "code_message_ages"}
    assert reads(IN_FORCE, day, NONE, True, Channel.CALL).counts >= {"contact_ages"}
