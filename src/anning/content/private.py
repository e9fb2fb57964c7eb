"""What people write to each other (私人往来), as against what someone sells from a number of his own (个人兜售).

An advertisement is of use to its sender only where it says who offers or how to reach him. A text that does neither
and speaks as one speaks to a friend promotes nothing, though it names a price cut, a shop or a coupon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Only who sells speaks like this.
_SELLS = re.compile(
    r"贷|放款|下款|提额|套现|取现|额度|征信|利息|低息|月息|秒到|资金|周转|缺钱|刻章|办证|发票|开票|代[开办购理]|批发|出售|急售|转让|"
    r"出租|求购|急买|招聘|诚聘|急招|招代理|招人|高薪|日结|日赚|兼职|加盟|货源|一手|包邮|现货|正品|高仿|货到付款|背回|直邮|本店|我店|小店|新店|开业|"
    r"我司|公司|欢迎|咨询|详询|全场|专业|承接|低价|厂家|工厂|股票|牛股|涨停|荐股|理财|收益|保险|车险|投资|赚|楼盘|首付|户型|房源|"
    r"均价|中介|链家|贝壳|地产|置业|卖吗|卖不|植发|减肥|瘦身|祛|疗程|学历|包过|保过|名额|先到先得|抢购|秒杀|代理|客户|会员|注册|"
    r"下载|链接|红包雨|大奖|刮奖|中奖|豪礼|好礼|礼包|赠送|话费|移动|联通|电信|推荐好友|关注|公众号|任性|猛戳|简历|应聘|兑换|积分|"
    r"等你[来抢拿领]|火热|惊喜|爆|敬请|恭喜|急用钱|找我(?:办|吧|$|[,，。])|抵押|担保|开班|听课|名师|一对一|提\d*分|彩|肖|码资料|回复?[a-z0-9]{1,4}(?![a-z0-9])|短号|"
    r"用户|顾客|上市|新品|新款|发送|编辑|手机报|客官|小主|朋友们|大家|"
    r"同号|退订|拒收|套餐|流量|宽带|信用卡|办卡|茅台|烟酒|回收|消分|销分|急转|高价|私聊|疏通|搬家|开锁"
)
_PRICES = re.compile(
    r"\d元|\d块|\d折|满\d|\d万|[您]|抽奖|奖品|限时|限量|门店|商场|超市|专柜|仅|活动|大促|清仓|甩卖|免费|优惠多|福利"
)
_AMONG_FRIENDS = re.compile(
    r"一起(?!为|来|探讨|学习|分享|见证|参与|加入|成长|发财|赚|领)|一块去|去不去|来不来|吃不吃|喝不喝|咱|那家|我请|请你(?:吃|喝|看|客)|请客|你要不要|你要吗|你去|要不要(?:去|一|给|帮|我|带|来)|"
    r"帮我|送你[吧了]|[抽买拿捡]到[个张件了]|收到了?没|我发你|发你[了的]|你要的|回家|妈做|爸做|给我(?:带|买|拿|留|发|打)|[给帮]你(?:带|买|留|拿|寄|用|发|抢|占|点)|"
    r"我(?:妈|爸|老婆|老公|姐|哥|弟|妹|儿子|女儿|到|在|刚|下班|用不|这边|还|先|已|就|马上|也|都|明天|晚上|今[天晚]|昨|有[点张个]|想|号)|"
    r"你(?:下来|在吗|到|回|吃|喝|妈|爸|先|那|家|上次|昨|今[天晚]|明天|什么时候|啥时候|几点|看|忙|用|拿|来|也|快|别)|"
    r"在吗|在不在|晚点|等你(?!来)|等我|差你|叫上|老地方|到家|下班|放学|楼[下上]了?(?=[,。!?]|太|等|接|$)|聚|哈哈|嘿|哎|诶|呗|"
    r"(?:^|[,。!])(?:妈|爸|哥|姐|弟|妹|老婆|老公|宝贝?|亲爱的|老[\u3400-\u9fff]|小[\u3400-\u9fff])[,。!]"
)
# The affairs of the other person, asked after: his loan, his job.
_ASKED_AFTER = re.compile(
    r"你(?:那个?|的|上次)[^,。!?]{0,10}(?:下来|好|完|到|成|定|弄|办)了?(?:没有?|吗|么)(?=[,。!?]|$)|的事[^,。]{0,10}(?:怎么样|如何|好)了?|"
    r"(?:怎么样了|[成好完定到]了?没有?)[?]?$"
)
_FAMILIAR = re.compile(r"我|你(?!好)|吧(?=[,。!?~]|$)|[吗么嘛呀啦哦](?=[,。!?~]|$)|能不能|要不要|太[^,。!?]{1,5}了")
_HANDLE = re.compile(
    r"(?:微信|qq|(?<![a-z])(?:v|vx|wx|q))(?:号码?|同号)?[:是为]?\s*(?=[a-z0-9_-]*\d)[a-z0-9_-]{5,}|(?:微信同号|同微信|微信同步)"
)
_STRONG_OFFER = 1.5
# In characters and in words: who promotes does not leave it at a word or two.
_LONGEST = 40
_MOST_WORDS = 3


def gives_contact(body: str, phones: tuple[str, ...]) -> bool:
    """Whether the text names a telephone number or an account of a messenger (微信号, QQ) to reach."""
    return bool(phones) or _HANDLE.search(body) is not None


def sells(body: str) -> bool:
    """Whether the text has a word that only who sells, lends, lets or hires uses."""
    return _SELLS.search(body) is not None


def is_among_friends(body: str, offer_words: Mapping[str, float], *, contact: bool) -> bool:
    """Whether an unsigned text without link or way out reads as written by one person to another.

    `offer_words`: its commercial words with their weights; beside a contact a clear offer is one, however it is put.
    """
    clear = max(offer_words.values(), default=0.0) >= _STRONG_OFFER
    if len(body) > _LONGEST or len(offer_words) > _MOST_WORDS or (contact and clear):
        return False
    if sells(body):
        return not contact and not clear and _ASKED_AFTER.search(body) is not None
    if _AMONG_FRIENDS.search(body) is not None:
        return True
    return not (clear or contact) and _FAMILIAR.search(body) is not None and _PRICES.search(body) is None
