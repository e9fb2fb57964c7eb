"""Telephone numbers that a reader could call (联系电话, R19a), and the digits that are none."""

from __future__ import annotations

import re

_SUBSCRIBER = re.compile(
    r"(?<![0-9A-Za-z*.])(?:\+?86[ -]?|0086[ -]?)?"
    r"(?P<number>"
    r"0?1[3-9]\d([ -]?)\d{4}\2\d{4}"
    r"|1[3-9]\d[ -]\d{3}[ -]\d{5}|1[3-9]\d{2}[ -]\d{3}[ -]\d{4}"
    r"|\(0(?:10|2\d|[3-9]\d{2})\)[ -]?[2-9]\d{2,3}[ -]?\d{4}"
    r"|0(?:10|2\d)[ -]?[1-9]\d{3}[ -]?\d{4}"
    r"|0[3-9]\d{2}[ -]?[2-9]\d{2,3}[ -]?\d{4}"
    r"|[48]00[ -]?\d{3}[ -]?\d{4}|[48]00[ -]?\d{4}[ -]?\d{3}|[48]00\d[ -]\d{3}[ -]\d{3}|"
    r"[48]00[ -]\d{2}[ -]\d{5}|[48]00[ -]\d[ -]\d{6}"
    r")(?:(?:转|-)\d{1,5})?(?![0-9A-Za-z*]|-\d|\.\d)"
)
_SHORT = re.compile(
    r"(?<![0-9A-Za-z*.+¥￥$-])(?P<number>95\d{3}(?:\d{0,3})|96\d{3,4}|100\d{2}(?:\d{2})?|"
    r"123\d{2})(?![0-9A-Za-z*%]|[.-]\d)"
)
_LOCAL = re.compile(
    r"(?:电话|热线|专线|致电|拨打|来电|座机|咨询|垂询|tel|call|☎|"
    r"📞)\s*[:：]?\s*(?P<number>[2-9]\d{2,3}[ -]?\d{4})(?![0-9A-Za-z*]|[.-]\d)",
    re.IGNORECASE,
)
_EMERGENCY = re.compile(r"(?:拨打|致电|请拨|电话|报警|热线)[^\d,，。;；]{0,6}(?P<number>1(?:10|19|20|22))(?!\d)")
_NOT_A_PHONE_LABEL = re.compile(
    r"(?:订单|单号|编号|运单|快递单|包裹|验证码|校验码|检验码|确认码|动态码|动态密码|随机码|口令|密码|"
    r"取件码|取货码|提货码|取餐码|自提码|券码|"
    r"兑换码|核销码|激活码|邀请码|凭证码|序列号|卡号|账号|帐号|账户|帐户|户号|户名|尾号|流水号?|"
    r"合同号?|保单号?|身份证号?码?|证件号码?|车牌|工号|"
    r"编码|金额|余额|票号|受理号|工单号?|学号|房号|案号|批次|档案号|设备号|表号|条形码|税号|信用代码|"
    r"(?<![a-z])(?:id|no|code|order|ref|imei|sn))"
    r"(?:号码|号|码)?\s*[.#]?\s*(?:为|是|:|：|#|\()?\s*[a-z]{0,2}$",
    re.IGNORECASE,
)
_MESSENGER_LABEL = re.compile(r"(?:qq|扣扣|群|企鹅)(?:号|群)?\s*[:：]?\s*$", re.IGNORECASE)
_UNIT_AFTER = re.compile(
    r"\s*(?:元|块|万|亿|分(?!机|行|店|公司|钟?热线)|积分|点|条|[mgk]b?\b|米|人|名|个|份|件|套|步|次|"
    r"号线|公里|里程|年|%|股)",
    re.IGNORECASE,
)
_CALL_BEFORE = re.compile(
    r"(?:致电|拨打|电话|热线|客服|咨询|详询|垂询|询|tel|call|联系|来电|回拨|请拨|拨|专线|服务|☎|📞|"
    r"银行|或|、|/)[^\d,，。;；]{0,8}$",
    re.IGNORECASE,
)
_SHORT_WITHOUT_LABEL = frozenset(
    (
        "10000",
        "10010",
        "10086",
        "10099",
        "12345",
        "12315",
        "12306",
        "12321",
        "12300",
        "12381",
        "12333",
        "12366",
        "12377",
        "96110",
        "12123",
    )
)
_DIGITS = re.compile(r"\d{3}")
_LETTER = re.compile(r"[A-Za-z]")
_SHORT_STARTS = re.compile(r"(?<!\d)(?:9[56]|1[02])\d\d")
_EMERGENCY_NUMBERS = re.compile(r"1(?:10|19|20|22)(?!\d)")
_MANY_DIGITS = re.compile(r"\d[\d ()-]{5}")
_LABELS_GLUED = re.compile(r"(?i)(?<![a-z])(?:tel|phone|vx|wx|v|t|call|hotline)[.:：]?(?=[+0-9(])")


def read_phones(numbers: str) -> tuple[str, ...]:
    """The numbers a reader could call: plain digits without +86, in order and each once.

    Args:
        numbers: a folded text with its numerals as digits.
    """
    text = numbers
    if _DIGITS.search(text) is None:
        return ()
    if _LETTER.search(text) is not None:
        text = _LABELS_GLUED.sub(" ", text)
    found: dict[int, str] = {}
    taken: list[tuple[int, int]] = []
    for match in _SUBSCRIBER.finditer(text) if _MANY_DIGITS.search(text) else ():
        start, end = match.span("number")
        if _continues_digits(text, match.start(), taken) or _is_labelled_otherwise(text, match.start()):
            continue
        taken.append((match.start(), match.end()))
        found[start] = _digits(text[start:end])
    for pattern, gate in ((_SHORT, _SHORT_STARTS), (_LOCAL, _MANY_DIGITS), (_EMERGENCY, _EMERGENCY_NUMBERS)):
        for match in pattern.finditer(text) if gate.search(text) is not None else ():
            start, end = match.span("number")
            if any(a < end and start < b for a, b in taken) or _UNIT_AFTER.match(text, end):
                continue
            number = _digits(match["number"])
            if _is_labelled_otherwise(text, start):
                continue
            if (
                pattern is _SHORT
                and number[:2] in ("10", "12")
                and number not in _SHORT_WITHOUT_LABEL
                and not _CALL_BEFORE.search(text, 0, start)
            ):
                continue
            if pattern is _SHORT and _continues_digits(text, start, taken):
                continue
            taken.append((start, end))
            found[start] = number
    return tuple(dict.fromkeys(found[place] for place in sorted(found)))


def _digits(raw: str) -> str:
    number = re.sub(r"\D", "", raw)
    return number[1:] if len(number) == 12 and number.startswith("01") and number[2] in "3456789" else number


def _is_labelled_otherwise(text: str, start: int) -> bool:
    before = text[max(0, start - 14) : start]
    return bool(_NOT_A_PHONE_LABEL.search(before) or _MESSENGER_LABEL.search(before))


def _continues_digits(text: str, start: int, taken: list[tuple[int, int]]) -> bool:
    if start < 2 or text[start - 1] not in " -" or not text[start - 2].isdigit():
        return False
    return not any(end == start - 1 for _, end in taken)
