"""Why a text is no number (无效原因): a slug for machines, a Chinese and an English sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Cause(NamedTuple):
    """One cause in both languages."""

    zh: str
    en: str


CAUSES: Final[Mapping[str, Cause]] = MappingProxyType(
    {
        "empty": Cause("单元格为空", "nothing was written"),
        "unclosed-quote": Cause(
            "引号没有结束，文件在这一行中间断了", "a quote is not closed: the file ends in the middle of this row"
        ),
        "no-digits": Cause("没有任何数字", "there is no digit in it"),
        "scientific-notation": Cause(
            "号码被表格软件改成了科学计数法，末几位已丢失，无法还原",
            "a spreadsheet turned it into scientific notation; its last digits are lost and cannot be restored",
        ),
        "two-numbers": Cause("写了不止一个号码，请一行一个", "more than one number is written here; use one row each"),
        "too-short": Cause("位数不足", "digits are missing"),
        "too-long": Cause("位数过多", "there are too many digits"),
        "letters": Cause("含有不属于号码的文字或符号", "it contains letters or signs that do not belong to a number"),
        "masked": Cause("号码已被遮盖，看不到完整数字", "part of the number is masked"),
        "extension": Cause(
            "带有分机号（多为隐私号），去掉分机号就不再是这个人",
            "it has an extension, as privacy numbers do; without the extension it is not this person's",
        ),
        "no-area-code": Cause("固定电话缺少区号", "a local number without its area code"),
        "lost-zero": Cause(
            "像是丢了开头 0 的固定电话，请补上区号的 0",
            "it looks like a fixed line whose leading 0 was lost; write the area code with its 0",
        ),
        "not-allotted": Cause("不在电信网编号计划已分配的号段内", "no range of the numbering plan holds such a number"),
        "unknown-country": Cause("国家或地区代码不存在", "there is no such country code"),
    }
)
