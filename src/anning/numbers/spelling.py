"""From the spelling to the digits (号码书写): what people, spreadsheets and input methods put around a number."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DASHES = "-_~\u2212\u2043\u30fc\u2500\u02d7·•・‧∙⋅"
_BLANKS = "\t\u2800\u3164"
_DOTS = ".。"
_QUOTES = "'\"`´′″ʼ＇"
_SEPARATORS = "/、,;|\\&\n\r\x0b\x0c\x85"


class _Shapes(dict[int, str]):
    """Every character by the part it plays: digit, blank, dash, bracket, dot, quote, separator, nothing, itself."""

    def __missing__(self, point: int) -> str:
        self[point] = shape = _shape(chr(point))
        return shape


def _shape(char: str) -> str:
    for among, plays in ((_DASHES, "-"), (_BLANKS, " "), (_DOTS, "."), (_QUOTES, "'")):
        if char in among:
            return plays
    if char == ",":
        return ","
    if char in _SEPARATORS:
        return "/"
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    compatible = unicodedata.normalize("NFKC", char)
    if compatible != char:
        return compatible.translate(_SHAPES)
    by_category = _CATEGORIES.get(category)
    return char.lower() if by_category is None else by_category


_CATEGORIES = {
    **dict.fromkeys(("Cf", "Cc", "Mn", "Me", "Cs"), ""),
    "Zs": " ",
    "Zl": "/",
    "Zp": "/",
    "Pd": "-",
    "Ps": "(",
    "Pe": ")",
    "Pi": "'",
    "Pf": "'",
}
_SHAPES: Final = _Shapes()

_LINK = re.compile(r"""\s*=\s*HYPERLINK\(\s*"(?:tel:)?([^"]*)"\s*(?:[,;]\s*"([^"]*)"\s*)?\)\s*""", re.IGNORECASE)
_FORMULA = re.compile(r'\s*=\s*"([^"]*)"\s*')
_LABEL = re.compile(
    r"(?:tel|telephone|phone|mobile|cell|联系电话|联系手机|手机号码|电话号码|手机号|手机|电话|号码)[\s.:]*(?=[\d+(])"
)
_EXTENSION = re.compile(r"\d[\s\-/,()']*(?:转|轉|分机|ext|x|#)[\s.:=\-]*\d{1,6}[\s)']*\Z")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d*)?e[+-]?\d+")
_FLOAT = re.compile(r"(\+?\d+)\.0+")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.0+)?")
_MASKED = re.compile(r"\*|\d[x×]{2,}|[x×]{2,}\d")
_PLUS = re.compile(r"[\s()'\-]*\+")
_FILLING = re.compile(r"[\s()'.\-<>\[\]{}]+")


def shaped(raw: str) -> str:
    """The text with every character replaced by the part it plays; formulas that hold one number are opened."""
    if raw.lstrip().startswith("="):
        link = _LINK.fullmatch(raw)
        if link is not None:
            target, label = link[1], link[2]
            raw = target if label is None or _adds_nothing(label, target) else f"{target}/{label}"
        else:
            formula = _FORMULA.fullmatch(raw)
            raw = formula[1] if formula is not None else raw
    return raw.translate(_SHAPES).strip(" '")


def _adds_nothing(label: str, target: str) -> bool:
    shown, linked = label.translate(_SHAPES), target.translate(_SHAPES)
    return not runs(shown) or _FILLING.sub("", shown) == _FILLING.sub("", linked)


def damage(text: str) -> str:
    """The cause that forbids reading on, or an empty string; `text` is already shaped."""
    if not text:
        return "empty"
    if not any(map(str.isdigit, text)):
        return "no-digits"
    if _SCIENTIFIC.fullmatch(text):
        return "scientific-notation"
    if _MASKED.search(text):
        return "masked"
    if _EXTENSION.search(text):
        return "extension"
    return ""


def exact_cell(text: str) -> str:
    """Undo what a spreadsheet does to a number without losing a digit: `.0` behind it, commas between thousands."""
    text = _LABEL.sub("", text, count=1) if not text[:1].isdigit() else text
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    whole = _FLOAT.fullmatch(text)
    return whole[1] if whole else text


def parts(text: str) -> list[str]:
    """The pieces between signs that separate numbers (顿号、逗号、斜杠…), the empty ones left out."""
    return [piece for piece in re.split(r"[/,]", text) if _FILLING.sub("", piece)]


def runs(text: str) -> list[str]:
    """The unbroken runs of digits."""
    return re.findall(r"\d+", text)


def compact(text: str) -> str | None:
    """The digits, with `+` in front where one was written; None when anything else is left in it."""
    plus = _PLUS.match(text)
    rest = text[plus.end() :] if plus else text
    digits = _FILLING.sub("", rest)
    if not (digits.isascii() and digits.isdecimal()):
        return None
    return f"+{digits}" if plus else digits
