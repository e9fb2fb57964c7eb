"""Ten simulated years of a registry: what is due goes within a day, nothing goes early, what is held stays.

What is expected is worked out here, from what was said when, by arithmetic of this file's own; the calendar is asked
only whether it thinks that anything is left.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from anning.journal.erasing import unaccounted
from anning.law.calendar import SHANGHAI
from anning.registers import events as reg
from anning.registers.erasing import Eraser
from anning.registers.forgetting import forget
from anning.registers.looked_up import consents_of, wishes_of
from anning.registers.open import Registers, open_store
from anning.registers.suppression import Marks

BEGIN = date(2025, 10, 1)
ORGANISATIONS = ("bank", "shop", "mall")
PEOPLE = 24


class Years:
    """A registry, a clock, and what was said in it."""

    def __init__(self, folder: Path, url: str, chance: random.Random) -> None:
        self.folder, self.url, self.chance = folder, url, chance
        folder.mkdir()
        self.now = datetime(2025, 10, 1, 9, tzinfo=SHANGHAI)
        self.registers = Registers(
            open_store(url, folder / "segments"),
            writer_wait=5,
            group_commit_max=64,
            clock=lambda: self.now,
            marks=Marks(folder / "seal.key"),
        )
        for id in ORGANISATIONS:
            self.registers.write(reg.OrganisationRegistered(id=id, name=id, trade="retail"), actor="test")
        self.eraser = Eraser(self.registers)
        self.people = [self.stranger() for _ in range(PEOPLE)]
        self.held: dict[str, reg.LegalHoldSet] = {}
        self.said: dict[int, tuple[datetime, reg.Payload]] = {}
        self.rows: dict[tuple[int, int], tuple[datetime, reg.Payload]] = {}
        self.erased: set[int] = set()
        self.counted: Counter[str] = Counter()

    def stranger(self) -> str:
        return f"+86177{self.chance.randrange(10**8):08}"

    def say(self, one: reg.Payload) -> None:
        ack = self.registers.write(one, actor="test")
        self.said[ack.first] = (self.now, one)

    def one_day(self) -> None:
        """A day's statements, at random."""
        chance = self.chance
        for _ in range(chance.choice([0, 0, 1, 2, 3])):
            self.now += timedelta(minutes=chance.randrange(1, 90))
            number, org = chance.choice(self.people), chance.choice(ORGANISATIONS)
            expires = self.now + timedelta(days=chance.randrange(5, 200))
            what = chance.randrange(16)
            match what:
                case 0 | 1 | 2 | 3:
                    self.say(reg.ConsentGiven(number=number, to=org, channel=chance.choice(["sms", "call", "both"])))
                case 4:
                    self.say(reg.ConsentGiven(number=number, to=org, expires=expires))
                case 5 | 6 | 7:
                    self.say(reg.ConsentWithdrawn(number=number, to=org))
                case 8:
                    self.say(reg.WishStated(number=number, says="decline", channel=chance.choice(["sms", "both"])))
                case 9:
                    self.say(reg.WishWithdrawn(number=number))
                case 10:
                    self.say(reg.NumberRecycled(number=number))
                case 11:
                    self.say(reg.ReplyUnclear(number=number, to=org, words="?"))
                case 12:
                    self.say(reg.ReplyRead(number=number, to=org, refuses=chance.random() < 0.5))
                case 13:
                    self._hold(number, org)
                case 14:
                    self._forget(number)
                case 15 if chance.random() < 0.4:
                    self._import(org)

    def _hold(self, number: str, org: str) -> None:
        if self.held and self.chance.random() < 0.7:
            id, held = self.chance.choice(sorted(self.held.items(), key=lambda each: each[0]))
            self.say(reg.LegalHoldSet(id=id, number=held.number, org=held.org, held=False))
            del self.held[id]
        else:
            id = f"case-{len(self.said)}"
            about = {"number": number} if self.chance.random() < 0.8 else {"org": org}
            self.held[id] = reg.LegalHoldSet(id=id, **about)
            self.say(self.held[id])

    def _forget(self, number: str) -> None:
        what = self.chance.choice(["consents", "everything"])
        done = forget(self.registers, number, what=what, door="page", proof="own-phone", actor="subscriber")
        self.said[int(done.ids[0].rpartition(":")[2])] = (self.now, reg.SubscriberForgotten(number=number, what=what))
        if what == "everything" and self.chance.random() < 0.7:
            # They are heard of no more; somebody else comes.
            self.people[self.people.index(number)] = self.stranger()

    def _import(self, org: str) -> None:
        numbers = sorted(self.chance.sample(self.people, 5))
        path = self.folder / "list.csv"
        path.write_text("手机号,机构\n" + "".join(f"{one},{org}\n" for one in numbers), encoding="utf-8")
        position = int(self.registers.take(path, "consent", actor="test").id.rpartition(":")[2])
        path.unlink()
        for row, one in enumerate(numbers):
            self.rows[position, row] = (self.now, reg.ConsentGiven(number=one, to=org))

    # --- what must hold -----------------------------------------------------------------------------------------

    def midnight(self) -> None:
        """The first hours of a day: the calendar runs, and everything is as it must be."""
        self.now = self.now.replace(hour=0, minute=30) + timedelta(days=1)
        before = self.standing() if self.eraser.due() else None
        done = self.eraser.hourly()
        assert done is not None
        assert (done.postponed, done.purged) == (0, True)
        self.counted.update(done.reasons)
        if before is not None:
            assert done.erased
            assert self.standing() == before
            self.look_at_what_went()
            self.now += timedelta(hours=2)
            self.eraser.hourly()
            assert self.eraser.due() == []
        self.now = self.now.replace(hour=9)

    def look_at_what_went(self) -> None:
        gone = {event.position for event in self.registers.store.events() if event.erased} - self.erased
        self.erased |= gone
        for position in gone & self.said.keys():
            said_at, one = self.said[position]
            assert not self.is_held(one), one
            assert any(kept_until(moment) <= self.now for moment in self.ends(position, said_at, one)), (said_at, one)

    def ends(self, position: int, said_at: datetime, one: Any) -> list[datetime]:
        """The moments at which it may have lost its effect: another word of the same number, its end, its own."""
        if isinstance(one, reg.LegalHoldSet):
            return [at for at, other in self.said.values() if getattr(other, "id", "") == one.id and not other.held]
        later = [
            at
            for place, (at, other) in (*self.said.items(), *((row[0], said) for row, said in self.rows.items()))
            if getattr(other, "number", "") == one.number and (at, place) > (said_at, position)
        ]
        if isinstance(one, reg.WishWithdrawn | reg.ReplyRead | reg.SubscriberForgotten):
            later.append(said_at)
        if getattr(one, "expires", None) is not None:
            later.append(one.expires)
        return later

    def is_held(self, one: Any) -> bool:
        return any(
            (held.number and held.number == getattr(one, "number", ""))
            or (held.org and held.org == getattr(one, "to", ""))
            for held in self.held.values()
            if not isinstance(one, reg.LegalHoldSet)
        )

    def standing(self) -> dict[str, object]:
        """How everybody stands towards everybody, as the registers tell."""
        told: dict[str, object] = {}
        with self.registers.store.read() as connection:
            for number in self.people:
                wishes = [
                    (one.channel, one.trade, one.state) for one in wishes_of(connection, number, self.now).standing
                ]
                found = consents_of(connection, number, self.now, list(ORGANISATIONS)).standing
                told[number] = (wishes, [(one.to, one.channel, one.state == "valid", one.refused) for one in found])
        return told

    def nowhere(self) -> None:
        """Whoever has nothing on record any more stands in no file."""
        left = {getattr(one, "number", "") for position, (_, one) in self.said.items() if position not in self.erased}
        with self.registers.store.read() as connection:
            for _, number in connection.raw.execute("SELECT position, number FROM consents").fetchall():
                left.add(number)
        left |= {one.number for _, one in self.rows.values()}
        gone = {getattr(one, "number", "") for _, one in self.said.values()} - left
        content = b"".join(path.read_bytes() for path in self.folder.parent.rglob("*") if path.is_file())
        assert not [number for number in gone if number and number[1:].encode() in content]
        self.counted["nowhere"] = len(gone)


def kept_until(moment: datetime) -> datetime:
    """The midnight after the last day it must be kept, counted here by hand."""
    day = moment.astimezone(SHANGHAI).date()
    five, six = plus_months(day, 5), plus_months(day, 6)
    last = five if five + timedelta(days=1) < date(2026, 5, 1) else six
    return datetime(last.year, last.month, last.day, tzinfo=SHANGHAI) + timedelta(days=1)


def plus_months(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


@pytest.mark.parametrize("days", [110, pytest.param(3_653, marks=[pytest.mark.long, pytest.mark.timeout(7_200)])])
def test_the_calendar_is_kept(
    tmp_path: Path, new_database: Callable[[str], str], days: int, record_property: Callable[[str, object], None]
) -> None:
    years = Years(tmp_path / "years", new_database("sqlite"), random.Random(days))
    try:
        for day in range(days):
            if day == days - 75 and days < 365:
                # Nothing is due for five months: a short run passes over most of them.
                years.now += timedelta(days=120)
            years.one_day()
            years.midnight()
            if day % 100 == 99:
                years.nowhere()
        years.nowhere()
        assert list(unaccounted(years.registers.store)) == []
        assert years.counted["withdrawn"]
        assert years.counted["forgotten"]
    finally:
        years.registers.close()
    record_property("erased", f"{days} days, " + ", ".join(f"{why} {n:,}" for why, n in sorted(years.counted.items())))
