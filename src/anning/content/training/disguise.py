"""Ways of hiding an offer from a reader of words, and of writing a service message otherwise (混淆写法生成).

The ways for training and those for evaluation differ: what an evaluation finds is what a way never seen does.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import opencc

Disguise = Callable[[str, random.Random], str]

_TRADITIONAL: Final = opencc.OpenCC("s2t")
_TAIWAN: Final = opencc.OpenCC("s2twp")
_HONG_KONG: Final = opencc.OpenCC("s2hk")
_SPLIT: Final = {
    "微": "彳攵", "信": "亻言", "加": "力口", "好": "女子", "贷": "代贝", "款": "士示欠", "利": "禾刂",
    "期": "其月", "球": "王求", "彩": "采彡", "码": "石马", "咖": "口力加", "时": "日寸", "职": "耳只",
    "招": "扌召", "证": "讠正", "额": "客页", "钱": "钅戋", "赌": "贝者", "博": "十専", "股": "月殳", "票": "西示",
    "优": "亻尤", "订": "讠丁", "领": "令页", "购": "贝勾", "折": "扌斤",
}  # fmt: skip
_CYRILLIC: Final = str.maketrans("aeopcxyABEKMHOPCTX", "аеорсхуАВЕКМНОРСТХ")
_GREEK: Final = str.maketrans("aovABEHIKMNOPTX", "αονΑΒΕΗΙΚΜΝΟΡΤΧ")
_KEYCAPS: Final = str.maketrans({str(n): f"{n}\ufe0f\u20e3" for n in range(10)})
_NUMERALS: Final = str.maketrans("0123456789", "零一二三四五六七八九")
_CAPITALS: Final = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")


def _is_character(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


@lru_cache(maxsize=1)
def _heard_alike() -> tuple[dict[str, str], dict[str, str]]:
    """Of each common character: those that sound the same, and how it is spelled in letters."""
    from pypinyin import Style, pinyin

    common = [chr(code) for code in range(0x4E00, 0x9FA6) if _level_one(chr(code))]
    spelled = {character: pinyin(character, style=Style.NORMAL)[0][0] for character in common}
    by_sound: dict[str, str] = {}
    for character, sound in spelled.items():
        by_sound[sound] = by_sound.get(sound, "") + character
    return {character: by_sound[sound].replace(character, "") for character, sound in spelled.items()}, spelled


def _level_one(character: str) -> bool:
    """Whether it is among the 3,755 most common (GB 2312 level 1)."""
    try:
        return 0xB0 <= character.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def inserted(signs: str, share: float, most: int = 1) -> Disguise:
    """Signs between that share of neighbouring characters."""

    def disguise(text: str, rng: random.Random) -> str:
        parts: list[str] = []
        for place, character in enumerate(text):
            parts.append(character)
            beside = _is_character(character) and place + 1 < len(text) and _is_character(text[place + 1])
            if beside and rng.random() < share:
                parts.append(rng.choice(signs) * rng.randint(1, most))
        return "".join(parts)

    return disguise


def one_sign(signs: str) -> Disguise:
    """One and the same sign between all neighbouring characters."""
    return lambda text, rng: inserted(rng.choice(signs), 1.0)(text, rng)


def replaced(share: float, instead: Callable[[str, random.Random], str]) -> Disguise:
    """That share of the characters written otherwise."""
    return lambda text, rng: "".join(
        instead(character, rng) if _is_character(character) and rng.random() < share else character
        for character in text
    )


def _homophone(character: str, rng: random.Random) -> str:
    others = _heard_alike()[0].get(character, "")
    return rng.choice(others) if others else character


def _pinyin(character: str, _: random.Random) -> str:
    return _heard_alike()[1].get(character, character)


def _spaced_pinyin(character: str, rng: random.Random) -> str:
    return f"{_pinyin(character, rng).upper()} "


def _parts(character: str, _: random.Random) -> str:
    return _SPLIT.get(character, character)


def full_width(text: str, _: random.Random) -> str:
    """Letters and digits in full width."""
    return "".join(chr(ord(ch) + 0xFEE0) if "!" <= ch <= "~" else ch for ch in text)


def circled(text: str, _: random.Random) -> str:
    """Digits and letters in circles."""
    return "".join(_circled(ch) for ch in text)


def _circled(ch: str) -> str:
    if "1" <= ch <= "9":
        return chr(0x2460 + ord(ch) - ord("1"))
    if ch.isascii() and ch.isalpha():
        return chr((0x24B6 if ch.isupper() else 0x24D0) + ord(ch.upper()) - ord("A"))
    return ch


def mathematical(text: str, _: random.Random) -> str:
    """Letters and digits in bold mathematical type."""
    made: list[str] = []
    for ch in text:
        if ch.isascii() and ch.isdigit():
            made.append(chr(0x1D7CE + ord(ch) - 0x30))
        elif ch.isascii() and ch.isalpha():
            made.append(chr((0x1D400 - 65 if ch.isupper() else 0x1D41A - 97) + ord(ch)))
        else:
            made.append(ch)
    return "".join(made)


def accented(text: str, rng: random.Random) -> str:
    """Combining marks on some characters."""
    return "".join(
        unicodedata.normalize("NFC", ch) + (rng.choice("\u0336\u0301\u20e3\u0489") if rng.random() < 0.3 else "")
        for ch in text
    )


def bracketed(text: str, rng: random.Random) -> str:
    """Some characters in brackets."""
    marks = rng.choice(("【】", "()", "[]", "《》"))
    return "".join(f"{marks[0]}{ch}{marks[1]}" if _is_character(ch) and rng.random() < 0.15 else ch for ch in text)


def both(first: Disguise, second: Disguise) -> Disguise:
    """One after the other."""
    return lambda text, rng: second(first(text, rng), rng)


TRAINED: Final[dict[str, Disguise]] = {
    "signs": inserted("*.·-_/", 0.5),
    "one sign": one_sign("*./-"),
    "zero width": inserted("\u200b\u200c", 0.6),
    "emoji": inserted("❤🔥💰", 0.25),
    "homophones": replaced(0.2, _homophone),
    "pinyin": replaced(0.15, _pinyin),
    "parts": replaced(0.9, _parts),
    "traditional": lambda text, _: str(_TRADITIONAL.convert(text)),
    "full width": full_width,
    "cyrillic": lambda text, _: text.translate(_CYRILLIC),
    "numerals": lambda text, _: text.translate(_NUMERALS),
}
"""Ways that training messages are hidden."""

HELD_OUT: Final[dict[str, Disguise]] = {
    "other signs": inserted("#~^|＋●☆♥丶々`", 0.6, most=2),
    "one other sign": one_sign("#~|●☆♥+、"),
    "blanks": one_sign(" \u3000\u2003"),
    "invisible": inserted("\u2060\u200d\ufeff\u00ad\u180e", 0.7),
    "more homophones": replaced(0.25, _homophone),
    "capital pinyin": replaced(0.15, _spaced_pinyin),
    "taiwan": lambda text, _: str(_TAIWAN.convert(text)),
    "hong kong": lambda text, _: str(_HONG_KONG.convert(text)),
    "circles": circled,
    "mathematical": mathematical,
    "greek": lambda text, _: text.translate(_GREEK),
    "keycaps": lambda text, _: text.translate(_KEYCAPS),
    "capital numerals": lambda text, _: text.translate(_CAPITALS),
    "accents": accented,
    "brackets": bracketed,
    "homophones and signs": both(replaced(0.15, _homophone), inserted("★◆※", 0.4)),
}
"""Ways that only evaluation messages are hidden."""

PLAIN: Final[dict[str, Disguise]] = {
    "traditional": TRAINED["traditional"],
    "full width": full_width,
    "taiwan": HELD_OUT["taiwan"],
}
"""Ways in which an honest message may be written too."""
