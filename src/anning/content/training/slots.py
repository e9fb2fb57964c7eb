"""What fills the blanks of a template: names, amounts, dates, codes, contacts, all invented (模板填充).

Names of organisations and people, places and goods come from one vocabulary for training and from another for what
is held out, so that no model can pass by knowing names.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

Filler = Callable[["Filling"], str]

_FIRST: Final = ("安海云青麦金华宏瑞恒泰嘉和盛福永康乐佳美友顺通达", "澄沐栖禾霁屿朔岚汀砚漱棠荻樾桐芮沂洛汝渭彭鄱黔")
_SECOND: Final = ("宁州杉禾田源丰信诚邦远安悦惠康程城洋川阳春", "岚屿舟洲野汀雁溪町麓砚笙桥陌墨渡岭岑泽浦郡")
_CITIES: Final = (
    ("海州", "云川", "青阳", "安平", "丰城", "南江", "临海", "金华", "东港", "西岭", "永宁", "长岭"),
    ("澄江", "雁城", "荻浦", "沂水", "栖霞", "汀州", "渭南", "彭泽", "桐乡", "砚山", "洛川", "黔西"),
)
_SURNAMES: Final = ("王李张刘陈杨赵黄周吴徐孙马朱胡", "欧傅薛阎段雷侯龙史陶黎贺顾毛郝")
_GIVEN: Final = ("伟芳娜敏静丽强磊洋艳勇军杰娟涛明超霞平刚", "妤梓涵睿宸轩逸晗玥瑾瑜骁铭灏沁楠颢祺苒霖")
_GOODS: Final = (
    ("冰箱", "空调", "洗衣机", "羽绒服", "运动鞋", "大米", "纸巾", "牛奶", "奶粉", "面膜", "口红", "手机", "耳机",
     "电饭煲", "台灯", "书包", "床垫", "沙发", "茶叶", "保温杯"),
    ("扫地机", "投影仪", "冲锋衣", "帆布鞋", "糙米", "棉柔巾", "酸奶", "辅食", "精华液", "香薰", "平板", "音箱",
     "空气炸锅", "落地灯", "行李箱", "枕头", "书桌", "咖啡豆", "砂锅", "雨伞"),
)  # fmt: skip
_SPOTS: Final = (
    (
        "菜鸟驿站",
        "小区东门",
        "门卫室",
        "物业前台",
        "丰巢柜旁",
        "人民广场",
        "南门超市",
        "一楼大厅",
        "社区服务站",
        "北门快递柜",
    ),
    (
        "兔喜驿站",
        "西侧岗亭",
        "传达室",
        "大堂吧台",
        "邮政支局",
        "文化宫前",
        "便民小店",
        "B座连廊",
        "党群服务站",
        "车库入口",
    ),
)
_ROADS: Final = (
    ("人民路", "解放大道", "建设街", "中山路", "滨河路"),
    ("梧桐巷", "状元街", "临江大道", "桂花路", "北环"),
)
_DEPARTMENTS: Final = (
    ("口腔科", "内科", "骨科", "眼科", "儿科", "妇产科"),
    ("皮肤科", "呼吸科", "心内科", "耳鼻喉科", "神经外科"),
)
_PETS: Final = (("豆豆", "旺财", "咪咪"), ("奶酪", "布丁", "煤球"))
_JOBS: Final = (("会计", "客服", "仓库管理员", "前端工程师"), ("行政助理", "测试工程师", "店长", "律师助理"))
_STOCKS: Final = (("600000", "000858", "安宁股份", "海州科技"), ("688012", "300750", "荻浦新材", "栖霞药业"))
_TITLES: Final = (("春风", "长河", "星光", "锦绣", "远航", "和悦"), ("听松", "澜庭", "拾光", "云起", "半山", "青鸟"))
_APPS_EN: Final = (
    ("Anning", "Zoomly", "CloudBee", "PayNest", "Kaito"),
    ("Harbr", "Lumio", "Fernway", "Bluepeak", "Oriel"),
)
_SHOPS_EN: Final = (("GreenMart", "Hilltop Shoes", "Bella Home"), ("North & Pine", "Corner Deli", "Ovenbird"))
_NAMES_EN: Final = (("Smith", "Lee", "Anna", "Tom"), ("Okafor", "Priya", "Whitfield", "Mei"))
_CITIES_EN: Final = (("Shanghai", "Beijing", "Paris"), ("Taipei", "Osaka", "Leeds"))

_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "bank": ("银行", "农商行", "商业银行", "农信社"),
    "branch": ("支行", "营业部", "分理处"),
    "lender": ("借款", "消费金融", "小贷", "钱包"),
    "fund": ("基金", "财富"),
    "broker": ("证券", "期货"),
    "insurer": ("保险", "人寿", "财险"),
    "pay": ("支付", "付"),
    "shop": ("商城", "购", "优选", "超市", "百货", "旗舰店", "家居"),
    "courier": ("速运", "快递", "物流", "邮政", "速递"),
    "locker": ("柜", "快递柜", "智能柜"),
    "food": ("外卖", "到家", "美食"),
    "ride": ("出行", "打车", "单车"),
    "video": ("视频", "影音"),
    "game": ("游戏", "互娱"),
    "hospital": ("医院", "中心医院", "人民医院", "中医院"),
    "community": ("花园", "家园", "社区", "小区"),
    "pharmacy": ("药房", "大药房"),
    "clinic": ("口腔", "医美", "眼科", "诊所"),
    "checkup": ("体检中心", "体检"),
    "pethosp": ("宠物医院", "宠物"),
    "school": ("小学", "中学", "实验学校"),
    "kinder": ("幼儿园",),
    "univ": ("大学", "学院"),
    "training": ("教育", "学堂", "培训"),
    "driving": ("驾校",),
    "property": ("物业", "物业服务中心"),
    "telco": ("移动", "联通", "电信", "广电"),
    "airline": ("航空",),
    "rail": ("铁路", "铁行"),
    "hotel": ("酒店", "宾馆", "民宿"),
    "agency": ("旅行社", "旅游", "旅行"),
    "sight": ("景区", "乐园", "博物馆"),
    "cinema": ("影城",),
    "show": ("大剧院", "剧场"),
    "rest": ("火锅", "酒楼", "餐厅", "烧烤"),
    "gym": ("健身",),
    "gym2": ("健身工作室",),
    "ktv": ("KTV",),
    "laundry": ("干洗", "洗衣"),
    "repair": ("维修", "数码"),
    "optic": ("眼镜",),
    "photo": ("摄影",),
    "tailor": ("裁缝店", "定制"),
    "printer": ("图文", "印刷"),
    "bakery": ("蛋糕", "烘焙"),
    "key": ("锁业",),
    "flower": ("花店",),
    "garage": ("汽修", "汽车服务"),
    "carsales": ("汽车", "4S店"),
    "parking": ("停车",),
    "charger": ("充电",),
    "decor": ("装饰", "家装"),
    "appliance": ("电器", "家电"),
    "house": ("家政",),
    "mover": ("搬家",),
    "rent": ("租房", "公寓"),
    "estate": ("置业", "地产", "府"),
    "salon": ("美发", "造型"),
    "nail": ("美甲",),
    "bath": ("汤泉",),
    "petshop": ("宠物店",),
    "market": ("生鲜", "菜场", "便利店"),
    "water": ("送水",),
    "express2": ("货运",),
    "cloud": ("云", "数据中心"),
    "iot": ("智家", "安防"),
    "company": ("科技", "集团", "电子", "贸易公司"),
    "recruit": ("人才网", "招聘"),
    "coffee": ("咖啡",),
    "ev": ("汽车",),
    "etc": ("通行", "ETC服务"),
}  # fmt: skip
_THINGS: Final[dict[str, str]] = {
    "finance": (
        "贷款 房贷 车贷 信用贷 消费贷 经营贷 装修贷 抵押贷款 信用卡 白金卡 借记卡 账单分期 现金分期 备用金 额度 "
        "理财产品 结构性存款 大额存单 定期存款 基金 定投 股票 新股 债券 国债 黄金积存 贵金属 外汇 年金险 重疾险 "
        "医疗险 意外险 车险 寿险 家财险 养老金 教育金 手机银行 网上银行 收款码 POS机 融资融券 期货 信托 保单 借款 "
        "花呗 白条 分期 零钱 钱包 利率 手续费"
    ),
    "property": (
        "新房 二手房 公寓 别墅 商铺 写字楼 车位 厂房 仓库 洋房 学区房 安置房 公租房 样板间 购房合同 房产证 首付 "
        "尾款 钥匙 物业费 租约 房租 押金 户型 精装修 毛坯房 楼盘 小区 门面 摊位"
    ),
    "health": (
        "体检 洗牙 种植牙 牙齿矫正 近视手术 植发 疫苗 挂号 复诊 化验 检查报告 核磁共振 胃镜 手术 住院 康复 针灸 "
        "推拿 膏方 中药 眼镜 助听器 月子餐 产检 护理 美容 皮肤管理 水光针 双眼皮 减脂 健身 私教课 游泳课 瑜伽 "
        "心理咨询 家庭医生 保健品 营养品 血压计 轮椅"
    ),
    "recruitment": (
        "面试 笔试 复试 入职 合同 工资 社保 简历 岗位 兼职 实习 招聘会 培训 考勤 加班费 宿舍 工服 体检表 试用期 "
        "转正 派遣 小时工 普工 客服 会计 司机 保安 保洁 厨师 店长 销售 主播"
    ),
    "travel": (
        "机票 火车票 船票 汽车票 酒店 民宿 房间 门票 年卡 跟团游 自由行 签证 护照 租车 接机 行李 登机口 座位 "
        "电影票 演出票 演唱会 漂流 温泉 滑雪 露营 游轮 研学 夏令营 包车 导游 索道 乐园 博物馆"
    ),
    "education": (
        "课程 试听课 网课 暑假班 寒假班 作文班 编程课 钢琴课 舞蹈课 书法课 英语课 奥数 自习室 托管 驾校 科目二 "
        "驾照 考研 公考 教资 学历 毕业证 准考证 成绩单 学费 教材 校服 奖学金 助学金 图书 作业 家长会 家教 夏令营 "
        "课时 练车 留学 雅思"
    ),
    "retail": (
        "衣服 裙子 外套 羊毛衫 鞋子 包包 手表 首饰 项链 戒指 黄金 口红 面膜 香水 洗发水 牙膏 纸巾 大米 食用油 鸡蛋 "
        "牛奶 水果 蔬菜 海鲜 牛肉 零食 蛋糕 面包 咖啡 奶茶 茶叶 白酒 红酒 奶粉 尿不湿 玩具 手机 电脑 平板 耳机 "
        "电视 冰箱 空调 洗衣机 热水器 油烟机 扫地机 沙发 床垫 窗帘 地板 瓷砖 橱柜 轮胎 机油 鲜花 猫粮 狗粮 月饼 "
        "粽子 年货 礼盒 优惠券 红包 积分 会员卡 购物卡 礼品卡 套餐 订单 包裹 快递 外卖 团购 秒杀商品 赠品 礼品 "
        "样品"
    ),
    "government": (
        "身份证 居住证 户口 营业执照 许可证 不动产证 社保卡 医保 公积金 养老保险 失业金 低保 补贴 个税 退税 发票 "
        "违章 罚款 驾驶证 行驶证 年检 案件 传票 诉讼费 仲裁 信访件 工单 投诉 举报 婚姻登记 准生证 老年卡 残疾证 "
        "优待证 公租房 入学报名 兵役登记 宅基地 备案 公示"
    ),
    "other": (
        "宽带 流量 话费 套餐 彩铃 短信包 手机号 副卡 亲情号 电费 水费 燃气费 暖气费 停车费 ETC 充电桩 快充 洗车 "
        "保养 维修 搬家 保洁 开锁 疏通 装修 设计图 家具安装 家电清洗 域名 服务器 云盘 会员 账号 密码 游戏 皮肤 "
        "直播 视频会员 音乐会员 App 打印 名片 广告牌 代账 商标 公司注册 新车 二手车 试驾 宠物洗澡 绝育 寄养 婚纱照 "
        "证件照 婚宴 生日宴"
    ),
}
"""What is served as well as sold, by trade: a word that both say tells neither."""


class Filling:
    """One filling of one template: a source of chance and the vocabulary to use."""

    def __init__(self, rng: random.Random, *, held_out: bool) -> None:
        self.rng = rng
        self.side = int(held_out)

    def one(self, lists: tuple[tuple[str, ...], tuple[str, ...]] | tuple[str, str]) -> str:
        """One of the vocabulary's own list."""
        return self.rng.choice(lists[self.side])

    def digits(self, count: int) -> str:
        """So many digits, the first of them not 0."""
        return str(self.rng.randrange(10 ** (count - 1), 10**count))

    def name(self) -> str:
        """An invented two-character name."""
        return self.one(_FIRST) + self.one(_SECOND)

    def fill(self, slot: str) -> str:
        """What stands for `slot`. Raises KeyError for a blank nobody knows how to fill."""
        if slot == "thing" or slot.startswith("thing-"):
            trade = slot[6:] or self.rng.choice(tuple(_THINGS))
            return self.rng.choice(_THINGS[trade].split())
        if slot in _KINDS:
            first = self.one(_CITIES) if self.rng.random() < 0.3 else self.name()
            return first + self.rng.choice(_KINDS[slot])
        return _FILLERS[slot](self)


def _amount(f: Filling) -> str:
    value = round(10 ** f.rng.uniform(0.5, 5), 2)
    return f"{value:,.2f}" if f.rng.random() < 0.6 else f"{value:.2f}"


def _money(f: Filling) -> str:
    value = f.rng.choice((10, 50, 100, 500, 1000)) * f.rng.randrange(2, 100)
    return f"{value:,}" if f.rng.random() < 0.2 else str(value)


def _day(f: Filling) -> str:
    month, day = f.rng.randrange(1, 13), f.rng.randrange(1, 29)
    return f.rng.choice(
        (f"{month}月{day}日", f"{month:02}月{day:02}日", f"{month}.{day}", f"{month:02}-{day:02}", f"本月{day}日",
         "明天", f"2026年{month}月{day}日")
    )  # fmt: skip


def _time(f: Filling) -> str:
    hour, minute = f.rng.randrange(7, 23), f.rng.choice((0, 0, 15, 30, 45, f.rng.randrange(60)))
    return f.rng.choice((f"{hour}:{minute:02}", f"{hour}点", f"{hour}时{minute:02}分", f"{hour:02}:{minute:02}"))


def _mobile(f: Filling) -> str:
    number = f.rng.choice(("138", "139", "150", "186", "177", "135")) + f.digits(8)
    shape = f.rng.random()
    return f"{number[:3]}-{number[3:7]}-{number[7:]}" if shape < 0.1 else number


def _landline(f: Filling) -> str:
    area = f.rng.choice(("0512", "027", "010", "0755", "028", "0571"))
    return f"{area}-{f.rng.randrange(2, 9)}{f.digits(7)}"


def _hotline(f: Filling) -> str:
    return f.rng.choice(
        (
            f"400-{f.digits(3)}-{f.digits(4)}",
            f"400{f.digits(7)}",
            f"95{f.digits(3)}",
            f"400-{f.digits(4)}-{f.digits(3)}",
        )
    )


def _phone(f: Filling) -> str:
    return f.rng.choice((_mobile, _landline, _hotline))(f)


def _word(f: Filling, count: int) -> str:
    return "".join(f.rng.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(count))


def _link(f: Filling) -> str:
    host = f.rng.choice(
        ("t.cn", "dwz.cn", "suo.im", f"{_word(f, 3)}.cn", f"m.{_word(f, 5)}.com", f"https://{_word(f, 4)}.com")
    )
    shape = f"{host}/{_word(f, f.rng.randrange(3, 8))}"
    return f" {shape} " if f.rng.random() < 0.7 else shape


def _bad_link(f: Filling) -> str:
    host = _word(f, 3) + f.rng.choice(("-gov", "-bank", "etc", "jf", "icbc", "id"))
    return f"{host}.{f.rng.choice(('top', 'cc', 'xyz', 'vip', 'com', 'cn'))}"


def _code(f: Filling) -> str:
    return f.digits(f.rng.choice((4, 4, 6, 6, 6, 5, 8)))


def _locker_code(f: Filling) -> str:
    shelf = f"{f.rng.randrange(1, 20)}-{f.rng.randrange(1, 9)}-{f.digits(4)}"
    return f.rng.choice((shelf, f.digits(6), f"{f.digits(2)}-{f.digits(4)}"))


def _plate(f: Filling) -> str:
    district = f.rng.choice("苏浙沪京鄂粤川") + f.rng.choice("ABCE") + f.rng.choice(("·", ""))
    return district + _word(f, 1).upper() + f.digits(4)


def _contact(f: Filling) -> str:
    handle = f"{_word(f, 2)}{f.digits(f.rng.randrange(3, 7))}"
    return f.rng.choice(
        (
            _mobile(f), f"电话{_mobile(f)}", f"加微信{handle}", f"加V{handle}", f"微信同号{_mobile(f)}",
            f"QQ{f.digits(8)}", f"加扣扣{f.digits(9)}", f"联系{_mobile(f)}", f"加vx：{handle}", f"薇信{handle}",
            f"{_mobile(f)}{f.one(_SURNAMES)}经理",
        )
    )  # fmt: skip


_WAYS_OUT: Final = (
    ("退订回T", "退订回TD", "拒收请回复R", "回T退订", "退订回N", "回复TD退订", "拒收回R", "退订TD", "拒收请回T", ""),
    (
        "退订请回复T",
        "不需要回TD",
        "回N退订",
        "拒收回复R",
        "TD退订",
        "如不需要请回复T退订",
        "退订回0000",
        "退订回T。",
        "",
    ),
)


def _person(f: Filling) -> str:
    surname = f.one(_SURNAMES)
    return f.rng.choice(
        (
            surname + "*",
            surname + f.one(_GIVEN),
            surname + f.one(_GIVEN) + f.one(_GIVEN),
            surname + "先生",
            surname + "女士",
        )
    )


def _app(f: Filling) -> str:
    return f.name() + f.rng.choice(("", "", "网", "通", "APP", "会员", "银行", "商城", "出行", "医疗", "教育", "政务"))


_FILLERS: Final[Mapping[str, Filler]] = {
    "tail": lambda f: f.rng.choice(("", "*", "**")) + f"{f.rng.randrange(10000):04}",
    "amt": _amount,
    "money": _money,
    "price": lambda f: f"{f.rng.uniform(2, 90):.2f}",
    "n": lambda f: str(f.rng.randrange(2, 10)),
    "nn": lambda f: str(f.rng.randrange(10, 100)),
    "nnn": lambda f: str(f.rng.randrange(100, 1000)),
    "md": _day,
    "hm": _time,
    "month": lambda f: f.rng.choice((f"{f.rng.randrange(1, 13)}月", "本月", "上月", "当期")),
    "year": lambda f: f.rng.choice(("2026", "2027")),
    "week": lambda f: f.rng.choice("一二三四五六日"),
    "order": lambda f: f.rng.choice(("", "", "LN", "A", "No.")) + f.digits(f.rng.randrange(9, 17)),
    "track": lambda f: f.rng.choice(("SF", "YT", "JD", "ZTO", "EMS", "")) + f.digits(f.rng.randrange(10, 15)),
    "pick": _locker_code,
    "code": _code,
    "mobile": _mobile,
    "hotline": _hotline,
    "phone": _phone,
    "link": _link,
    "badlink": _bad_link,
    "contact": _contact,
    "wx": lambda f: f"{_word(f, 3)}{f.digits(4)}",
    "qq": lambda f: f.digits(9),
    "td": lambda f: f.one(_WAYS_OUT),
    "td_t": lambda f: f.rng.choice(("退訂回T", "拒收請回覆R", "取消接收請回覆N", "")),
    "city": lambda f: f.one(_CITIES),
    "county": lambda f: f.one(_CITIES)[0] + f.one(_SECOND),
    "village": lambda f: f.one(_SURNAMES) + f.rng.choice("家庄坪湾沟坝塘") + f.rng.choice(("", "村")),
    "name": lambda f: f.one(_TITLES),
    "person": _person,
    "surname": lambda f: f.one(_SURNAMES),
    "goods": lambda f: f.one(_GOODS),
    "spot": lambda f: f.one(_SPOTS),
    "road": lambda f: f.one(_ROADS) + f.rng.choice(("", f"{f.rng.randrange(1, 300)}号")),
    "dept": lambda f: f.one(_DEPARTMENTS),
    "dept_gov": lambda f: f.rng.choice(("不动产登记", "婚姻登记", "企业开办", "公积金提取", "出入境")),
    "pet": lambda f: f.one(_PETS),
    "job": lambda f: f.one(_JOBS),
    "stock": lambda f: f.one(_STOCKS),
    "plate": _plate,
    "flight": lambda f: f.rng.choice(("MU", "CA", "CZ", "HU", "9C", "FM")) + f.digits(4),
    "train": lambda f: f.rng.choice("GDKTZ") + f.digits(f.rng.choice((2, 3, 4))),
    "seat": lambda f: f"{f.rng.randrange(1, 30)}{f.rng.choice('ABCDF')}",
    "host": lambda f: f"{f.rng.choice(('web', 'db', 'cache', 'app'))}-{f.digits(2)}",
    "app": _app,
    "app_en": lambda f: f.one(_APPS_EN),
    "shop_en": lambda f: f.one(_SHOPS_EN),
    "name_en": lambda f: f.one(_NAMES_EN),
    "city_en": lambda f: f.one(_CITIES_EN),
    "plate_en": lambda f: _word(f, 2).upper() + f.digits(3),
    "md_en": lambda f: f.rng.choice(("Mon", "Dec 5", "12 Nov", "Friday", "tomorrow", "2026-12-01")),
}  # fmt: skip
SLOTS: Final = frozenset(_KINDS) | frozenset(_FILLERS) | {"thing", *(f"thing-{trade}" for trade in _THINGS)}
"""Every blank that a template may leave."""
