"""What a subscriber's answer means (回复含义): any sensible wording refuses (R19c); unclear is never dropped."""

from __future__ import annotations

import re

from anning.content.model import Reply, ReplyReading
from anning.content.normalise import undisguise

_COURTESY = (
    r"(?:谢谢你?您?们?|多谢|感谢|谢了?|麻烦了?|辛苦了?|拜托|劳驾|您好|你好|哈喽|请问|不好意思|对不起|"
    r"亲|thanks?(?: you)?|thx|please|pls|hello|hi|3q)"
)
_KEYWORD_PREFIX = (
    r"(?:我|请|就|直接|现在|马上|立即|这里|再次|已经)*(?:回复?|发送?|短信|编辑|输入|reply|send|"
    r"text)?(?:内容|字母|数字|字)?"
)
_PARTICLES = r"(?:了|吧|啊|呀|哈|呢|哦|噢|嘛|啦|呗|的|喔|诶|额|嗯|谢|请|亲|我|都|thx)*"
_REFUSING_KEYWORD = re.compile(
    rf"{_KEYWORD_PREFIX}(?:(?:t+d+|dt)+\d{{0,6}}|tuid\w{{0,4}}|t{{1,6}}|t1|n{{1,4}}|r{{1,4}}|0{{1,10}}|"
    rf"零{{1,6}}|o{{2,6}}|qx|qxdy|js|jushou|no+|nope|stop\w{{0,4}}|unsub(?:scribe)?|"
    r"cancel|end|quit|optout|opt-out|remove|off|del|delete|tui|tuiding|quxiao|buyao|bu|gun)(?:即可|"
    rf"退订|拒收)*{_PARTICLES}"
)
# 否定的退订: the refusal itself is denied.
_DENIED = re.compile(
    r"(?:不用|不要|不必|不想|不打算|不准备|无需|无须|勿|暂不|先不|暂时不|没要|没有要|没说要?|没想|"
    r"不是要|不是想|不是(?!退订过?了|取消了)|并非|并不|我不|不会|不(?!是)|别)(?:给我|帮我|再|说)?(?:退订|取消|td|拒收|拒绝|屏蔽|拉黑|投诉|举报|"
    r"unsubscribe|退出)(?!也|行不|可以吗|吗|的?话)"
    r"|(?:不要|不用|不必|不想|不许|先别|先不要|别|勿)停(?!不)(?:止|下来?|掉|发|了|啊|呀|哦)*(?![机车电水课])"
    r"|(?:取消|撤销|撤回|解除|停止)(?:退订|拒收|屏蔽)|(?:请|帮我|给我)恢复|恢复(?:订阅|接收|发送)|重新订阅|继续(?:订阅|"
    r"接收|发送?|收)|退订错|(?:误|错)(?:发|操作|点|回复?|按|退订)了?(?:退订|td|取消|拒收)?|"
    r"(?:don'?t|do not|not?) (?:unsubscribe|cancel|stop)"
)
_STILL_REFUSES = re.compile(
    r"(?:还不|为什么不|为何不|怎么不|怎么还不|凭什么不|不能不|不得不|再不|要不|能不能|能否|"
    r"可不可以)(?:能|让|给我?|帮我?)?(?:退订|取消|拒收|屏蔽)"
)
# 安慰与客套: said to calm or to be polite, and of no message.
_REASSURING = (
    r"(?:不要|不用|不必|不需要?|无需|莫|勿|别|毋须)(?:太|再|那么|这么)?(?:误会|误解|担心|担忧|着急|急|客气|介意|"
    r"紧张|害怕|怕|慌|生气|见怪|见外|忘|放弃|错过|管我|等我|在意|操心|费心|难过|哭|走|迟到|破费)了?"
)
# 别的事: what is refused is an order, a booking, one of several things — not messages.
_OTHER_MATTER = re.compile(
    r"取消(?:(?!订阅|短信|信息|广告|推送|通知|电话|发)[^,。!?]){0,8}(?:订单|预约|预订|预定|挂号|会议|航班|行程|面试|"
    r"约会|课程?|聚餐|配送|外卖|付款|支付|交易|申请)"
    r"|(?:不要|不想要|不买|不选|不吃|不喝)(?:(?!发|打|短信|信息|广告|电话|骚扰|推|烦|联系|你|您|垃圾|贷|了)[^,。!?]){0,5}"
    r"(?:的|色|款|码|味|型号|版本|辣|冰|糖|香菜|[那这]个)[,，]?"
    r"(?:我|就|只|还是|给我|帮我)*(?:要|换成?|想要|来|改成?|买|拿)(?!投诉|举报|告|退|报警|起诉|取消|拒|求|是|不|点|脸)"
)
# 询问退订: asked about, and nobody can tell whether it is wanted.
_ASKED_ABOUT = re.compile(
    r"(?:退订|拒收|取消订阅|取关|td|屏蔽|拉黑)(?:回?(?:t|td|n|r))?(?:这?个?(?:词|字)?)?(?:是|指|有)?(?:什么|啥|甚么|何|哪)"
    r"(?:意思|东西|含义|意义|用|服务|业务|区别|流程|情况|好处|后果)"
    r"|(?:退订|取消|拒收)了?(?:费用?|是否|会不会|要不要|需不需要|要|需要?|会|有没有|还要|还会)*(?:收费|扣费|扣钱|要钱|花钱|收钱|"
    r"钱|多少钱?|几块|几元|影响[^,。!?]{0,6})[吗么嘛呢?]*"
    r"|(?:退订|取消|拒收)(?:了|已经|是否|有没有|算)?(?:成功|生效|完成)了?(?:吗|么|嘛|没有?|否|\?)"
    r"|(?:酒店|机票|房间|客房|民宿|门票|车票|船票|订单|行程|航班|外卖|商品)的?(?:怎么|如何|咋|可以|可|能|能否|要|想|申请|免费)*"
    r"(?:退订|取消|退掉?)(?!短信|信息|广告|推送|通知|你们)[^,。!?]{0,10}"
    r"|(?:是否|有没有|是不是)(?:已经)?(?:退订|拒收|取消)(?:成功|了)"
    r"|(?:怎么|如何)(?:才)?(?:算|知道)(?:是)?(?:退订|拒收)[^,。!?]{0,6}"
)
_A_NOT_A = re.compile(r"(.)[不没]\1|可不可以|需不需要|是否|能否|不好意思|不知道|不客气|不错|不但|不仅|不过")
_NEGATED = re.compile(
    r"(?:没有?|从?未|不|别|无|勿|莫|并非|非|拒|毋|谁)(?:再|曾|想|要|希望|愿意?|打算|是|能|会|太|有|需|用|必|得|让我|给我|跟你们?|"
    r"在你们?(?:这里?|那里?)?)*$"
)
_AWAITED = frozenset(("快递", "发货", "到货", "签收", "退款", "退货", "退换"))
_NEUTRAL = re.compile(
    rf"{_REASSURING}|"
    r"(?:退货|退款|退票|退费|退换|东西|商品|订单|票)[^,。!?]{0,6}(?:怎么|如何|咋)退|"
    r"(?:怎么|如何|咋)退(?=货|款|钱|票|费)|垃圾分类|"
    r"退货|退款|退换|退钱|退票|退费|退房|退押金|退税|退保|退回|退还|取消(?:订单|预约|预订|航班|行程|"
    r"付款|支付|申请|交易|贷款申请)|不错|不好意思|不客气|不要紧|不要钱|要不要|不要求|不用谢(?!谢)|没关系|"
    r"没收到|没有收到|"
    r"未收到|收不到|不是很?(?:明白|懂|清楚)|不太?(?:明白|懂|清楚|知道)|不知道|好不好|行不行|是不是|"
    r"有没有|能不能(?=便宜|优惠|送|退货|退款)|不便宜|不贵|投诉电话多少|怎么投诉|别人|别的|特别|分别|"
    r"区别|差别|级别"
)
_REFUSING = re.compile(
    r"退订|拒收|退阅|退群|退出|退掉|退了吧|帮我退|给我退|要退|想退|怎么退|如何退|^退$|^退[!！.。]*$|"
    r"取消|屏蔽|拉黑|黑名单|举报|投诉|告你|报警|12321|起诉|律师函|工信部"
    r"|别再?(?:(?:给|跟|向|往|对|和|朝)(?:我们?|俺们?|咱们?|人家|老子|爷|本人|偶|这个?号码?|这里?|家里)(?:这里?|那里?|家)?|"
    r"老|总|一直|不停地?|乱|瞎|再|继续|来|没完没了地?)*(?:发|打|推|烦|骚|来|联系|找我|吵|"
    r"扰|弄|搞|整|群发|骗)|(?:不要|不许|不准|不得|不可|不应|不必|不用|不想|无需|莫|勿|甭|休要|少|停止|"
    r"停|禁止|请勿|切勿|咪|唔好|唔使|毋|毋须|拒绝)(?:再|(?:给|向|跟|往|对)(?:我们?|俺们?|咱们?|老子|"
    r"本人|这个?号码?)|继续|老是|总是|一直|来|接受|你们)*"
    r"(?:发|打扰|打|骚扰|推送|推销|接收|收到|收|接|看到|看|烦|联系|send|吵|扰|受)|(?:打扰|骚扰|扰民|"
    r"垃圾短信|垃圾信息|滥发|烦死|烦人|烦不烦|很烦|好烦|真烦|太烦|有完没完|没完没了|轰炸)"
    r"|(?:删除?|删掉|移除|清除|去掉|剔除|移出|注销)[^,。!?]{0,10}(?:我|号码|手机号|电话|信息|资料|名单)|(?:把|将)?我[^,。!?]{0,10}(?:删|移除|去掉|移出|剔除|清除)|(?:^|请|[,。!了])(?:删除|删掉|移除)(?:[吧了]|谢谢|[,。!]|$)|个人信息|隐私|滚|闭嘴|垃圾|恶心|讨厌|去死|死开|走开|有病|神经病|傻[逼b]|妈的|他妈|tmd|nmd|sb(?![a-z])|cnm|f[*u]ck|狗屁|骗子|缺德|不要脸|无耻"
    r"|没(?:有)?(?:订|定|申请|办|注册|关注|要|同意|授权|开通)过?|从(?:来|未)没?(?:订|定|申请|注册|"
    r"同意)|未(?:订阅|同意|授权|申请)|谁(?:让|叫|允许|同意|给)你|哪(?:里|儿|来|个渠道)?(?:弄|搞|得|知道|拿|获|买|"
    r"有).{0,4}(?:我的?|俺)|哪(?:里|儿|来).{0,4}(?:我的?|俺)(?:号|电话|手机|联系)"
    r"|不(?:太|怎么|是很|是太|大|很|真)?(?:希望|想|愿意?|喜欢|乐意|打算|情愿|乐于|肯)(?:再|继续|总是?|老是?|一直|每天|天天|"
    r"让我|被|给我|你们?|您|跟你们?|听|受到?)*(?:收|接|看|听|打扰|骚扰|发|打|推|联系|烦|短信|广告|信息)"
    r"|(?:别|不要|勿|莫|不许|不准|不用|不必|停止|甭)(?:再|继续)?(?:让|叫|使|令|逼)(?:我们?|俺|咱|本人|人家)"
    r"(?:再|继续|老|总|一直)*(?:收|接|看|听|被)"
    r"|取关|不关注了?|(?:关闭|关掉|关了|关停|终止|中止|停用|结束|断开|解除|注销|中断)(?:发送|推送|接收|你们的?|这个?|该|此|本|所有|全部|一切|"
    r"掉|了|我的)*(?:推送|服务|短信|通知|消息|提醒|订阅|信息|广告|营销|接收|订购|业务|会员|功能|关系|合作|联系)"
    r"|(?<!还)没(?:有)?报过?名(?!成功|上|到)|没(?:有)?(?:参加|参与|玩|用|下载|领|咨询|买|预约|留|登记|授意|加入|打)过|"
    r"不发|不再|没钱|怎么还(?:在)?发|又发|还发|还在发|一直发|老是?发|总是?发|天天发|停发|停止|"
    r"不想(?:再)?(?:收|看|要|参加|买|了解)|不(?:再)?(?:需要|感兴趣|接受|同意|愿意|参加|办理?|买|订阅?|"
    r"贷款?|考虑|收|玩|去|约|理财|感冒)|没(?:有)?兴趣|没(?:有)?需要|没(?:有)?需求|用不(?:着|到)|无需|"
    r"无兴趣|不要|不用|不必|唔要|唔該唔|拒绝|谢绝|勿扰|免打扰|勿发|免了|算了|打住"
    r"|^不+$|^否$|^别$|^停+$|^拒$|^no\b|我说了不|说过不"
    r"|tuiding|jushou|quxiao|buyao|bie ?fa|bieda?rao|gun ?kai|gundan|bu xu ?yao|buxuyao"
    r"|\b(?:unsubscribe|unsub|opt[ -]?(?:me )?out|stop|remove me|take me off|leave me alone|"
    r"not interested|no more|no thanks?|no thank you|go away|get lost|never|quit|cancel|block(?:ed)?|"
    r"spam|delete (?:me|my))\b"
    r"|(?:don'?t|do not|dont|never|please no) ?(?:send|text|contact|message|msg|call|want|need|bother|"
    r"disturb|sms)|(?<![a-z])td(?![a-z])|回[复]?(?:t|td|n|r)(?![a-z])"
)
_ALONE = re.compile(r"不+[要行]?了?[的啊呀吧]?|否|别|停+|拒+|退+")
_WELCOMING = re.compile(
    r"好[的呀啊滴吧嘞]|^好+$|可以|^行|行[的吧]|同意|确认|确定|收到|知道了|了解|明白|谢谢|感谢|多谢|"
    r"多少钱|价格|怎么[买卖用去走办报参领弄做操开联申看查写]|如何[买办报参领申查]|咋[买办报]|"
    r"想[要买了办去参报看咨]|我要(?!求|投|举|告|起)|还有[^,。!?]{0,6}[吗么嘛]|打[几\d.]*折|发(?:个|一下|我)(?:链接|地址|位置|资料)|续[费保约订]|有空|有时间|预定|留[一两个]|"
    r"^要+[的了吧]?$|要一|要两|需要|感兴趣|参加|报名|订购|订一|买一|下单|"
    r"办理|"
    r"咨询|预约|领取|申请|加我|联系我|打给我|回电|地址|在哪|哪里|几点|什么时候|多久|退货|退款|退换|"
    r"没收到|没有收到|未收到|收不到|取消(?:订单|预约|预订)|继续|恢复|"
    r"^1+$|^y+$|^yes|^yeah|^yep|^ok(?:ay)?|^sure|^是[的啊呀]?$|^对[的啊呀]?$|^嗯+好|^亦可|满意|(?:^|很|挺|真|还)不错|"
    r"要不要钱|优惠吗|还有吗|有货|有没有|快递|发货|到货|签收|祝|节日快乐|新年快乐|haode|xiexie|keyi|"
    r"\bhow much\b|\binterested\b|\bprice\b|\bagree\b|\bconfirm\b|\bthanks?\b|\breceived\b|\bwhere\b|"
    r"\bwhen\b"
)


def read_reply(text: str) -> ReplyReading:
    """Reads an answer: a denied refusal ("不要退订") is none; a refusal beside anything else refuses."""
    words = undisguise(text).words
    spoken = re.sub(r"[【】\[\]〔〕()《》「」『』<>\"'“”‘’]", lambda m: "'" if m[0] == "'" else "", words).strip()
    if not re.search(r"\w", spoken):
        return ReplyReading(reply=Reply.UNCLEAR, why="没有可读的文字 nothing to read", normalised=words)
    bare = re.sub(r"[^\w]|_", "", re.sub(_COURTESY, "", spoken))
    if bare and _REFUSING_KEYWORD.fullmatch(bare):
        return ReplyReading(reply=Reply.REFUSAL, why=bare, normalised=words)
    insists = _STILL_REFUSES.search(spoken)
    if insists is not None:
        return ReplyReading(reply=Reply.REFUSAL, why=insists[0], normalised=words)
    denied = _DENIED.search(spoken) or _OTHER_MATTER.search(spoken)
    asked = _ASKED_ABOUT.search(spoken)
    rest = _ASKED_ABOUT.sub(" ", _OTHER_MATTER.sub(" ", _DENIED.sub(" ", spoken)))
    rest = _NEUTRAL.sub(" ", rest)
    refusing = _REFUSING.search(rest) or _REFUSING.search(re.sub(r"\s", "", rest)) or _ALONE.fullmatch(bare)
    if refusing is not None:
        return ReplyReading(reply=Reply.REFUSAL, why=refusing[0], normalised=words)
    if denied is not None:
        return ReplyReading(reply=Reply.NO_REFUSAL, why=denied[0], normalised=words)
    if asked is not None:
        return ReplyReading(reply=Reply.UNCLEAR, why=asked[0], normalised=words)
    welcoming = next((word for word in _WELCOMING.finditer(spoken) if not _is_negated(spoken, word)), None)
    if welcoming is not None:
        return ReplyReading(reply=Reply.NO_REFUSAL, why=welcoming[0], normalised=words)
    return ReplyReading(reply=Reply.UNCLEAR, why="看不出是否拒绝 cannot tell", normalised=words)


def _is_negated(spoken: str, word: re.Match[str]) -> bool:
    """A welcoming word after a negation ("没预约", "不想参加") welcomes nothing; goods not yet come are awaited."""
    return word[0] not in _AWAITED and _NEGATED.search(_A_NOT_A.sub("", spoken[: word.start()])) is not None
