"""What the columns of a list mean: headers and cells in Chinese or English, as table cells (名单各列的读法).

A reader turns the text of a cell into a cell of the register table, or raises `Unreadable` with the cause.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from anning.journal.envelope import to_microseconds
from anning.numbers import CAUSES, SUBSCRIBERS, parse
from anning.registers.hours import SHANGHAI


class Unreadable(Exception):
    """A cell that cannot be meant (无法识别的单元格)."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} | {en}")
        self.zh = zh
        self.en = en


Reader = Callable[[str], Any]


class Meaning(NamedTuple):
    """One column a list may have: its name in the table, its headings, how its cells are read."""

    name: str
    headings: frozenset[str]
    read: Reader


def subscriber_number(text: str) -> str:
    """A subscriber's number in E.164."""
    parsed = parse(text)
    if not parsed.valid:
        cause = CAUSES[parsed.cause]
        raise Unreadable(cause.zh, cause.en)
    if parsed.kind not in SUBSCRIBERS:
        raise Unreadable("这是码号，不是用户号码", "this is a code, not a subscriber's number")
    return parsed.number


def moment(text: str) -> int:
    """A moment in microseconds since 1970 UTC; without a time zone it is Chinese time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = _moment_as_people_write(text)
    return to_microseconds(found if found.tzinfo else found.replace(tzinfo=SHANGHAI))


def last_moment(text: str) -> int:
    """As `moment`; a bare day stands until its end."""
    found = moment(text)
    bare = not any(mark in text for mark in ":Tt时")
    return found + timedelta(days=1) // timedelta(microseconds=1) if bare else found


def hours(text: str) -> str | None:
    """Hours of the day, ``09:00-12:00``."""
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})", text)
    if found is not None:
        first, first_minute, last, last_minute = map(int, found.groups())
        begins, ends = first * 60 + first_minute, last * 60 + last_minute
        if begins < 1440 and ends <= 1440 and first_minute < 60 and last_minute < 60 and begins != ends:
            return _json([begins, ends])
    raise Unreadable(f"“{text}”不是时段，应写作 09:00-12:00", f"“{text}” is no period: write 09:00-12:00")


def one_of(words: Mapping[str, str]) -> Reader:
    """One of some words, in either language."""
    allowed = "、".join(dict.fromkeys(words.values()))

    def read(text: str) -> str:
        try:
            return words[text.strip().lower()]
        except KeyError:
            raise Unreadable(
                f"“{text}”不在允许之列：{allowed}", f"“{text}” is not one of {allowed.replace('、', ', ')}"
            ) from None

    return read


def list_of(read_one: Reader) -> Reader:
    """Several of them, divided by commas, semicolons, bars or blanks."""

    def read(text: str) -> str:
        parts = [part for part in re.split(r"[,，;；、|/\s]+", text.strip()) if part]
        return _json(list(dict.fromkeys(read_one(part) for part in parts)))

    return read


def trades(text: str) -> str:
    """Trades, empty for all."""
    return "[]" if text.strip().lower() in ("all", "全部", "所有", "[]") else list_of(one_of(TRADES))(text)


def prefix(text: str) -> str:
    """A range of codes: digits, or international."""
    if text.lower() in ("international", "境外", "国际"):
        return "international"
    if not re.fullmatch(r"\+?\d{1,20}", text):
        raise Unreadable(f"“{text}”不是号段", f"“{text}” is no range of codes")
    return text


def weekday(text: str) -> int:
    """A weekday, 1 for Monday."""
    found = _WEEKDAYS.get(text.lower().removeprefix("星期").removeprefix("周").removeprefix("礼拜"))
    if found is None:
        raise Unreadable(f"“{text}”不是星期几", f"“{text}” is no weekday")
    return found


def as_given(text: str) -> str:
    """Text, blanks around it cut off."""
    return text.strip()


def words_hash(text: str) -> str:
    """The SHA-256 of the words shown; a SHA-256 stays what it is."""
    given = text.strip()
    if re.fullmatch(r"[0-9a-f]{64}", given):
        return given
    return hashlib.sha256(given.encode()).hexdigest()


def _moment_as_people_write(text: str) -> datetime:
    shaped = text.strip().replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "")
    try:
        return datetime.fromisoformat(_padded(shaped))
    except ValueError:
        raise Unreadable(
            f"“{text}”不是时间，应写作 2026-09-30 10:00", f"“{text}” is no time: write 2026-09-30 10:00"
        ) from None


def _padded(text: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(.*)", text, re.DOTALL)
    if found is None:
        return text
    year, month, day, rest = found.groups()
    clock = re.fullmatch(r"[ T]+(\d{1,2}):(\d{2})(.*)", rest, re.DOTALL)
    tail = f"T{int(clock[1]):02}:{clock[2]}{clock[3]}" if clock else rest
    return f"{year}-{int(month):02}-{int(day):02}{tail}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


_WEEKDAYS: Final = {str(day): day for day in range(1, 8)} | {name: day for day, name in enumerate("一二三四五六日", 1)}

CHANNELS: Final = {
    **dict.fromkeys(("sms", "短信", "短信息", "信息"), "sms"),
    **dict.fromkeys(("call", "电话", "语音", "呼叫", "voice"), "call"),
    **dict.fromkeys(("both", "all", "全部", "所有", "短信和电话", "短信、电话"), "both"),
}
TRADES: Final = {
    **dict.fromkeys(("finance", "金融", "贷款", "保险", "证券", "理财", "银行"), "finance"),
    **dict.fromkeys(("property", "房地产", "房产", "地产", "房产中介"), "property"),
    **dict.fromkeys(("health", "医疗", "健康", "医疗健康", "保健"), "health"),
    **dict.fromkeys(("recruitment", "招聘", "人才招聘"), "recruitment"),
    **dict.fromkeys(("travel", "旅游", "旅行"), "travel"),
    **dict.fromkeys(("education", "教育", "教育培训", "培训"), "education"),
    **dict.fromkeys(("retail", "零售", "电商", "零售电商"), "retail"),
    **dict.fromkeys(("government", "政府", "政务"), "government"),
    **dict.fromkeys(("other", "其他", "其它"), "other"),
}
SAYS: Final = {
    **dict.fromkeys(("decline", "谢绝", "拒绝", "拒收", "不接受", "不同意", "退订"), "decline"),
    **dict.fromkeys(("accept", "接受", "同意", "愿意"), "accept"),
}
ACTS: Final = {
    **dict.fromkeys(("explicit", "明示", "明示同意", "主动同意", "主动勾选"), "explicit"),
    **dict.fromkeys(("requested", "请求", "主动请求"), "requested"),
    **dict.fromkeys(("pre-ticked", "默认勾选", "默认"), "pre-ticked"),
    **dict.fromkeys(("bundled", "捆绑", "捆绑同意"), "bundled"),
    **dict.fromkeys(("silent", "沉默", "默示"), "silent"),
}
WISH_KINDS: Final = {
    **dict.fromkeys(("decline-calls", "谢绝来电", "谢绝"), "decline-calls"),
    **dict.fromkeys(("nuisance-filter", "骚扰电话拒接", "骚扰拦截", "ktfsr"), "nuisance-filter"),
}
YES_NO: Final[dict[str, Any]] = {
    **dict.fromkeys(("true", "1", "yes", "y", "是", "对", "已确认"), True),
    **dict.fromkeys(("false", "0", "no", "n", "否", "不", "未确认"), False),
}


def yes_or_no(text: str) -> bool:
    """Yes or no."""
    found = YES_NO.get(text.strip().lower())
    if found is None:
        raise Unreadable(f"“{text}”应为 是 或 否", f"“{text}” should be yes or no")
    return bool(found)


def _meaning(name: str, read: Reader, *headings: str) -> Meaning:
    return Meaning(name, frozenset((name, name.replace("_", " "), *headings)), read)


_NUMBER: Final = _meaning(
    "number",
    subscriber_number,
    *(
        "phone",
        "mobile",
        "msisdn",
        "phone number",
        "手机号",
        "手机号码",
        "号码",
        "电话",
        "电话号码",
        "用户号码",
        "联系电话",
        "联系方式",
        "被叫号码",
        "手机",
    ),
)
_CHANNEL: Final = _meaning("channel", one_of(CHANNELS), "渠道", "方式", "通信方式")
_AT: Final = _meaning("at", moment, "time", "date", "时间", "日期", "登记时间", "同意时间", "提交时间")

WISH_COLUMNS: Final = (
    _NUMBER,
    _CHANNEL,
    _AT,
    _meaning("trades", trades, "trade", "行业", "行业类别", "类别"),
    _meaning("says", one_of(SAYS), "wish", "意愿", "态度"),
    _meaning("hours", hours, "时段", "适用时段"),
    _meaning("weekdays", list_of(weekday), "星期"),
    _meaning("code_prefixes", list_of(prefix), "号段", "码号段"),
    _meaning("except_for", list_of(as_given), "except", "例外", "例外机构"),
    _meaning("keeps_consents", yes_or_no, "保留同意", "保留已有同意"),
    _meaning("wish_kind", one_of(WISH_KINDS), "kind", "意愿类别"),
)
CONSENT_COLUMNS: Final = (
    _NUMBER,
    _CHANNEL,
    _AT,
    _meaning("org", as_given, "to", "organisation", "organization", "机构", "企业", "商家", "同意对象"),
    _meaning("act", one_of(ACTS), "同意方式", "同意类型", "同意行为"),
    _meaning("through", as_given, "platform", "via", "平台", "取得平台"),
    _meaning("confirmed", yes_or_no, "本人确认", "已确认", "是否本人确认"),
    _meaning("expires", last_moment, "expiry", "until", "到期", "到期时间", "有效期至"),
    _meaning("withdrawn", moment, "withdrawn at", "撤回", "撤回时间", "退订时间"),
    _meaning("words_hash", words_hash, "words", "告知文本", "展示文本", "同意文本"),
    _meaning("purpose", as_given, "用途", "目的"),
)

RECYCLING_COLUMNS: Final = (_NUMBER, _AT)
