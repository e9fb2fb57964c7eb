"""How wishes are told to the person they belong to (意愿的说法): on a page, in an SMS, in either language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from anning.registers.events import WishKind
from anning.registers.forgetting import Forgotten
from anning.wishes.rules import Rule

TRADES: Final[dict[str, tuple[str, str]]] = {
    "finance": ("金融理财", "finance"),
    "property": ("房产", "property"),
    "health": ("医疗保健", "health"),
    "recruitment": ("招聘", "recruitment"),
    "travel": ("旅游", "travel"),
    "education": ("教育培训", "education"),
    "retail": ("电商零售", "retail"),
    "government": ("政务", "government"),
    "other": ("其他行业", "other trades"),
}
_CHANNELS: Final = {"call": ("推销电话", "sales calls"), "sms": ("营销短信", "advertising SMS")}
_BOTH: Final = ("推销电话和营销短信", "sales calls and advertising SMS")
_WEEKDAYS: Final = "一二三四五六日"
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def told(rule: Rule) -> tuple[str, str]:
    """One rule in a line, zh and en."""
    if rule.wish_kind is WishKind.NUISANCE_FILTER:
        zh, en = "骚扰电话拒接", "the nuisance-call filter"
    elif rule.says == "decline":
        zh, en = _CHANNELS.get(rule.channel, _BOTH)
        zh, en = f"谢绝{zh}", f"no {en.replace(' and ', ' or ')}"
    else:
        zh, en = _CHANNELS.get(rule.channel, _BOTH)
        zh, en = f"接受{zh}", f"accept {en}"
    more_zh, more_en = [], []
    if rule.trades:
        more_zh.append("、".join(TRADES[trade][0] for trade in rule.trades))
        more_en.append(", ".join(TRADES[trade][1] for trade in rule.trades))
    if rule.code_prefixes:
        shown = ["境外来电" if prefix == "international" else f"{prefix} 开头" for prefix in rule.code_prefixes]
        more_zh.append("、".join(shown))
        more_en.append("numbers beginning " + ", ".join(rule.code_prefixes))
    if rule.weekdays:
        more_zh.append("周" + "".join(_WEEKDAYS[day - 1] for day in rule.weekdays))
        more_en.append(", ".join(_DAYS[day - 1] for day in rule.weekdays))
    if rule.hours is not None:
        hours = "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in rule.hours)
        more_zh.append(hours)
        more_en.append(hours)
    if rule.except_for:
        more_zh.append("除 " + "、".join(rule.except_for))
        more_en.append("except " + ", ".join(rule.except_for))
    if rule.keeps_consents:
        more_zh.append("已同意的照旧")
        more_en.append("consents stand")
    return (f"{zh}（{'，'.join(more_zh)}）" if more_zh else zh), (f"{en} ({'; '.join(more_en)})" if more_en else en)


def forgotten(name: str, done: Forgotten) -> str:
    """The SMS that tells a person they are known no longer."""
    left = "谢绝与拒绝继续有效。" if done.what == "consents" else "谢绝与拒绝也已清除。"
    gone = "" if done.gone is None else f"依法留存的记录将于{done.gone.at:%Y年%-m月%-d日}擦除。"
    return f"【{name}】您的同意已清除，立即生效。{left}{gone}回执{done.ids[-1][:60] if done.ids else '已在册'}"


def receipt(name: str, rules: Sequence[Rule], place: str) -> str:
    """The SMS after a change: what stands now, from when, how to come back, under which number it is kept.

    Args:
        name: the registry's SMS signature.
        place: of the last statement, ``log:position``; its log is told by its beginning.
    """
    log, _, position = place.partition(":")
    stands = "；".join(told(rule)[0] for rule in rules) or "没有登记任何意愿"
    return (
        f"【{name}】您的意愿已更新：{stands}。现已在所有关口生效，验证码等服务短信不受影响。"
        f"查询请回复CXXJ。回执{log[:8]}:{position}"
    )


def asked_to_confirm(name: str, wanted: Iterable[Rule], minutes: int) -> str:
    """The one question before a change by SMS."""
    stands = "；".join(told(rule)[0] for rule in wanted) or "取消您登记的全部意愿"
    return f"【{name}】请确认：{stands}。确认请在{minutes}分钟内回复Y，不办理请回复N或不予理会。"


def standing(name: str, rules: Sequence[Rule]) -> str:
    """The answer to "how do I stand?"."""
    if not rules:
        return f"【{name}】您没有登记意愿。谢绝来电回复XJLD，谢绝短信回复XJDX，全部谢绝回复XJ。"
    return f"【{name}】您已登记：{'；'.join(told(rule)[0] for rule in rules)}。全部取消请回复QXXJ。"


def help_text(name: str) -> str:
    """When nobody can tell what is asked for."""
    return (
        f"【{name}】没有看懂您的来信。谢绝来电回复XJLD，谢绝短信回复XJDX，全部谢绝回复XJ，查询回复CXXJ，取消回复QXXJ。"
    )
