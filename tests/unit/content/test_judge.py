"""What the rules observe in one message, beyond its class."""

from __future__ import annotations

import hashlib

import pytest

from anning.content import (
    REPLY_HASH,
    RULES_HASH,
    ContentClass,
    fold_signature,
    judge,
    normalise,
    segments,
    utf16_length,
)

LOAN = "【安宁银行】您有一笔20万元信用贷款额度可申请，利率优惠，详询400-800-1234，拒收请回复R"


def test_everything_a_lawful_offer_carries_is_seen() -> None:
    seen = judge(LOAN)
    assert seen.klass is ContentClass.COMMERCIAL
    assert (seen.signature, seen.trade, seen.phones) == ("安宁银行", "finance", ("4008001234",))
    assert seen.names_sender
    assert seen.names_phone
    assert (seen.offers_way_out, seen.way_out_keyword, seen.way_out_one_step) == (True, "R", True)
    assert (seen.has_link, seen.length, seen.segments) == (False, 50, 1)
    assert seen.text_hash == hashlib.sha256(LOAN.encode()).hexdigest()


def test_an_empty_message_is_judged_too() -> None:
    seen = judge("")
    assert (seen.length, seen.segments, seen.klass) == (0, 1, ContentClass.SERVICE)
    assert seen.commercial_score < 0.5


@pytest.mark.parametrize(
    ("text", "signature", "others"),
    [
        ("【安宁银行】您好", "安宁银行", ()),
        ("您好【安宁银行】", "安宁银行", ()),
        ("[安宁银行]您好", "安宁银行", ()),
        ("〔安宁银行〕您好", "安宁银行", ()),
        ("【安宁银行】您好【海州购】", "安宁银行", ("海州购",)),
        ("【安寧銀行】您好", "安宁银行", ()),
        ("\u200b【安宁银行】您好", "安宁银行", ()),
        ("【验证码】4829", "", ("验证码",)),
        ("您好，验证码[4829]", "", ()),
        ("您好", "", ()),
    ],
)
def test_the_signature_is_read_at_either_end(text: str, signature: str, others: tuple[str, ...]) -> None:
    seen = judge(text)
    assert (seen.signature, seen.other_signatures) == (signature, others)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("安宁银行提醒您：您的账单已出", True),
        ("海州市气象台发布暴雨预警", True),
        ("全场五折，退订回T。海州百货", True),
        ("您的银行卡已到期", False),
        ("无抵押贷款，电话13800138000", False),
    ],
)
def test_a_sender_may_be_named_in_words(text: str, named: bool) -> None:
    assert judge(text).names_sender is named


@pytest.mark.parametrize(("units", "parts"), [(0, 1), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)])
def test_seventy_units_are_one_part_and_then_sixty_seven_each(units: int, parts: int) -> None:
    assert segments(units) == parts


def test_length_counts_code_units() -> None:
    assert utf16_length("安宁😀") == 4


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("贷*款", "贷款"),
        ("貸款", "贷款"),
        ("贷\u200b款", "贷款"),
        ("加 v x", "加微信"),
        ("薇.信", "微信"),
        ("扣扣", "qq"),
        ("ｄａｉｋｕａｎ", "贷款"),
        ("dàikuǎn", "贷款"),
        ("二十万元", "20万元"),
        ("三千五百元", "3500元"),
        ("一三八零零一三八零零零", "13800138000"),
        ("壹贰叁", "123"),
        ("八折", "8折"),
        ("百分之三十", "30%"),
        ("①②③", "123"),
        ("1️⃣3️⃣8️⃣", "138"),
        ("ＶＩＰ", "vip"),
        ("ТD", "td"),
        ("【贷】款", "贷款"),
        ("万一千万别忘", "万一千万别忘"),
        ("十分感谢", "十分感谢"),
    ],
)
def test_disguise_is_undone(written: str, meant: str) -> None:
    assert normalise(written) == meant


def test_a_warning_against_an_offer_is_no_offer() -> None:
    seen = judge("【安宁银行】银行不会索要验证码，谨防无抵押贷款、刷单返利诈骗。")
    assert seen.klass is ContentClass.SERVICE
    assert seen.commercial_score < 0.2
    assert seen.prohibited_kind == ""


def test_an_official_address_is_not_taken_for_phishing() -> None:
    text = "工商银行：您的密码器将于次日失效，请登录 {} 重新激活"
    assert judge(text.format("www.icbxk.com")).prohibited_kind == "phishing"
    assert judge(text.format("www.icbc.com.cn")).prohibited_kind == ""


def test_what_one_person_asks_another_is_clearly_no_offer() -> None:
    assert judge("明天下午去不去爬山").commercial_score < 0.1


def test_a_signature_compares_in_one_spelling() -> None:
    assert fold_signature("【安寧銀行】") == fold_signature("安宁银行 ") == "安宁银行"


def test_the_rules_are_named_by_a_hash() -> None:
    assert len(RULES_HASH) == len(REPLY_HASH) == 64
    assert RULES_HASH != REPLY_HASH


@pytest.mark.parametrize(
    ("text", "klass"),
    [
        ("【海州移动】您的积分将于12月31日到期", ContentClass.SERVICE),
        ("【海州移动】您有3200积分即将到期，请尽快兑换礼品", ContentClass.COMMERCIAL),
        ("【海州公安】低息贷款、免费领取，都是诈骗套路，谨防上当", ContentClass.PUBLIC_INTEREST),
        ("【小满】谨防诈骗，低息贷款认准小满，最高50万，退订回T", ContentClass.COMMERCIAL),
    ],
)
def test_the_line_runs_where_a_person_would_draw_it(text: str, klass: ContentClass) -> None:
    assert judge(text).klass is klass
