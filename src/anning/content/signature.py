"""The SMS signature (短信签名) and whether the message says who sends it (R19a)."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

_AT_START = re.compile(r"^\s*(?:【([^【】\n]{2,24})】|〔([^〔〕\n]{2,24})〕|\[([^\[\]\n]{2,24})\])")
_AT_END = re.compile(r"(?:【([^【】\n]{2,24})】|〔([^〔〕\n]{2,24})〕|\[([^\[\]\n]{2,24})\])\s*$")
_ANYWHERE = re.compile(r"【([^【】\n]{2,24})】")
_NOT_A_NAME = re.compile(
    r"[\d\W_]+|[a-z]?\d+|(?:退订|拒收|回?[tdnr]{1,2}|链接|图片|广告|重要|通知|公告|温馨提示|提醒|"
    r"验证码|详情|活动|优惠|限时).{0,2}",
    re.IGNORECASE,
)

_ORGANISATION_TAIL = (
    "银行|信用社|证券|保险|人寿|基金|支付|消费金融|小贷|信托|集团|公司|科技|电商|商城|旗舰店|专卖店|"
    "超市|百货|购物|广场|"
    "医院|诊所|门诊|体检中心|药房|药店|口腔|大学|学院|学校|中学|小学|幼儿园|教育|培训|驾校|快递|物流|速运|速递|邮政|"
    "移动|联通|电信|广电|铁塔|燃气|电力|电网|供电公司|水务|自来水公司|热力|物业|酒店|宾馆|航空|"
    "旅行社|旅游|旅行|铁路|地铁|公交|"
    "公安局|派出所|交警|交警支队|政府|办公室|委员会|街道办|居委会|社区|应急管理局|气象局|气象台|疾控中心|卫健委|"
    "教育局|税务局|社保局|人社局|医保局|公积金中心|法院|检察院|消防|红十字会|血站|中心|地产|置业|"
    "置地|汽车|4s店|影城|健身|美容|餐厅|"
    "平台|服务号|客服|官方|会所|俱乐部|商行|门店|书店|工作室"
)
_NAME = rf"[\u3400-\u9fffA-Za-z0-9]{{2,14}}?(?:{_ORGANISATION_TAIL})"
_NAMED_IN_WORDS = re.compile(
    rf"(?:^|[。！!;；,，\n])\s*(?:尊敬的[^,，:。]{{1,8}}[,，:]\s*)?(?P<name>{_NAME})"
    rf"(?:\([^()]{{1,10}}\))?(?:温馨提示|友情提示|安全提示|提醒|提示|提请|敬告|通知|恭祝|诚邀|特邀|"
    r"邀您|邀请|祝|为您|向您|给您|感谢|欢迎|告知|发布|客服|:)"
    rf"|(?:我是|这里是|我们是|本公司|来自)(?P<own>{_NAME})"
    rf"|(?P<last>{_NAME})(?:敬上|敬启|启|宣|祝您?[^,，。]{{0,12}})?[.。!！]?\s*(?:退订回?复?\w{{1,3}}|"
    rf"回\w{{1,3}}退订)?$"
)
_ENGLISH_NAME = re.compile(
    r"^(?P<name>[A-Z][\w&.' -]{1,30}?)\s*:\s|\b(?:this is|from) (?P<own>[A-Z][\w&.' -]{1,30}?)[,.:!]"
)
_A_TAIL = re.compile(_ORGANISATION_TAIL)
_PRONOUNS = re.compile(r"^(?:您|你|我|本|该|贵|这|那|各|请|致电|咨询|联系|到|在|关注|登录|拨打|前往)")


class Signature(msgspec.Struct, frozen=True):
    """The signature, further bracketed names, and whether a sender is named at all, with the words that do."""

    text: str
    others: tuple[str, ...]
    named: str


def read_signature(folded: str) -> Signature:
    """Reads the signature of a folded text, at the start or as carriers allow at the end; else a name in words."""
    if folded.startswith("【") and folded.count("【") == 1:
        candidate = folded[1 : folded.find("】")].strip()
        if "】" in folded[3:26] and _is_name(candidate):
            return Signature(candidate, (), candidate)
    text, place = "", (-1, -1)
    for pattern in (_AT_START, _AT_END):
        match = pattern.search(folded)
        if match is None:
            continue
        candidate = next(group for group in match.groups() if group is not None).strip()
        if _is_name(candidate):
            text, place = candidate, match.span()
            break
    others = tuple(
        match[1].strip()
        for match in _ANYWHERE.finditer(folded)
        if not (place[0] <= match.start() < place[1]) and match[1].strip()
    )
    return Signature(text, others, text or _named_in_words(folded))


@lru_cache(maxsize=4096)
def _is_name(candidate: str) -> bool:
    return len(candidate) >= 2 and "\n" not in candidate and not _NOT_A_NAME.fullmatch(candidate)


def _named_in_words(folded: str) -> str:
    may_be_chinese = _A_TAIL.search(folded) is not None
    for pattern in (_NAMED_IN_WORDS, _ENGLISH_NAME) if may_be_chinese else (_ENGLISH_NAME,):
        for match in pattern.finditer(folded):
            name = next((group for group in match.groups() if group), "")
            if name and not _PRONOUNS.match(name):
                return name
    return ""


def without_signature(text: str) -> str:
    """The text without bracketed names at either end, so that a bank's name is not taken for what it says."""
    if text.startswith("【") and text.count("【") == 1 and "】" in text[3:26] and "\n" not in text[:26]:
        text = text[text.find("】") + 1 :]
        return _AT_END.sub("", text) if text.endswith(("〕", "]")) else text
    return _AT_END.sub("", _AT_START.sub("", text))
