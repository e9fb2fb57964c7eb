"""Registers on either database, with a fixed clock and a small world in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from anning.registers.events import CodeRecorded, LicenceRecorded, OrganisationRegistered
from anning.registers.open import Registers, open_store

NOW = datetime(2026, 11, 11, 2, 0, tzinfo=UTC)

Open = Callable[[], Registers]


@pytest.fixture
def open_again(database_url: str, tmp_path: Path) -> Iterator[Open]:
    """Opens the same registers, as a process that starts does."""
    opened: list[Registers] = []

    def again() -> Registers:
        for earlier in opened:
            earlier.close()
        store = open_store(database_url, tmp_path / "segments")
        opened.append(Registers(store, writer_wait=5, group_commit_max=64, clock=lambda: NOW))
        return opened[-1]

    yield again
    for registers in opened:
        registers.close()


@pytest.fixture
def registers(open_again: Open) -> Registers:
    """A bank that sends through a licensed provider."""
    registers = open_again()
    for said in (
        OrganisationRegistered(id="cpaas", name="云信通"),
        OrganisationRegistered(id="bank", name="安宁银行", trade="finance"),
        OrganisationRegistered(id="shop", name="好物商城", trade="retail"),
        LicenceRecorded(holder="cpaas", licence_kind="sms", from_day=date(2024, 1, 1), until_day=date(2029, 1, 1)),
        OrganisationRegistered(id="caller", name="呼叫中心"),
        LicenceRecorded(holder="caller", licence_kind="voice", from_day=date(2024, 1, 1), until_day=date(2029, 1, 1)),
        CodeRecorded(code="106600001111", holder="cpaas", user="bank", use="commercial"),
    ):
        registers.write(said, actor="test")
    return registers
