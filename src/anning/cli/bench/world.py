"""A generated world and campaign list, the same for everybody from one seed (基准数据).

Every person, consent and wish is drawn from `SEED`; the list has quoted fields, numbers in the spellings people use,
rows that name no number, and people who stand on it more than once. Nobody in it exists: numbers are random within
prefixes. Consents and wishes come in as bulk imports, and one withdrawal in twenty by itself, as an answer to a code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from anning.gate.communication import Communication
from anning.law.instrument import SHANGHAI
from anning.law.observations import Channel, Purpose
from anning.registers import events as reg
from anning.registers.open import Registers

SEED: Final = 20_201_111
AT: Final = datetime(2026, 11, 11, 10, 0, tzinfo=SHANGHAI)
SENDER, PROVIDER, CODE = "qinghe", "cpaas", "106600008888"
TEXT: Final = "【青禾书店】双十一会员图书五折，满100元再减20，详询400-820-5588，拒收请回复R"
ACTOR: Final = "bench"

_FIRST, _LATER = AT - timedelta(days=90), AT - timedelta(days=30)
_FROM, _UNTIL = date(2024, 1, 1), date(2030, 1, 1)
_PREFIXES: Final = np.array([135, 136, 138, 139, 150, 158, 159, 186, 188, 130, 133, 177, 191], dtype=np.int64)
_CITIES: Final = ("长沙", "武汉", "成都", "杭州", "西安", "南京", "株洲", "衡阳")
_REMARKS: Final = ("", "", "VIP", "生日,本月", '说"不要打"', "换行\n备注")
_ROWS: Final = 1 << 16
_FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")

STORIES: Final = (
    ("consented", 0.55),
    ("declined-later", 0.08),
    ("withdrew", 0.06),
    ("declined", 0.10),
    ("excepted", 0.03),
    ("silent", 0.18),
)
"""Shares of people by what they said: consented; consented and then declined in general; consented and withdrew; only
declined; declined in general but not this sender, to whom they had consented; nothing."""

CONSENTED, DECLINED_LATER, WITHDREW, DECLINED, EXCEPTED, SILENT = range(len(STORIES))
ONE_BY_ONE: Final = 20
"""Of so many withdrawals one comes by itself, with a place in the journal of its own."""


class People(msgspec.Struct, frozen=True):
    """Distinct numbers, eleven digits each, and the story of each."""

    numbers: NDArray[np.int64]
    stories: NDArray[np.int64]


def people(count: int, seed: int = SEED) -> People:
    """That many people."""
    rng = np.random.default_rng(seed)
    more = count + count // 8 + 16
    drawn = np.unique(rng.choice(_PREFIXES, more) * 100_000_000 + rng.integers(0, 100_000_000, more))
    numbers = rng.permutation(drawn)[:count]
    return People(numbers, rng.choice(len(STORIES), len(numbers), p=[share for _, share in STORIES]))


def organisations() -> Iterator[reg.Payload]:
    """A bookshop that sends by a licensed provider under its own code and signature."""
    yield reg.OrganisationRegistered(id=SENDER, name="青禾书店", trade="retail", roles=("sender",))
    yield reg.IdentityVerified(org=SENDER)
    yield reg.OrganisationRegistered(id=PROVIDER, name="云信通", org_kind="platform", roles=("provider",))
    yield reg.IdentityVerified(org=PROVIDER)
    yield reg.LicenceRecorded(holder=PROVIDER, licence_kind="sms", from_day=_FROM, until_day=_UNTIL)
    yield reg.CodeRecorded(code=CODE, holder=PROVIDER, user=SENDER, use="commercial")
    yield reg.SignatureRecorded(text="青禾书店", owner=SENDER)


def fill(registers: Registers, crowd: People, folder: Path) -> None:
    """Take all this into the registers, the people's statements as the lists `write_statements` makes."""
    for place, payload in enumerate(organisations()):
        registers.write(payload, actor=ACTOR, key=f"bench-{place}")
    consents, wishes = write_statements(folder, crowd)
    registers.take(consents, "consent", actor=ACTOR)
    registers.take(wishes, "wish", actor=ACTOR)
    for number in _one_by_one(crowd):
        withdrawn = reg.ConsentWithdrawn(number=number, to=SENDER, channel="sms", door="sms", words="R")
        registers.write(withdrawn, actor=ACTOR, key=f"bench-{number}")


def _one_by_one(crowd: People) -> list[str]:
    withdrew = crowd.numbers[crowd.stories == WITHDREW]
    return [f"+86{number}" for number in withdrew[::ONE_BY_ONE].tolist()]


def write_statements(folder: Path, crowd: People) -> tuple[Path, Path]:
    """The lists of consents and of wishes, in `folder`."""
    consents, wishes = folder / "consents.csv", folder / "wishes.csv"
    alone = {number.removeprefix("+86") for number in _one_by_one(crowd)}
    pairs = list(zip(map(str, crowd.numbers.tolist()), crowd.stories.tolist(), strict=True))
    with consents.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["number", "org", "channel", "act", "confirmed", "at", "withdrawn"])
        for number, story in pairs:
            if story in {CONSENTED, DECLINED_LATER, WITHDREW, EXCEPTED}:
                withdrawn = _LATER.isoformat() if story == WITHDREW and number not in alone else ""
                out.writerow([number, SENDER, "sms", "explicit", "yes", _FIRST.isoformat(), withdrawn])
    with wishes.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["number", "channel", "says", "at", "except_for"])
        for number, story in pairs:
            if story in {DECLINED_LATER, DECLINED, EXCEPTED}:
                out.writerow([number, "sms", "decline", _LATER.isoformat(), SENDER if story == EXCEPTED else ""])
    return consents, wishes


def job() -> Communication:
    """What the bookshop sends to all of them."""
    return Communication(
        channel=Channel.SMS,
        provider=PROVIDER,
        sender=SENDER,
        code=CODE,
        number="",
        text=TEXT,
        purpose=Purpose.COMMERCIAL,
        at=AT,
    )


def write_list(path: Path, crowd: People, rows: int, seed: int = SEED) -> None:
    """A campaign list of `rows` rows as CSV: running number, telephone number, city, remark.

    About one row in five is written in another spelling than eleven digits, one in a hundred names no number, and one
    remark in two is quoted.
    """
    rng = np.random.default_rng(seed + 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["序号", "手机号", "城市", "备注"])
        for start in range(0, rows, _ROWS):
            count = min(_ROWS, rows - start)
            numbers = crowd.numbers[rng.integers(0, len(crowd.numbers), count)].tolist()
            spellings = rng.integers(0, 200, count).tolist()
            cities = rng.integers(0, len(_CITIES), count).tolist()
            remarks = rng.integers(0, len(_REMARKS), count).tolist()
            drawn = zip(numbers, spellings, cities, remarks, strict=True)
            out.writerows(
                (place, spell(number, spelling), _CITIES[city], _REMARKS[remark])
                for place, (number, spelling, city, remark) in enumerate(drawn, start + 1)
            )


def spell(number: int, spelling: int) -> str:
    """A number as people and spreadsheets write it: `spelling` from 0 to 199, eleven digits in four cases of five."""
    digits = str(number)
    if spelling == 0:
        return ""
    if spelling == 1:
        return f"{number:.2E}"
    for end, written in (
        (10, f"+86{digits}"),
        (16, f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"),
        (22, f"{digits[:3]} {digits[3:7]} {digits[7:]}"),
        (26, f"0086{digits}"),
        (30, f"{digits}.0"),
        (33, f" {digits}\u3000"),
        (36, digits.translate(_FULL_WIDTH)),
        (39, f"86{digits}"),
    ):
        if spelling < end:
            return written
    return digits
