"""The rules on messages that others collected: measured by near-duplicate group, with floors that may only rise."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

from anning.content import ContentClass, judge

STAND_INS = {
    "CELLPHONE": "13800138000", "PHONE": "01062345678", "HOTLINE": "4008123456", "DIGIT": "20", "PLACE": "海州",
    "NAME": "", "URL": "http://a1b.cn/x ", "WECHAT": "微信abc123",
}  # fmt: skip
MASKED = re.compile("|".join(STAND_INS))
BLANKS = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")
# Share of near-duplicate groups judged commercial or prohibited, at the least, in percent.
FLOORS = {
    "AD:Loan": 95, "AD:Network_service": 88, "AD:Other": 75, "AD:Real_estate": 85, "AD:Retail": 96,
    "FR:Financial": 90, "FR:Phishing(Bank)": 75, "IL:Fake_ID_and_invoice": 80, "IL:Gambling": 70,
}  # fmt: skip


def test_unwanted_messages_of_another_source_are_mostly_caught(shared_dir: Path) -> None:
    caught: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    with (shared_dir / "data" / "sms" / "fake-base-station-dev.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            text = BLANKS.sub("", MASKED.sub(lambda found: STAND_INS[found[0]], row["text"]))
            unwanted = judge(text).klass in (ContentClass.COMMERCIAL, ContentClass.PROHIBITED)
            caught[row["class"]][row["group"]].append(unwanted)
    shares = {
        name: 100 * sum(sum(hits) / len(hits) for hits in groups.values()) / len(groups)
        for name, groups in caught.items()
    }
    print(
        "\n".join(f"{name:24s} {share:5.1f}% of {len(caught[name])} groups" for name, share in sorted(shares.items()))
    )
    assert {name: shares[name] >= floor for name, floor in FLOORS.items()} == dict.fromkeys(FLOORS, True)
