"""One pass over a text's characters: folds them and tells which readings the text needs at all (扫读).

Most messages hold no disguise, no link and no traditional character. What a text holds is told by bits, so that a
reading is made only where it can find something; a reading that is made where its bit is set finds what it would have
found without the bits. Characters are looked up in tables that fill as characters are met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from anning.content.features import compiled
from anning.content.length import utf16_length

TRADITIONAL: Final = 1 << 0
"""A character that is written otherwise in simplified script."""
SPACED_DIGITS: Final = 1 << 1
"""Digits with one sign between each."""
LETTERED_DIGITS: Final = 1 << 2
"""A long run of digits and of letters that look like digits."""
NUMERALS: Final = 1 << 3
"""Chinese numerals that may count or spell a number."""
BRACKETED: Final = 1 << 4
"""One character alone in brackets."""
INSERTED: Final = 1 << 5
"""A sign beside a character, letters spelled out, or blanks in a row."""
HIDING: Final = 1 << 6
"""A character that is there to hide another."""
NUMBERS: Final = 1 << 7
"""Digits enough for a telephone number, or a short one that is called."""
LINKS: Final = 1 << 8
"""A stroke, a hash, or a point before a letter or a character, in whatever disguise points go."""
REFUSING: Final = 1 << 9
"""Two characters without which nothing speaks of refusing."""
CODES: Final = 1 << 10
"""A character without which no one-time code is handed over."""
HIDDEN_POINTS: Final = 1 << 11
"""A point in disguise, or with a blank beside it, between letters."""
EVERYTHING: Final = (1 << 12) - 1

_UNMET: Final = 0xFFFF
_GONE: Final = 0xFFFE
_SLOW: Final = 0xFFFD

_CJK: Final = 1 << 0
_SIGN: Final = 1 << 1
_WORD: Final = 1 << 2
_NUMERAL: Final = 1 << 3
_MEASURE: Final = 1 << 4
_OPENING: Final = 1 << 5
_CLOSING: Final = 1 << 6
_OF_TRADITIONAL: Final = 1 << 7
_OF_HIDING: Final = 1 << 8
_OF_LINKS: Final = 1 << 9
_OF_REFUSING: Final = 1 << 10
_OF_CODES: Final = 1 << 11
_LIKE_DIGIT: Final = 1 << 12
_BETWEEN_DIGITS: Final = 1 << 13
_BETWEEN_LETTERS: Final = 1 << 14
_BLANK: Final = 1 << 15
_POINT: Final = 1 << 16

_LONGEST_DIGITS: Final = 7
_IS_WORD: Final = re.compile(r"\w")
_IS_SIGN: Final = re.compile(r"[^\w,，。!?;:、()【】\[\]《》〔〕\n]|_|丶")
# Characters that OpenCC writes otherwise only beside certain others (TSPhrases).
_SOMETIMES_OTHERWISE: Final = frozenset("瞭藉覆坏彷沈牴畫衹鍊鍾乾徵麼於")


class Skimmed(NamedTuple):
    """A text folded but for its script, the bits of what it holds, and its length in UTF-16 code units."""

    folded: str
    bits: int
    units: int


class Skimmer:
    """Folds texts by one character at a time and tells what they hold.

    Args:
        fold: what stands for a character, the slow way.
        simplified: a text in simplified script.
        hiding: characters that are there to hide others.
        numerals, measures: Chinese numerals, and what stands after one that counts.
    """

    def __init__(
        self,
        fold: Mapping[int, str],
        simplified: Callable[[str], str],
        *,
        hiding: frozenset[str],
        numerals: str,
        measures: str,
    ) -> None:
        self._fold = fold
        self._simplified = simplified
        self._hiding = hiding
        self._numerals = frozenset(numerals)
        self._measures = frozenset(measures)
        self._folds = np.full(0x10000, _UNMET, np.uint16)
        self._kinds = np.zeros(0x10000, np.uint32)

    def skim(self, text: str) -> Skimmed:
        """The text folded, and what it holds; what is out of the ordinary is said to hold everything."""
        try:
            codes = np.frombuffer(text.encode("utf-16-le"), np.uint16)
        except UnicodeEncodeError:
            return self._slowly(text)
        while True:
            folded, bits = _skim(codes, self._folds, self._kinds)
            if bits >= 0:
                return Skimmed(folded.tobytes().decode("utf-16-le"), bits, len(codes))
            if bits == -1:
                return self._slowly(text)
            self._meet(-2 - bits)

    def _slowly(self, text: str) -> Skimmed:
        return Skimmed(text.translate(self._fold), EVERYTHING, utf16_length(text))

    def _meet(self, code: int) -> None:
        """Enters a character into the tables."""
        met = chr(code)
        folded = "" if 0xD800 <= code < 0xE000 else self._fold[code]
        kind = _OF_HIDING if met in self._hiding else 0
        if not folded and not 0xD800 <= code < 0xE000:
            self._kinds[code], self._folds[code] = kind, _GONE
            return
        if len(folded) != 1 or ord(folded) >= 0xFFFD or (folded.lower() != folded and not folded.isascii()):
            self._folds[code] = _SLOW
            return
        self._kinds[code] = kind | self._kind_of(folded)
        self._folds[code] = ord(folded)

    def _kind_of(self, ch: str) -> int:
        kinds = (
            (_CJK, "\u3400" <= ch <= "\u9fff"),
            (_SIGN, _IS_SIGN.match(ch) is not None),
            (_WORD, _IS_WORD.match(ch) is not None),
            (_NUMERAL, ch in self._numerals),
            (_MEASURE, ch in self._measures),
            (_OPENING, ch in '([{<【〔「『《“"'),
            (_CLOSING, ch in ')]}>】〕」』》”"'),
            (_OF_TRADITIONAL, ch in _SOMETIMES_OTHERWISE or self._simplified(ch) != ch),
            (_OF_LINKS, ch in "#/\\"),
            (_OF_REFUSING, ch in "退拒屏扰阅收需想愿希再消绝dDoOnNpP"),
            (_OF_CODES, ch in "码令验密eEsSpPnNdD"),
            (_LIKE_DIGIT, ch in "oOlI"),
            (_BETWEEN_DIGITS, ch in " .*·_-"),
            (_BETWEEN_LETTERS, ch in " .*-_"),
            (_POINT, ch in ".。·点、)],"),
            (_BLANK, ch in " \t"),
        )
        return sum(bit for bit, holds in kinds if holds)


@compiled
def _skim(codes: Any, folds: Any, kinds: Any) -> Any:
    """The folded text and its bits; -1 for one that must go the slow way, -2 - c when character c is not met yet."""
    length = len(codes)
    folded = np.empty(length, np.uint16)
    count = bits = 0
    pointed = run = value = 0
    is_spoken = letters_end = False
    digits = mixed = mixed_letters = mixed_digits = spaced = 0
    kind = before = earlier = third = fourth = 0
    code = last = last_but_one = 0
    for place in range(length):
        code = folds[codes[place]]
        if code == _UNMET:
            return folded[:0], -2 - np.int64(codes[place])
        if code == _SLOW:
            return folded[:0], -1
        kind = kinds[codes[place]]
        if kind & _OF_HIDING:
            bits |= HIDING
        if code == _GONE:
            continue
        folded[count] = code
        count += 1
        is_digit = 0x30 <= code <= 0x39
        is_letter = 0x41 <= code <= 0x5A or 0x61 <= code <= 0x7A
        if kind & _OF_TRADITIONAL:
            bits |= TRADITIONAL
        if kind & _OF_LINKS or (before & _POINT and last == 0x2E and kind & _CJK):
            bits |= LINKS
        if pointed and (is_letter or (is_digit and pointed > 1)):
            bits |= LINKS
            if last != 0x2E or not (
                0x30 <= last_but_one <= 0x39 or 0x41 <= last_but_one <= 0x5A or 0x61 <= last_but_one <= 0x7A
            ):
                bits |= HIDDEN_POINTS
        if kind & _POINT:
            pointed = 2 if letters_end else 1 if is_spoken else pointed
        elif not kind & _BLANK:
            pointed = 0
        if not kind & _BLANK:
            is_spoken, letters_end = is_letter or is_digit, is_letter
        if kind & _OF_REFUSING and _refuses(last, code):
            bits |= REFUSING
        if kind & _OF_CODES and (code > 0x7F or _names_a_code(last | 0x20, code | 0x20)):
            bits |= CODES
        if is_digit or code == 0x20 or code == 0x2D or code == 0x28 or code == 0x29:  # noqa: PLR1714 - no tuples in a kernel
            digits += is_digit
            if digits >= 7:
                bits |= NUMBERS
        else:
            digits = 0
        if is_digit:
            run += 1
            value = value * 10 + code - 0x30 if run <= 3 else value
            if run == 5 and (value // 10 == 95 or value // 10 == 96 or value // 10 == 10 or value // 10 == 12):
                bits |= NUMBERS
            if run == 3 and (value == 110 or value == 119 or value == 120 or value == 122):  # noqa: PLR1714
                bits |= NUMBERS
            if before & _BETWEEN_DIGITS and 0x30 <= last_but_one <= 0x39:
                spaced += 1
                if spaced >= 3:
                    bits |= SPACED_DIGITS
            else:
                spaced = 0
        else:
            run = value = 0
            if not kind & _BETWEEN_DIGITS:
                spaced = 0
        if is_digit or kind & _LIKE_DIGIT:
            mixed += 1
            if is_digit:
                mixed_digits += 1
            else:
                mixed_letters += 1
            if mixed >= _LONGEST_DIGITS and mixed_letters and mixed_digits:
                bits |= LETTERED_DIGITS
        else:
            mixed = mixed_letters = mixed_digits = 0
        if before & _NUMERAL and kind & (_NUMERAL | _MEASURE):
            bits |= NUMERALS
        if earlier & _OPENING and before & _CJK and kind & _CLOSING:
            bits |= BRACKETED
        if (before & _CJK and kind & _SIGN) or (before & _SIGN and kind & _CJK) or (before & _BLANK and kind & _BLANK):
            bits |= INSERTED
        if before & _BETWEEN_LETTERS and is_letter and (0x41 <= last_but_one <= 0x5A or 0x61 <= last_but_one <= 0x7A):
            bits |= INSERTED
        if kind & _CJK and earlier & _CJK and fourth & _CJK and not before & _WORD and not third & _WORD:
            bits |= INSERTED
        fourth, third, earlier, before = third, earlier, before, kind
        last_but_one, last = last, code
    return folded[:count], bits


@compiled
def _refuses(last: int, code: int) -> bool:
    """Whether two characters may be of a word that refuses: 退, 拒, 订阅, 接收, 不需, 取消, td, stop, unsub, ..."""
    if code > 0x7F:
        if code == 0x9000 or code == 0x62D2 or code == 0x5C4F or code == 0x6270:  # noqa: PLR1714
            return True
        if last == 0x4E0D:
            return code != 0x6536 and code != 0x9605  # noqa: PLR1714
        return (
            (code == 0x9605 and last == 0x8BA2)
            or (code == 0x6536 and last == 0x63A5)
            or (code == 0x6D88 and last == 0x53D6)
            or (code == 0x7EDD and last == 0x8C22)
        )
    code, last = code | 0x20, last | 0x20
    return (
        (code == 0x64 and last == 0x74)
        or (code == 0x6F and last == 0x74)
        or (code == 0x6E and last == 0x75)
        or (code == 0x70 and last == 0x6F)
    )


@compiled
def _names_a_code(last: int, code: int) -> bool:
    """Whether two letters in lower case may be of code, use, is, otp, pin or password."""
    return (
        (code == 0x65 and (last == 0x64 or last == 0x73))  # noqa: PLR1714
        or (code == 0x73 and last == 0x69)
        or (code == 0x70 and last == 0x74)
        or (code == 0x6E and last == 0x69)
        or (code == 0x64 and last == 0x72)
    )
