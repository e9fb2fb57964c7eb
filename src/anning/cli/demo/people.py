"""The people of the demonstration: who wished what, who consented, who stands on the campaign list (演示人群).

Everything is drawn from one seed; numbers are random within allotted prefixes and names are put together from
syllables, so nobody in it exists.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
SEED: Final = 20_261_111
NOW: Final = datetime(2026, 11, 11, 10, 0, tzinfo=SHANGHAI)
PREFIXES: Final = (
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "152",
    "158",
    "159",
    "186",
    "188",
    "130",
    "133",
    "177",
    "191",
)
FAMILY: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑"
GIVEN: Final = "安宁和平清晓明远思齐书文景行若水知秋云帆子衿"
CITIES: Final = ("长沙", "武汉", "成都", "杭州", "西安", "南京", "株洲", "衡阳")
LEVELS: Final = ("普通", "银卡", "金卡", "VIP")
TRADES: Final = ("finance", "property", "retail", "education")

Person = tuple[str, str]
"""Eleven digits, and what became of the person's consent."""

STORIES: Final = (
    ("consented", 0.60),
    ("silent", 0.14),
    ("declined-later", 0.06),
    ("declined-before", 0.05),
    ("withdrew", 0.06),
    ("pre-ticked", 0.04),
    ("expired", 0.03),
    ("to-platform", 0.02),
)


def people(count: int) -> list[Person]:
    """That many people with distinct numbers, each with a story. Deterministic."""
    rng = random.Random(SEED)
    numbers: set[str] = set()
    while len(numbers) < count:
        numbers.add(rng.choice(PREFIXES) + f"{rng.randrange(100_000_000):08d}")
    names, weights = zip(*STORIES, strict=True)
    return [(number, rng.choices(names, weights)[0]) for number in sorted(numbers, key=lambda n: n[::-1])]


def write_wishes(path: Path, crowd: list[Person]) -> int:
    """The wishes file a carrier would hand over: number, channel, trades, says, time."""
    rng = random.Random(SEED + 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["number", "channel", "trades", "says", "at"])
        rows = 0
        for number, story in crowd:
            if story == "declined-later":
                out.writerow([number, "both", "all", "decline", _ago(rng, 5, 60)])
            elif story == "declined-before":
                out.writerow([number, "both", rng.choice(("all", "retail")), "decline", _ago(rng, 300, 400)])
            elif rng.random() < 0.2:
                out.writerow([number, "call", rng.choice(TRADES[:2]), "decline", _ago(rng, 5, 400)])
            else:
                continue
            rows += 1
    return rows


def write_consents(path: Path, crowd: list[Person], sender: str, platform: str) -> int:
    """The consents file of the sender: number, to, channel, act, confirmed, time, through, expiry, withdrawal."""
    rng = random.Random(SEED + 2)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["number", "to", "channel", "act", "confirmed", "at", "through", "expires", "withdrawn"])
        rows = 0
        for number, story in crowd:
            if story == "silent":
                continue
            to = platform if story == "to-platform" else sender
            act = "pre-ticked" if story == "pre-ticked" else "explicit"
            given = _ago(rng, 70, 280)
            expires = _ago(rng, 1, 30) if story == "expired" else ""
            withdrawn = _ago(rng, 1, 60) if story == "withdrew" else ""
            confirmed = "true" if rng.random() < 0.7 else "false"
            out.writerow([number, to, "sms", act, confirmed, given, "", expires, withdrawn])
            rows += 1
    return rows


def write_campaign(path: Path, crowd: list[Person], rows: int) -> int:
    """The member list as a marketing department has it: spellings, duplicates and spreadsheet damage included."""
    rng = random.Random(SEED + 3)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(["序号", "姓名", "手机号", "城市", "会员等级", "备注"])
        for index, number in zip(range(1, rows + 1), _with_repeats(rng, crowd), strict=False):
            name = rng.choice(FAMILY) + "".join(rng.sample(GIVEN, 2))
            remark = rng.choice(("", "", "", "生日,本月", "老客户"))
            out.writerow([index, name, _as_people_write(rng, number), rng.choice(CITIES), rng.choice(LEVELS), remark])
    return rows


def _with_repeats(rng: random.Random, crowd: list[Person]) -> Iterator[str]:
    order = [number for number, _ in crowd]
    rng.shuffle(order)
    for number in order:
        yield number
        if rng.random() < 0.01:
            yield number
    yield from order


def _as_people_write(rng: random.Random, number: str) -> str:
    roll = rng.random()
    if roll < 0.80:
        return number
    if roll < 0.85:
        return f"{number[:3]}-{number[3:7]}-{number[7:]}"
    if roll < 0.89:
        return f"+86{number}"
    if roll < 0.93:
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    if roll < 0.96:
        return number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    if roll < 0.99:
        return f"0086{number}"
    return rng.choice((f"{float(number):.5E}", number[:10], "", "无"))


def _ago(rng: random.Random, least: int, most: int) -> str:
    return (NOW - timedelta(days=rng.randint(least, most), seconds=rng.randrange(86_400))).isoformat()
