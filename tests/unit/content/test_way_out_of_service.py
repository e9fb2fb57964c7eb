"""Telling how to stop a notice is part of serving; an advertisement's way out is not (R18b, R19)."""

from __future__ import annotations

import pytest

from anning.content import ContentClass, judge, read_way_out, way_out_works


@pytest.mark.parametrize(
    "text",
    [
        "【安宁银行】您尾号8888的账户于11月11日支出人民币500元，余额1200元。退订动账提醒请登录网站办理。",
        "【江海银行】您尾号1023账户收到转账200元。如不需要余额提醒，请回复TD关闭该提醒。",
        "【麦田商城】您的订单已出库。不想接收物流短信请回T。",
        "【江城移动】您定制的天气短信服务本月已续订，2元/月，退订回复TDTQ。",
        "【麦田商城】您的订单已发货，拒收请回复R",
    ],
)
def test_a_way_out_alone_makes_no_service_message_commercial(text: str) -> None:
    seen = judge(text)
    assert seen.klass is ContentClass.SERVICE
    assert seen.commercial_score < 0.2


@pytest.mark.parametrize(
    "text",
    [
        "【麦田商城】您的订单已发货，全场羽绒服五折，拒收请回复R",
        "【安宁银行】您尾号8888的账户支出500元。信用贷最高30万，退订回T",
        "【麦田商城】秋冬系列，门店静候，拒收请回复R",
        "【麦田商城】亲爱的会员，新款到店，了解品牌故事，退订回T",
    ],
)
def test_the_way_out_of_an_advertisement_stays_a_sign_of_one(text: str) -> None:
    assert judge(text).klass is ContentClass.COMMERCIAL


def test_a_telephone_number_makes_no_warning_commercial() -> None:
    seen = judge("【江城防汛办】未来三天有大到暴雨，请注意防范，减少外出，咨询电话02785551234。")
    assert seen.klass is ContentClass.PUBLIC_INTEREST
    assert seen.commercial_score < 0.3


@pytest.mark.parametrize("name", ["社区团购", "森林木屋酒店", "税务师事务所", "消防器材商城", "江城政府采购咨询公司"])
def test_a_firm_with_a_word_of_an_agency_in_its_name_is_none(name: str) -> None:
    seen = judge(f"【{name}】请市民注意，今日鸡蛋特价，限时抢购")
    assert seen.klass is ContentClass.COMMERCIAL


def test_an_agency_that_sells_is_commercial() -> None:
    assert judge("【江城文旅局】景区年卡特惠98元，限时抢购，送礼包").klass is ContentClass.COMMERCIAL


@pytest.mark.parametrize("text", ["拒收请回复好", "退订请回复“好的”。", "回复好即可退订"])
def test_any_announced_word_is_seen_and_tried(text: str) -> None:
    text = f"【麦田】全场五折，{text}"
    assert read_way_out(text).keyword.startswith("好")
    assert not way_out_works(text)


@pytest.mark.parametrize("text", ["退订请回复本短信", "如不需要请联系客服", "退订请回复短信内容TD"])
def test_a_word_that_names_the_message_is_no_keyword(text: str) -> None:
    assert read_way_out(text).keyword in ("", "TD")


@pytest.mark.parametrize("cost", ["每条1元", "1元/条", "每条收1元", "0.1元每条", "一元一条"])
def test_a_way_out_that_costs_is_not_one_step(cost: str) -> None:
    way = read_way_out(f"【麦田】全场五折，回复TD退订，{cost}")
    assert (way.offered, way.keyword, way.one_step) == (True, "TD", False)


def test_a_price_by_the_unit_is_no_disguise() -> None:
    assert not judge("【停好车】洗车19.9元/次").obfuscated


def test_a_threat_is_no_warning() -> None:
    seen = judge("【ETC中心】您的ETC已失效，请点 etcgs.vip 重新认证，否则禁止上高速")
    assert seen.prohibited_kind == "phishing"


@pytest.mark.parametrize(
    "text",
    [
        "[Nimbus] 登入验证：请输入 20 71 88",
        "【校园通】本次操作码为：2 9 1 0，请在页面填写。",
        "【江海银行】序号03的动态口令：118273，您正在开通手机号支付。",
        "<#> 883102 is your Zippo code. aXc2+9zq1",
        "【KAYO】Use 772190 to sign in to your KAYO account.",
        "【龙渊游戏】礼包兑换确认码 7712，打死都不能告诉别人哦",
    ],
)
def test_codes_in_many_forms_are_seen(text: str) -> None:
    seen = judge(text)
    assert seen.is_verification_code
    assert seen.klass is ContentClass.SERVICE


@pytest.mark.parametrize(
    "told",
    [
        "拒收请回复R，退订需付0.1元",
        "退订需付0.1元，拒收请回复R",
        "拒收请回复R。退订费0.5元",
        "退订回T，拒收将扣1元",
        "退订回TD，退订费用1角",
        "取消订阅需支付2元，退订回N",
    ],
)
def test_a_price_of_refusing_told_anywhere_is_not_one_step(told: str) -> None:
    way = read_way_out(f"【麦田】全场8折，{told}")
    assert way.offered
    assert not way.one_step


@pytest.mark.parametrize(
    "told",
    [
        "拒收请回复R，退订免费",
        "退订回T，领50元红包",
        "满100付50元，退订回T",
        "退订费0元，退订回T",
        "付99元得礼包。拒收请回复R",
    ],
)
def test_a_price_of_what_is_sold_costs_nobody_who_refuses(told: str) -> None:
    assert read_way_out(f"【麦田】全场8折，{told}").one_step


@pytest.mark.parametrize(
    "text",
    [
        "8折，7天无理由退订，回复1报名",
        "课程可无条件退订，回复2领取试听",
        "会员3天内可退订，发送3开通",
        "支持退订，回复1参加抽奖",
        "随时退订，回复66订购",
    ],
)
def test_a_word_that_orders_is_no_way_out(text: str) -> None:
    assert not read_way_out(text).offered


def test_a_real_way_out_beside_such_a_word_is_seen() -> None:
    assert read_way_out("8折，7天无理由退订，回复1报名，拒收请回复R").keyword == "R"


@pytest.mark.parametrize(
    "told",
    ["退订请回复一万字感想", "退订请回复500字理由", "退订请写明原因", "退订请回复检讨一份", "退订请回复退订理由"],
)
def test_an_essay_is_no_keyword_and_no_single_step(told: str) -> None:
    way = read_way_out(f"【麦田】8折，{told}")
    assert not way.keyword.isdigit()
    assert not way.one_step
