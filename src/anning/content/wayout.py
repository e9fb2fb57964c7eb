"""The way to refuse that a message tells (退订方式; 2020 draft art. 19, and in force since 2015), and whether it works.

One step means: one free reply, one free call, or one tap on a link that asks for nothing more. A way that needs a
visit, a login, a form, an account to follow, a document, a second reply or money is told, but is not one step.
"""

from __future__ import annotations

import re
from typing import Final

from anning.content.links import read_links
from anning.content.model import Reply, WayOut
from anning.content.normalise import Normalised, undisguise
from anning.content.phones import read_phones
from anning.content.reply import read_reply

_REFUSE = (
    r"(?:退订|拒收|退阅|退定|取消订阅|取消接收|取消关注|停止接收|停止发送|不再接收|不再发送|拒绝接收|"
    r"屏蔽|免打扰|谢绝|不想(?:再)?(?:收到|接收)|不愿(?:再)?(?:收到|接收)|不希望(?:再)?(?:收到|接收)|"
    r"如不需要|不需要|若不需要|如需取消|勿扰|如有打扰|若打扰)"
)
_SEND = r"(?:请?(?:直接)?(?:回复?|发送?|编辑(?:短信)?|短信|回覆|发短信))"
_KEYWORD = r"(?:退订|拒收|取消|不要|停|拒|退|[a-z]{1,7}[0-9]{0,5}|[0-9]{1,6}(?![0-9万千百个字条句遍份篇]))"
# Any short word may be announced; whether it is understood as a refusal is another question (R19b).
_ANY_WORD = r"(?!复|覆|本|此|该|任意|短信|信息|内容|客服|即|可|后|以|则|就|便|我|来|和|或|与)[\u3400-\u9fff]{1,4}"
_QUOTE = r"[\"'“”‘’「」『』【】()\[\]:<>《》 ]{0,2}"
_WAYS = (
    re.compile(
        rf"{_REFUSE}[^。!?;\n0-9a-z]{{0,10}}?{_SEND}(?:字母|数字|短信|内容|指令|"
        rf"大写)*{_QUOTE}(?P<kw>{_KEYWORD}|{_ANY_WORD}(?=[,，.。!;；\s\"'”’」』】)\]]|即可|就行|$))(?![a-z0-9])"
    ),
    re.compile(
        rf"(?:{_SEND}|(?<![\u3400-\u9fffa-z])[发回])(?:字母|数字|短信|内容|指令|"
        rf"大写)*{_QUOTE}(?P<kw>{_KEYWORD}|{_ANY_WORD}?)(?![a-z0-9]){_QUOTE}(?:至|到)?(?:本号码?|此号码?|"
        rf"1\d{{4,20}})?[,，]?(?:即可|可以|可|便可|就可|来|以|即|则|为|进行)?(?:马上|立即|免费|"
        rf"随时)?(?:{_REFUSE})"
    ),
    re.compile(rf"{_SEND}{_QUOTE}(?P<kw>退订|拒收|取消订阅)(?![\u3400-\u9fff]{{0,2}}(?:{_SEND}))"),
    re.compile(rf"(?<![a-z0-9])(?P<kw>td|t|n|r|qx|0{{1,6}}){_QUOTE}(?:退订|拒收|取消订阅)"),
    re.compile(rf"(?:退订|拒收|取消订阅){_QUOTE}[-:/ ]?(?P<kw>td|t|n|r|0{{1,6}})(?![a-z0-9])"),
    re.compile(
        r"(?:reply|text|send)(?: with)?(?: the word)? [\"']?(?P<kw>[a-z]{1,12}|"
        r"\d{1,6})[\"']?(?: to \d{3,20})? (?:to|for) (?:unsubscribe|stop|opt[ -]?out|cancel|quit|end|"
        r"refuse)"
    ),
    re.compile(
        r"(?:unsubscribe|opt[ -]?out|to stop|to cancel|stop)\s?[:,]?\s?(?:by )?(?:reply(?:ing)?|"
        r"text(?:ing)?|send(?:ing)?)(?: with)? [\"']?(?P<kw>[a-z]{1,12}|\d{1,6})"
    ),
    re.compile(r"(?:reply|text|txt) [\"']?(?P<kw>stop|unsubscribe|td)\b"),
    re.compile(r"回复?(?P<kw>td|t|n|r|0{1,6})退(?![货款票房换费])"),
    re.compile(r"(?:[,，。!;；\s)】\]]|(?<=[\u3400-\u9fff]))(?P<kw>td)[.。!]?$"),
)
_BY_OTHER_MEANS = re.compile(rf"{_REFUSE}|(?<![a-z])(?:unsubscribe|opt[ -]?out)(?![a-z])")
_MEANS = re.compile(r"请|可|点击?|戳|访问|登录|致电|拨打?|打|电话|联系|前往|到|关注|via|at|call|visit|click|:")
_SECOND_STEP = re.compile(
    r"关注|公众号|登录|登陆|登入|下载|app|营业厅|网点|柜台|填写|填表|表单|身份证|书面|邮寄|信函|审核|"
    r"工作日|人工|再次|再回复|再发送|二次|确认后|后确认|并确认|"
    r"然后|之后|提供|实名|注册|申请|客服办理|设置|我的\s*[-→>]|→|>>?|联系客服|联系业务员|加微信|"
    r"验证身份|log ?in|sign ?in|download|form|confirm|"
    r"感想|作文|检讨|保证书|承诺书|(?:写|说|填|注|附|阐|复|送)[^,，。]{0,8}(?:理由|原因)|[\d万千百]字(?!母)"
)
_COSTS = re.compile(
    r"\d(?:\.\d+)?[元角分]钱?[/每一]*(?:条|分钟|次)|每?[一每](?:条|分钟|次)短?信?(?:收|需|为)?\d|"
    r"收费|资费|话费自理|按标准收取|扣费|付费|premium|"
    r"(?:付|收取?|扣除?|支付|缴纳?|交)[^,，。\d]{0,4}\d+(?:\.\d+)?[元角分毛块]"
)
# The price of refusing, wherever the message tells it.
_REFUSING_COSTS = re.compile(
    r"(?:退订|拒收|退阅|取消订阅)(?:短信|本短信|服务|一次|每次|每条)*[^,，。;；!?\s退拒]{0,6}?"
    r"(?:(?:付|收|扣|缴|交|费用?|资费|手续费|工本费|需|要)[^,，。;；\s\d]{0,4}|(?<=退订)|(?<=拒收))"
    r"(?!0+(?:\.0+)?[元角分毛块])\d+(?:\.\d+)?[元角分毛块](?!红包|优惠|券|话费券|代金|礼)"
)
_FREE = re.compile(r"免费|免资费|不收费|免收")
_CLAUSE_END = re.compile(r"[。!?！？;；\n]")
_COMMA = re.compile(r"[,，、]")
_FOR_SOMETHING_ELSE = re.compile(
    r"[\"'”’」』】)\]>》 ]{0,2}(?:即可|可以|可|来|以|立即|马上|直接|参与|免费)*"
    r"(?:报名|参加|参与|领|订购|订票|开通|办理|抢|预约|预订|了解|咨询|购|买|下单|确认|查|续|抽|申请|兑|加入|成交|体验|试|获|享|定)"
)
_LEADS_IN = re.compile(r"先|须|需|必须|才能|之?后$|成功后|完成后")
_FOLLOWS_ON = re.compile(
    r"^\s*(?:并|且|然后|之后|随后|再|后|经|需|须|待|还|方可|才|审核|核实|确认|联系客服|提供|填写|登录|资费|收费|按|每|\d+(?:\.\d+)?元)"
    r"|工作日|生效|有效|资费|收费|扣费|元/?条"
)
# Said of what is sold: it can be returned or cancelled.
_SERVICE_TO_CANCEL = re.compile(
    r"无(?:条件|理由|忧|损)(?:退订|取消)|[天日]内?(?:可|均可|都可)?(?:随时|免费|自由)?(?:退订|取消)(?=[,，。!;；]|$)|"
    r"(?:退订|取消)(?:成功|失败|费|率|规则|政策|业务受理|请求)|(?:酒店|机票|房间|订单|预订|预约|航班|"
    r"门票|客房|车票|已)(?:退订|取消)|(?:退订|取消)(?:该|此|本)?(?:酒店|机票|订单|预订|预约|房间|门票|"
    r"客房)"
)


NO_WAY_OUT: Final = WayOut(offered=False)


def read_way_out(text: str) -> WayOut:
    """The way to refuse told in `text`, its keyword and whether it takes one step."""
    plain = undisguise(text)
    return way_out_of(plain, read_links(plain.folded), read_phones(plain.numbers))


def way_out_of(text: Normalised, links: tuple[str, ...], phones: tuple[str, ...]) -> WayOut:
    """As `read_way_out`, of a text already undisguised and its links and telephone numbers."""
    words = text.words
    if not _may_offer(words):
        return NO_WAY_OUT
    for pattern in _WAYS:
        for match in pattern.finditer(words):
            if _SERVICE_TO_CANCEL.search(words, max(0, match.start() - 4), _soon_after(words, match.end())):
                continue
            if _is_for_something_else(words, match):
                continue
            one_step = _is_one_step(_asked(words, *match.span())) and not _REFUSING_COSTS.search(words)
            return WayOut(offered=True, keyword=_spelled(match["kw"]), one_step=one_step)
    for match in _BY_OTHER_MEANS.finditer(words):
        clause = _around(words, *match.span())
        if _SERVICE_TO_CANCEL.search(clause):
            continue
        reachable = any(link.lower() in clause for link in links) or any(
            phone in re.sub(r"(?<=\d)[ -](?=\d)", "", clause) for phone in phones
        )
        if reachable and _MEANS.search(clause):
            return WayOut(offered=True, one_step=_is_one_step(clause) and not _REFUSING_COSTS.search(words))
        if match[0].startswith(("退订", "拒收", "取消订阅", "unsub")) and _SECOND_STEP.search(clause):
            return WayOut(offered=True, one_step=False)
    return NO_WAY_OUT


def _may_offer(words: str) -> bool:
    return _SPEAKS_OF_REFUSING.search(words) is not None or words.endswith(("td", "td.", "td。"))


_SPEAKS_OF_REFUSING = re.compile("[退拒屏扰]|订阅|接收|不需|不想|不愿|不希望|取消|谢绝|不再|stop|unsub|opt")


def _soon_after(words: str, end: int) -> int:
    """A few characters on, at the most to where the next clause begins."""
    return next((place for place in range(end, min(end + 4, len(words))) if words[place] in ",，。;；!?\n"), end + 4)


def _is_for_something_else(words: str, match: re.Match[str]) -> bool:
    """The word sent back asks for what is sold: "回复1报名" after a word about refusing is no way to refuse."""
    return (
        _FOR_SOMETHING_ELSE.match(words, match.end("kw")) is not None
        and read_reply(match["kw"]).reply is not Reply.REFUSAL
    )


def _spelled(keyword: str) -> str:
    return keyword.upper() if keyword.isascii() else keyword


def _around(words: str, start: int, end: int) -> str:
    before = max((m.end() for m in _CLAUSE_END.finditer(words, 0, start)), default=0)
    after = _CLAUSE_END.search(words, end)
    return words[max(before, start - 16) : after.start() if after else len(words)]


def _asked(words: str, start: int, end: int) -> str:
    """What replying with the word asks: its own clause, what must come before it and what follows on it.

    The rest of the sentence is about the offer ("加微信领取，拒收请回复R") and asks nothing of who refuses.
    """
    before = max((m.end() for m in _CLAUSE_END.finditer(words, 0, start)), default=0)
    after = _CLAUSE_END.search(words, end)
    earlier = _COMMA.split(words[before:start])
    later = _COMMA.split(words[end : after.start() if after else len(words)])
    led = [clause for clause in earlier[:-1] if _LEADS_IN.search(clause)]
    followed = [later[0]]
    for clause in later[1:]:
        if not _FOLLOWS_ON.search(clause):
            break
        followed.append(clause)
    return ",".join([*led, earlier[-1] + words[start:end] + followed[0], *followed[1:]])


def _is_one_step(clause: str) -> bool:
    if _COSTS.search(clause) and not _FREE.search(clause):
        return False
    return _SECOND_STEP.search(clause) is None


def way_out_works(text: str) -> bool:
    """The announced keyword, sent back, is understood as a refusal (R19b); a call or link in one step works too."""
    way = read_way_out(text)
    if not way.offered:
        return False
    if not way.keyword:
        return way.one_step
    return read_reply(way.keyword).reply is Reply.REFUSAL
