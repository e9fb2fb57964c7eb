"""Undoing disguise (去除混淆): one spelling for what a person reads as the same.

`fold` keeps case, blanks and punctuation and is what signatures, telephone numbers and links are read from.
`normalise` goes on to lower case, inserted signs, Chinese numerals and sound-alikes and is what words are read from.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import msgspec
import opencc

from anning.content import skim
from anning.content.lexicon import lexicon
from anning.content.phrases import Replacements

CJK = "\u3400-\u9fff"
# Letters that look like Latin ones: Cyrillic and Greek.
_LOOK_ALIKE = dict(
    zip(
        "аеорсхуіѕһԁӏкмтвнпАВЕЅІЈКМНОРСТХУҮԚԜαονρτυχκιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcxyishdlkmtbhnABESIJKMHOPCTXYYQWaovptuxkiABEZHIKMNOPTYX",
        strict=True,
    )
)
# Signs that stand for a letter or digit and that Unicode does not decompose.
_STAND_IN = {
    "〇": "零",
    "∨": "v",
    "Ⓥ": "v",
    "✉": "",
    "丨": "|",
    "囗": "口",
    "₩": "w",
    "🆅": "v",
    "🆇": "x",
    "🆀": "q",
    "🧧": "红包",
}
_INVISIBLE = frozenset(("Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me", "Mc"))
_TO_SIMPLIFIED = opencc.OpenCC("t2s")


def _fold_character(ch: str) -> str:
    if ch in "\n\t":
        return ch
    if ch in _LOOK_ALIKE:
        return _LOOK_ALIKE[ch]
    if ch in _STAND_IN:
        return _STAND_IN[ch]
    if "\U0001f170" <= ch <= "\U0001f189":
        return chr(ord("A") + ord(ch) - 0x1F170)
    number = unicodedata.digit(ch, None)
    if number is not None:
        return str(number)
    if "\u2776" <= ch <= "\u2793" or "\u24eb" <= ch <= "\u24ff":
        return str(int(unicodedata.numeric(ch)))
    decomposed = unicodedata.normalize("NFKD", ch)
    kept = "".join(c for c in decomposed if unicodedata.category(c) not in _INVISIBLE or c in "\n\t")
    return " " if kept.isspace() and kept not in "\n\t" else kept


class _FoldTable(dict[int, str]):
    def __missing__(self, point: int) -> str:
        folded = _fold_character(chr(point))
        self[point] = folded
        return folded


_FOLD = _FoldTable()
_SPACED_DIGITS = re.compile(r"(?<![\d.])\d(?:[ .*·_\-]\d){6,}(?![\d.])")
_DIGITS_WITH_LETTERS = re.compile(r"(?<![A-Za-z0-9/.])(?=[oOlI]{0,3}\d)[\doOlI]{7,}(?![A-Za-z/.])")
_LETTER_AS_DIGIT = str.maketrans("oOlI", "0011")

_PLAIN_NUMERALS = "零一二三四五六七八九"
_NUMERAL_VALUE = (
    {ch: i for i, ch in enumerate(_PLAIN_NUMERALS)}
    | {ch: i for i, ch in enumerate("零壹贰叁肆伍陆柒捌玖")}
    | {"两": 2, "幺": 1, "弌": 1, "弍": 2, "弎": 3}
)
_UNIT_VALUE = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_NUMERALS = "".join(_NUMERAL_VALUE)
_MAY_COUNT = re.compile(rf"[{_NUMERALS}十百千拾佰仟](?:[万亿元块折名天位套个年%]|[{_NUMERALS}十百千拾佰仟])|百分之")
_DIGIT_RUN = re.compile(r"[零一二三四五六七八九幺]{4,}|[壹贰叁肆伍陆柒捌玖零]{2,}(?![拾佰仟])")
_QUANTITY = re.compile(
    rf"(?!.千万[别要不勿])([{_NUMERALS}][{_NUMERALS}十百千拾佰仟]*[十百千拾佰仟][{_NUMERALS}十拾百佰]*|[十拾][{_NUMERALS}]?)"
    r"(?=[万亿元块折名天位套个年%])"
)
_SINGLE = re.compile(
    rf"(?<![{_NUMERALS}十百千第])([{_NUMERALS}])(?=[万折亿元])|(?<=百分之)([{_NUMERALS}])(?![{_NUMERALS}十百])"
)
_PERCENT = re.compile(rf"百分之(?:(\d+)|([{_NUMERALS}十百]+))")


def read_numerals(text: str) -> str:
    """Chinese numerals as digits where they count or spell a number: 一三八零零… , 二十万, 八折, 百分之三十."""
    if _MAY_COUNT.search(text) is None:
        return text
    text = _DIGIT_RUN.sub(lambda m: "".join(str(_NUMERAL_VALUE[ch]) for ch in m[0]), text)
    text = _QUANTITY.sub(lambda m: str(_quantity(m[1])), text)
    text = _SINGLE.sub(lambda m: str(_NUMERAL_VALUE[m[1] or m[2]]), text)
    return _PERCENT.sub(lambda m: f"{m[1] or _quantity(m[2])}%", text)


def _quantity(numeral: str) -> int:
    total, digit = 0, 0
    for ch in numeral:
        if ch in _UNIT_VALUE:
            total += (digit or 1) * _UNIT_VALUE[ch]
            digit = 0
        else:
            digit = _NUMERAL_VALUE[ch]
    return total + digit


def fold(text: str) -> str:
    """One width, one script, no invisible characters, no look-alikes; case, blanks and punctuation stay."""
    return _fold(text)[0]


def _fold(text: str) -> tuple[str, int, int]:
    """The folded text, the bits of what it holds (see `skim`), and the length of the original in UTF-16 units."""
    folded, bits, units = _skimmer().skim(text)
    if bits & skim.TRADITIONAL:
        folded, bits = _TO_SIMPLIFIED.convert(folded), skim.EVERYTHING
    if bits & skim.SPACED_DIGITS:
        folded = _SPACED_DIGITS.sub(lambda m: re.sub(r"\D", "", m[0]), folded)
    if bits & skim.LETTERED_DIGITS:
        folded = _DIGITS_WITH_LETTERS.sub(_letters_to_digits, folded)
    if bits & (skim.SPACED_DIGITS | skim.LETTERED_DIGITS):
        bits |= skim.NUMBERS
    return folded, bits, units


@lru_cache(maxsize=1)
def _skimmer() -> skim.Skimmer:
    return skim.Skimmer(
        _FOLD,
        _TO_SIMPLIFIED.convert,
        hiding=_HIDING,
        numerals=_NUMERALS + "".join(_UNIT_VALUE),
        measures="万亿元块折名天位套个年%分",
    )


def _letters_to_digits(match: re.Match[str]) -> str:
    run = match[0]
    return run.translate(_LETTER_AS_DIGIT) if sum(ch.isdigit() for ch in run) * 5 >= len(run) * 2 else run


_BRACKETED_ONE = re.compile(rf"[(\[{{<【〔「『《“\"]([{CJK}])[)\]}}>】〕」』》”\"]")
# A stroke before a unit is how a price is written ("9.9元/次"), no disguise.
_PER = r"(?!(?<=[元块角分])/[次人位件份月年天日条斤台盒节间晚套平米吨瓶箱只场张本个])"
_INSERTED = re.compile(rf"(?<=[{CJK}]){_PER}(?:[^\w,，。!?;:、()【】\[\]《》〔〕\n]|_)+(?=[{CJK}])")
_INSERTED_MARKS = re.compile(rf"(?<=[{CJK}]){_PER}[ ]*[*.|/\\^+=#@$&`<>_~丶●○◆★☆♥♦■□▲△※]+[ ]*(?=[{CJK}])")
_SCATTERED = re.compile(rf"(?<![{CJK}\w])[{CJK}](?:[^\w\n][{CJK}]){{2,}}(?![{CJK}\w])")
_SPELLED_OUT = re.compile(r"(?<![a-z0-9])(?:[a-z][ .*\-_])+[a-z](?![a-z0-9])")
_BESIDE_CJK = re.compile(rf"(?<=[{CJK}])[ \t*_]+(?=[a-z0-9+])|(?<=[a-z0-9])[ \t*_]+(?=[{CJK}])")
_MANY_BLANKS = re.compile(r"[ \t]{2,}")


class Normalised(msgspec.Struct, frozen=True):
    """A text with its disguise undone, and whether it wore any.

    Attributes:
        folded: one width, one script, no invisible characters.
        numbers: the same with numerals as digits; words: and in lower case without inserted signs and sound-alikes.
        units: the length of the original in UTF-16 code units.
        bits: what the text holds, see `skim`; a bit that is not set rules a reading out.
    """

    folded: str
    numbers: str
    words: str
    obfuscated: bool
    bits: int
    units: int


@lru_cache(maxsize=1)
def _sound_alikes() -> Replacements:
    return Replacements(lexicon().sound_alikes)


def undisguise(text: str) -> Normalised:
    """All of it at once: the folded text, the words, and whether something had been hidden."""
    folded, bits, units = _fold(text)
    numbers = read_numerals(folded) if bits & skim.NUMERALS else folded
    words = numbers.lower()
    if bits & skim.BRACKETED:
        words = _BRACKETED_ONE.sub(r"\1", words)
    marked = False
    if bits & skim.INSERTED:
        marked = _INSERTED_MARKS.search(words) is not None or _SCATTERED.search(words) is not None
        words = _SCATTERED.sub(lambda m: re.sub(r"[^\w]", "", m[0]), words) if marked else words
        words = _INSERTED.sub("", words)
        words = _SPELLED_OUT.sub(lambda m: re.sub(r"[ .*\-_]", "", m[0]), words)
        words = _MANY_BLANKS.sub(" ", _BESIDE_CJK.sub("", words))
    words = words.strip()
    plain = _sound_alikes().apply(words)
    hidden = marked or plain != words or (bits & skim.HIDING != 0 and _hides_characters(text))
    if numbers != folded:
        bits |= skim.NUMBERS
    if plain != numbers.lower().strip():
        bits |= skim.REFUSING | skim.CODES
    return Normalised(folded, numbers, plain, hidden, bits, units)


def _hides_characters(text: str) -> bool:
    return not _HIDING.isdisjoint(text)


_HIDING = frozenset(_LOOK_ALIKE) | frozenset(
    "\u200b\u200c\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u00ad\u180e\ufeff\u202a\u202b\u202c\u202d\u202e"
)


def normalise(text: str) -> str:
    """The words of a text with disguise undone (还原混淆文本), lower case, simplified, digits read."""
    return undisguise(text).words


# Characters that are taken for others in a name at a glance; each group is written as its first.
_ALIKE = (
    "工エェ 二ニ 三ミ 卜ト 力カヵ 夕タ 八ハ 千チ干 才オ 匕ヒ 口ロ囗 日曰 国囯囻圀囶 未末 土士 己已巳 人入 "
    "宁甯寕寗㝉 商啇 么ム厶 又ヌ 乂メ 丿ノ 木朩 大犬 0o 1ılǀi aɑ gɡ"
)
_WRITTEN_ALIKE = {ord(other): group[0] for group in _ALIKE.split() for other in group[1:]}
# A stroke is written with a dash or a long-vowel mark as well as with the character for one: none of them counts.
_STROKES = re.compile(r"[一ーㄧ丨ㅡㅣ]")
_NOT_IN_NAMES = re.compile(r"[\W_]+")
_MARK_OF_TRADE = re.compile(rf"(?<=[{CJK}])\s*\(?(?:TM|SM|[RC])\)?\s*$")


def fold_signature(text: str) -> str:
    """A name or signature as it is compared with the register (签名比对形).

    What a reader takes for the same name is the same: folded, in one case, without brackets, blanks, punctuation and
    trade marks, characters of one look written as one (エ as 工, 囯 as 国). It is for comparing, not for showing.
    """
    folded = _NOT_IN_NAMES.sub("", _MARK_OF_TRADE.sub("", fold(text).strip(" \t\n【】[]〔〕［］"))).lower()
    alike = folded.translate(_WRITTEN_ALIKE).replace("rn", "m").replace("vv", "w")
    return _STROKES.sub("", alike) or folded
