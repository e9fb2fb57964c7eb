"""One number out of any spelling, or the cause why not. What is lost or doubtful is named, never guessed."""

from __future__ import annotations

import re
from functools import cache

from anning.errors import InvalidNumber
from anning.numbers import plan, spelling
from anning.numbers.causes import CAUSES
from anning.numbers.kinds import Kind, Parsed

_ELEVEN_DIGITS = plan.ELEVEN_DIGITS
_TWO_MOBILES = re.compile(r"(?:1[3-9]\d{9}){2,}", re.ASCII)
_LONGEST_TEXT = 400

Reading = tuple[Kind, str]
"""A kind with its number, or ``Kind.INVALID`` with a cause."""


def parse(raw: str, *, home: str = "CN") -> Parsed:
    """Read one number or code as people write it (号码识别). Never raises for a text.

    Args:
        raw: the text, with full-width digits, blanks, dashes, brackets, ``+86``, ``0086``, a spreadsheet's ``.0`` and
            the like.
        home: the region (ISO 3166-1 alpha-2) whose national spelling is meant where no country code is written.
    """
    if len(raw) == 11 and home == "CN":
        kind = _ELEVEN_DIGITS.get(raw[:4])
        if kind is not None and raw.isascii() and raw.isdigit():
            return Parsed(raw, "+86" + raw, kind, "")
    elif len(raw) == 14 and raw.startswith("+86"):
        kind = _ELEVEN_DIGITS.get(raw[3:7])
        if kind is not None and raw.isascii() and raw[3:].isdigit():
            return Parsed(raw, raw, kind, "")
    kind, text = _read(raw, home)
    return Parsed(raw, "", kind, text) if kind is Kind.INVALID else Parsed(raw, text, kind, "")


def require(raw: str) -> Parsed:
    """The number, or :class:`InvalidNumber` that names the cause and shows the text masked."""
    parsed = parse(raw)
    if parsed.valid:
        return parsed
    from anning.numbers.showing import mask

    cause, shown = CAUSES[parsed.cause], mask(raw)
    raise InvalidNumber(
        f"号码“{shown}”无效：{cause.zh}", f"“{shown}” is not a number: {cause.en}", thing=shown, rule=parsed.cause
    )


def parse_column(values: list[str]) -> list[Parsed]:
    """A column of cells, in order."""
    return [parse(value) for value in values]


def _read(raw: str, home: str) -> Reading:
    text = spelling.shaped(raw)
    cause = spelling.damage(text)
    if cause:
        return Kind.INVALID, cause
    if len(text) > _LONGEST_TEXT:
        return Kind.INVALID, "too-long"
    return _read_text(spelling.exact_cell(text), home)


def _read_text(text: str, home: str) -> Reading:
    pieces = spelling.parts(text)
    if len(pieces) > 1:
        return _read_pieces(pieces, home)
    piece = pieces[0]
    digits = spelling.compact(piece)
    if digits is None:
        return Kind.INVALID, _why_not_digits(piece)
    runs = spelling.runs(piece)
    if _TWO_MOBILES.fullmatch(digits) or (len(runs) > 1 and all(_is_number(run, home) for run in runs)):
        return Kind.INVALID, "two-numbers"
    reading = _read_digits(digits, home)
    if reading[0] is Kind.INVALID and _holds_several(piece, home):
        return Kind.INVALID, "two-numbers"
    return reading


def _holds_several(piece: str, home: str) -> bool:
    """Whether two of the words between blanks, or two of the runs of digits, are whole numbers by themselves."""
    words = [digits for word in piece.split() if (digits := spelling.compact(word))]
    return any(
        sum(len(part) >= 7 and _is_number(part, home) for part in parts) > 1 for parts in (words, spelling.runs(piece))
    )


def _read_pieces(pieces: list[str], home: str) -> Reading:
    """A separator parts two numbers, except where it stands between an area code and its number."""
    with_digits = [piece for piece in pieces if spelling.runs(piece)]
    if len(with_digits) > 1:
        area = spelling.compact(pieces[0])
        if len(pieces) == 2 and area is not None and 3 <= len(area) <= 4 and area.startswith("0"):
            joined = spelling.compact("".join(pieces))
            if joined is not None and (reading := _read_digits(joined, home))[0] is Kind.FIXED:
                return reading
        return Kind.INVALID, "two-numbers"
    return Kind.INVALID, "letters"


def _why_not_digits(piece: str) -> str:
    apart = [run for run in re.split(r"[^\d\-\s.()]+", piece) if len(run) >= 7]
    return "two-numbers" if len(apart) > 1 else "letters"


def _is_number(digits: str, home: str) -> bool:
    return _read_digits(digits, home)[0] is not Kind.INVALID


def _read_digits(digits: str, home: str) -> Reading:
    if digits.startswith("+00"):
        digits = digits[1:]
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+86"):
        return _after_country_code(digits[3:])
    if digits.startswith("+"):
        return _abroad(digits)
    if home != "CN":
        return _abroad(digits, home)
    if digits.startswith("86") and len(digits) > 8:
        reading = _after_country_code(digits[2:])
        if reading[0] is not Kind.INVALID or digits[2:3] == "1":
            return reading
    return _national(digits)


def _after_country_code(digits: str) -> Reading:
    """What follows +86. A fixed line comes first: +86 10 6234 5678 is in Beijing, no short-message port."""
    if digits.startswith("0"):
        return _national(digits)
    fixed = _fixed(digits)
    return fixed if fixed[0] is not Kind.INVALID else _national(digits)


def _national(digits: str) -> Reading:
    """Chinese national spelling: subscribers with their trunk 0, codes as they are dialled."""
    first = digits[:1]
    if first == "0":
        return _after_trunk_zero(digits[1:])
    if plan.SHORT_SERVICE.fullmatch(digits):
        return Kind.SHORT_SERVICE, digits
    if first == "1":
        return _beginning_with_one(digits)
    if digits[:2] in {"95", "96"}:
        return _code_9(digits)
    if digits[:3] in {"400", "800"} and len(digits) > 8:
        return _of_length(digits, 10, Kind.CODE_400 if first == "4" else Kind.CODE_800)
    return Kind.INVALID, _local_cause(digits)


def _local_cause(digits: str) -> str:
    if len(digits) < 7:
        return "too-short"
    if len(digits) <= 8:
        return "no-area-code" if digits[0] in "2345678" else "not-allotted"
    if _fixed(digits)[0] is Kind.FIXED:
        return "lost-zero"
    return "too-long" if len(digits) > 11 else "not-allotted"


def _of_length(digits: str, length: int, kind: Kind, number: str = "") -> Reading:
    if len(digits) == length:
        return kind, number or digits
    return Kind.INVALID, "too-short" if len(digits) < length else "too-long"


def _after_trunk_zero(digits: str) -> Reading:
    """0 and an area code; or 0 before a mobile, as it was once dialled from another province."""
    if digits[:2] in {"13", "14", "15", "16", "17", "18", "19"}:
        return _beginning_with_one(digits)
    area = plan.split_area(digits)
    if area is not None and plan.NATIONWIDE_95.fullmatch(area[1]):
        return Kind.CODE_95, area[1]
    return _fixed(digits)


def _beginning_with_one(digits: str) -> Reading:
    if plan.MACHINE_13.fullmatch(digits):
        return Kind.IOT, f"+86{digits}"
    kind = _ELEVEN_DIGITS.get(digits[:4])
    if kind is not None:
        return _of_length(digits, 11, kind, f"+86{digits}")
    if plan.CARRIER_SERVICE.fullmatch(digits):
        return Kind.CARRIER_100XX, digits
    if digits.startswith("1064"):
        cause = "not-allotted" if len(digits) == 13 else "too-short" if len(digits) < 13 else "too-long"
        return Kind.INVALID, cause
    if digits.startswith("106"):
        kind = next(kind for prefix, kind in plan.CODES_106 if digits.startswith(prefix))
        return _code(digits, 8, kind)
    return Kind.INVALID, "too-short" if len(digits) < 11 else "not-allotted" if len(digits) == 11 else "too-long"


def _code_9(digits: str) -> Reading:
    if plan.PRIVACY.fullmatch(digits):
        return Kind.PRIVACY, f"+86{digits}"
    return _code(digits, 5, Kind.CODE_95 if digits[1] == "5" else Kind.CODE_96)


def _code(digits: str, shortest: int, kind: Kind) -> Reading:
    if len(digits) < shortest:
        return Kind.INVALID, "too-short"
    return (kind, digits) if len(digits) <= plan.CODE_DIGITS else (Kind.INVALID, "too-long")


@cache
def _fixed_lines() -> re.Pattern[str]:
    """The fixed-line ranges of China as `phonenumbers` knows them; it decides nothing about codes."""
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region("CN")
    pattern = metadata.fixed_line.national_number_pattern if metadata and metadata.fixed_line else None
    return re.compile(pattern or "[2-9][0-9]{9,10}|10[0-9]{8}", re.ASCII)


def _fixed(digits: str) -> Reading:
    """A fixed line without its trunk 0 (区号加本地号码): seven or eight digits behind the area code, from 2 to 8."""
    area = plan.split_area(digits)
    if area is None:
        return Kind.INVALID, "too-short" if len(digits) < 9 else "not-allotted"
    local = area[1]
    if len(local) < 7:
        return Kind.INVALID, "too-short"
    if len(local) > 8:
        return Kind.INVALID, "too-long"
    if local[0] in "2345678" and _fixed_lines().fullmatch(digits):
        return Kind.FIXED, f"+86{digits}"
    return Kind.INVALID, "too-short" if len(area[0]) == 2 and len(local) == 7 else "not-allotted"


def _abroad(digits: str, region: str | None = None) -> Reading:
    """A number outside the Chinese plan, Hong Kong, Macao and Taiwan included (境外号码), by ITU-T E.164."""
    import phonenumbers
    from phonenumbers import ValidationResult

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException as refused:
        causes = {
            refused.INVALID_COUNTRY_CODE: "unknown-country",
            refused.TOO_LONG: "too-long",
        }
        return Kind.INVALID, causes.get(refused.error_type, "too-short")
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.country_code == 86:
        return _after_country_code(e164[3:])
    if phonenumbers.is_valid_number(number):
        return Kind.INTERNATIONAL, e164
    length = phonenumbers.is_possible_number_with_reason(number)
    if length == ValidationResult.TOO_LONG:
        return Kind.INVALID, "too-long"
    if length in {ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY}:
        return Kind.INVALID, "too-short"
    return Kind.INVALID, "not-allotted"
