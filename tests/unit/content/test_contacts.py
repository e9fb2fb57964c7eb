"""Telephone numbers, links and ways out: what is one, and what only looks so."""

from __future__ import annotations

import pytest

from anning.content import judge, way_out_works

PHONES: list[tuple[str, tuple[str, ...]]] = [
    ("详询400-800-1234", ("4008001234",)),
    ("电话:01012345678", ("01012345678",)),
    ("电话:01062345678", ("01062345678",)),
    ("致电95588", ("95588",)),
    ("一三八零零一三八零零零", ("13800138000",)),
    ("电话：１３８００１３８０００", ("13800138000",)),
    ("订单号13800138000", ()),
    ("您的订单号：13800138000已发货", ()),
    ("订单编号为13800138000", ()),
    ("13800138000138", ()),
    ("尾号1234", ()),
    ("验证码95588", ()),
    ("验证码是10086", ()),
    ("运单SF13800138000", ()),
    ("身份证号110101199003071234", ()),
    ("金额95588元", ()),
    ("0512-66668888转801", ("051266668888",)),
    ("(010)62345678", ("01062345678",)),
    ("+86 138 0013 8000", ("13800138000",)),
    ("0086-13800138000", ("13800138000",)),
    ("138-0013-8000或13900139000", ("13800138000", "13900139000")),
    ("联系13800138000/13900139000", ("13800138000", "13900139000")),
    ("请拨打12345", ("12345",)),
    ("拨打96110", ("96110",)),
    ("2026年11月11日10:03", ()),
    ("138****8000", ()),
    ("①③⑧00138000", ("13800138000",)),
    ("1 3 8 0 0 1 3 8 0 0 0", ("13800138000",)),
    ("l38OO138OOO", ("13800138000",)),
    ("咨询热线：88886666", ("88886666",)),
    ("400 800 1234", ("4008001234",)),
    ("4001-234-567", ("4001234567",)),
    ("卡号6222 0212 3456 7890 123", ()),
    ("客服10086", ("10086",)),
    ("95588积分", ()),
    ("10690000回复", ()),
    ("请致电客服热线95588或访问", ("95588",)),
    ("手机13800138000", ("13800138000",)),
    ("流水号202611110001380013", ()),
    ("拨打110报警", ("110",)),
    ("票号781-2345678901", ()),
    ("户号1380013800", ()),
    ("房间13800", ()),
    ("号码为13800138000的机主", ("13800138000",)),
    ("1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣", ("13800138000",)),
    ("壹叁捌零零壹叁捌零零零", ("13800138000",)),
    ("tel:13800138000", ("13800138000",)),
    ("余额12345.67元", ()),
    ("共12345人参与", ()),
    ("V13800138000", ("13800138000",)),
    ("QQ13800138000", ()),
]

LINKS: list[tuple[str, tuple[str, ...]]] = [
    ("点击 t.cn/xyz 领取", ("t.cn/xyz",)),
    ("http://www.a.com/b?c=1。", ("http://www.a.com/b?c=1",)),
    ("V1.0版本", ()),
    ("12.5元", ()),
    ("a@b.com", ()),
    ("登录haizhou.com查看", ("haizhou.com",)),
    ("abc。com", ("abc.com",)),
    ("t点cn/abc", ("t.cn/abc",)),
    ("#小程序://海州/abc", ("#小程序://海州/abc",)),
    ("weixin://dl/business/?t=abc", ("weixin://dl/business/?t=abc",)),
    ("3.cn/abc", ("3.cn/abc",)),
    ("wap.10086.cn", ("wap.10086.cn",)),
    ("No.1品牌", ()),
    ("共3.5万", ()),
    ("２０２６.１１.１１", ()),
    ("ｗｗｗ．ａｂｃ．ｃｏｍ", ("www.abc.com",)),
    ("Co.Ltd", ()),
    ("时间11.11-11.13", ()),
    ("node.js", ()),
    ("abc .com", ("abc.com",)),
    ("http：//a1.cn/b", ("http://a1.cn/b",)),
    ("版本12.1.3", ()),
    ("约10.5km", ()),
    ("192.168.1.1", ()),
]

WAYS: list[tuple[str, str, bool]] = [
    ("拒收请回复R", "R", True),
    ("退订回T", "T", True),
    ("回TD退订", "TD", True),
    ("回复0退订", "0", True),
    ("退订请回复TD", "TD", True),
    ("Reply STOP to unsubscribe", "STOP", True),
    ("拒收N", "N", True),
    ("拒收回N", "N", True),
    ("不需要请回复 0000", "0000", True),
    ("优惠多多 TD", "TD", True),
    ("退订请登录网站→我的→设置", "", False),
    ("退订请先关注公众号再申请", "", False),
    ("退订请致电客服人工办理并提供身份证", "", False),
    ("退订请拨打400-800-1234", "", True),
    ("退订点 t.cn/td", "", True),
    ("退订回复T(0.5元/条)", "T", False),
    ("回复退订即可退订", "退订", True),
    ("如不需要请回复“退订”", "退订", True),
    ("退订回QX99", "QX99", True),
    ("回复【TD】退订", "TD", True),
    ("回复'T'退订", "T", True),
    ("退订请发送TD到10690001", "TD", True),
    ("TD退订", "TD", True),
    ("退订T", "T", True),
    ("/回T退", "T", True),
    ("回n退", "N", True),
    ("退订请回 Ｔ", "T", True),
    ("退·订回T", "T", True),
    ("拒收請回覆R", "R", True),
    ("不想再收到请回复N", "N", True),
    ("回复TD免费退订", "TD", True),
    ("unsubscribe: t.cn/un", "", True),
    ("退订业务请到营业厅办理", "", False),
    ("回T后再回复Y确认退订", "", False),
]


@pytest.mark.parametrize(("text", "phones"), PHONES)
def test_a_phone_is_what_a_reader_could_call(text: str, phones: tuple[str, ...]) -> None:
    seen = judge(text)
    assert seen.phones == phones
    assert seen.names_phone is bool(phones)


@pytest.mark.parametrize(("text", "links"), LINKS)
def test_a_link_is_what_a_reader_could_open(text: str, links: tuple[str, ...]) -> None:
    seen = judge(text)
    assert seen.links == links
    assert seen.has_link is bool(links)


@pytest.mark.parametrize(("told", "keyword", "one_step"), WAYS)
def test_a_way_out_is_seen_with_its_keyword_and_steps(told: str, keyword: str, one_step: bool) -> None:
    seen = judge(f"【安宁】全场5折，{told}")
    assert seen.offers_way_out
    assert seen.way_out_one_step is one_step
    assert not keyword or seen.way_out_keyword == keyword


@pytest.mark.parametrize("text", ["您的酒店订单已退订成功", "【安宁】全场5折", "退订费20元已退回", "您已取消预约"])
def test_no_way_out_is_seen_where_none_is_told(text: str) -> None:
    assert not judge(text).offers_way_out


@pytest.mark.parametrize(
    "told", ["退订回T", "拒收请回复R", "回复0000退订", "退订回N", "Reply STOP to unsubscribe", "退订请回复“退订”"]
)
def test_an_announced_keyword_works_when_the_reply_reader_takes_it_for_a_refusal(told: str) -> None:
    assert way_out_works(f"【安宁】全场5折，{told}")


@pytest.mark.parametrize("told", ["退订回QX99", "退订回Y", "退订请先关注公众号再申请", ""])
def test_a_keyword_nobody_understands_does_not_work(told: str) -> None:
    assert not way_out_works(f"【安宁】全场5折，{told}")
