"""The registry's dealings with people, on either database, with a clock that tests move."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from anning.outbox import Outbox, Waiting
from anning.outbox.outbox import STATE_MIGRATIONS as OUTBOX
from anning.registers.events import CodeRecorded, ConsentGiven, LicenceRecorded, OrganisationRegistered
from anning.registers.open import Registers, open_store
from anning.settings import Settings
from anning.state import Seal, State, state_url
from anning.wishes.open import STATE_MIGRATIONS, Wishes

BEGUN = datetime(2026, 11, 11, 2, 0, tzinfo=UTC)
WANG = "+8613800138000"
LI = "+8613900139000"
PORT = "106600001111"
WORDS = "我愿意接收安宁银行的贷款利率优惠短信，可随时退订。"


class Desk:
    """One installation, and the time it believes it is."""

    def __init__(self, database: str, folder: Path) -> None:
        self.now = BEGUN
        self.registers = Registers(
            open_store(database, folder / "segments"), writer_wait=5, group_commit_max=64, clock=self.clock
        )
        self.state = State.open(state_url(database), (OUTBOX, STATE_MIGRATIONS))
        seal = Seal.of(folder / "seal.key")
        self.outbox = Outbox(self.state, seal, self.clock)
        settings = Settings(data_dir=folder, registry_codes="12321")
        self.wishes = Wishes(
            self.registers,
            self.state,
            seal,
            self.outbox,
            self.clock,
            settings=settings,
            origin=lambda: "https://anning.example",
        )

    def clock(self) -> datetime:
        """A microsecond later each time, so that what is said in turn is said in order."""
        self.now += timedelta(microseconds=1)
        return self.now

    def sms(self, number: str, text: str, to: str = "12321") -> str:
        """A person sends an SMS; what is sent back."""
        heard = self.wishes.dialogue.hear(number, to, text, tenant="anning", actor="test")
        return heard.reply

    def sent(self, number: str = "") -> list[Waiting]:
        """What went out to a number since the last look."""
        taken = self.outbox.take("anning", 100, "test")
        for each in taken:
            self.outbox.answer("anning", each.id, delivered=True)
        return [each for each in taken if not number or each.number == number]

    def code_for(self, number: str) -> str:
        """Ask for a code and read it on the phone."""
        self.wishes.proving.send_code(number, "anning")
        found = re.search(r"验证码是(\d{6})", self.sent(number)[-1].text)
        assert found is not None
        return found[1]

    def consents(self, number: str, **more: object) -> None:
        """The bank was given a consent."""
        said = ConsentGiven(number=number, to="bank", channel="sms", act="explicit", trade="finance", **more)  # type: ignore[arg-type]
        self.wishes.recording.record(said, words=WORDS, tenant="anning", actor="bank", confirm_at=PORT)

    def close(self) -> None:
        """Give all back."""
        self.registers.close()
        self.state.close()


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A bank that sends through a licensed provider, and nobody's word yet."""
    desk = Desk(database_url, tmp_path)
    for said in (
        OrganisationRegistered(id="cpaas", name="云信通"),
        OrganisationRegistered(id="bank", name="安宁银行", trade="finance"),
        OrganisationRegistered(id="shop", name="好物商城", trade="retail"),
        LicenceRecorded(holder="cpaas", licence_kind="sms", from_day=date(2024, 1, 1), until_day=date(2029, 1, 1)),
        CodeRecorded(code=PORT, holder="cpaas", user="bank", use="commercial"),
    ):
        desk.registers.write(said, actor="test", at=BEGUN)
    yield desk
    desk.close()
