"""The figures of the model card, from what `anning content eval` wrote into docs/bench."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from anning.cli.content_report import KINDS
from anning.content.training.evaluate import PLAIN, Report, Share

BENCH: Final = Path(__file__).parents[1] / "bench"
UNSEEN: Final = BENCH / "content-eval.json"
CROSS: Final = BENCH / "content-cross.json"
_CLASSES: Final = ("service", "public-interest", "commercial", "prohibited")
_WAYS: Final = {
    PLAIN: "原文，未作混淆",
    "accents": "加组合符号",
    "blanks": "字间空格",
    "brackets": "单字加括号",
    "capital numerals": "大写数字",
    "capital pinyin": "拼音大写",
    "circles": "带圈字符",
    "greek": "希腊字母",
    "homophones and signs": "谐音并插符号",
    "hong kong": "港式繁体",
    "invisible": "零宽字符",
    "keycaps": "键帽数字",
    "mathematical": "数学字体",
    "more homophones": "四分之一的字换成谐音",
    "one other sign": "字间同一符号",
    "other signs": "字间各种符号",
    "taiwan": "台式繁体",
}


def report(path: Path) -> Report:
    """What an evaluation found."""
    return msgspec.json.decode(path.read_bytes(), type=Report)


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return "\n".join((*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows))) + "\n"


def _percent(share: float, places: int = 2) -> str:
    return f"{100 * share:.{places}f} %"


def made_card_model() -> str:
    found = report(UNSEEN)
    sources = ", ".join(f"{source} {count:,}" for source, count in found.trained_on.items())
    rows = [
        ("模型 model", f"`{found.model}`"),
        ("文件哈希 hash of the file", f"`{found.model_hash}`"),
        ("训练短信 messages it was fitted on", sources),
    ]
    return _table(("", ""), rows)


def made_card_services() -> str:
    services = report(UNSEEN).services
    assert services is not None
    every, families = services.messages, services.by_family
    return (
        _table(
            ("", "判作他类 judged otherwise", "95 % 上限 upper bound"),
            (
                (f"短信 messages: {every.of:,}", every.happened, _percent(every.bound, 3)),
                (f"模板族 families: {families.of}", families.happened, _percent(families.bound, 1)),
            ),
        )
        + f"\n手笔 hands: {services.hands}; 模板 templates: {services.templates}.\n"
    )


def made_card_confusion() -> str:
    return _confusion(report(UNSEEN))


def made_card_cross() -> str:
    found = report(CROSS)
    return _confusion(found) + "\n" + _caught(found.caught)


def made_card_caught() -> str:
    return _caught(report(UNSEEN).caught)


def made_card_disguised() -> str:
    shares = report(UNSEEN).disguised
    return _table(
        ("写法 way", "", "判出 caught", "", "95 % 下限 lower bound"),
        (
            (
                _WAYS[way],
                way,
                f"{share.happened}/{share.of}",
                _percent(share.happened / share.of),
                _percent(share.bound),
            )
            for way, share in sorted(shares.items(), key=lambda each: each[0] != PLAIN)
        ),
    )


def made_card_calibration() -> str:
    found = report(UNSEEN)
    return (
        _table(
            ("分值自 score from", "短信 messages", "平均分值 mean score", "其中商业或违禁 unwanted of them"),
            (
                (f"{each.least:.1f}", each.messages, f"{each.mean_score:.3f}", _percent(each.unwanted, 1))
                for each in found.calibration
            ),
        )
        + f"\nBrier {found.brier}; mean distance 平均偏差 {found.calibration_error}.\n"
    )


def made_card_families() -> str:
    found = report(UNSEEN)
    wrong = sorted((row for row in found.families if row.wrong), key=lambda row: -row.wrong / row.messages)
    return (
        _table(
            ("手笔 hand", "模板族 family", "类别 kind", "判错 wrong"),
            ((row.hand, row.family, " ".join(KINDS[row.kind]), f"{row.wrong}/{row.messages}") for row in wrong),
        )
        + f"\n其余各族无错 none in the other {len(found.families) - len(wrong)} families.\n"
    )


def made_card_words() -> str:
    found = report(UNSEEN)
    return _table(
        ("判作 class", "字词 words"),
        ((f"`{klass}`", "、".join(words)) for klass, words in found.deciding.items()),
    )


def made_card_speed() -> str:
    speed = report(UNSEEN).speed
    assert speed is not None
    return _table(
        ("单核每秒 a second, on one core", ""),
        (
            ("服务短信 services", f"{speed.services_a_second:,}"),
            ("各类短信 of all kinds", f"{speed.all_a_second:,}"),
            ("判一条用时为其 SHA-256 的倍数 times the SHA-256 of the same text", speed.ratio),
        ),
    )


def _confusion(found: Report) -> str:
    return _table(
        ("是 it is", *(f"`{klass}`" for klass in _CLASSES)),
        (
            (" ".join(KINDS[kind]), *(counts.get(klass, 0) for klass in _CLASSES))
            for kind, counts in found.confusion.items()
        ),
    )


def _caught(shares: dict[str, Share]) -> str:
    return _table(
        ("", "判出 caught", "", "95 % 下限 lower bound"),
        (
            (
                " ".join(KINDS[kind]),
                f"{share.happened}/{share.of}",
                _percent(share.happened / share.of),
                _percent(share.bound),
            )
            for kind, share in shares.items()
        ),
    )
