"""Disguise, width and script change nothing; decorated refusals refuse; the judge takes any string."""

from __future__ import annotations

import opencc
from hypothesis import given, settings
from hypothesis import strategies as st

from anning.content import ContentClass, Reply, judge, normalise, read_reply, segments, way_out_works
from anning.content.lexicon import lexicon

ADS = (
    "【安宁银行】无抵押信用贷款，当天放款，利息低，额度二十万，详询13800138000，拒收请回复R",
    "【海州购】双十一全场五折起，优惠券免费领取，限时抢购，退订回T",
    "【海州置业】海州府盛大开盘，首付三十万起，买房送车位，退订回TD",
    "【青禾教育】名师一对一辅导，免费试听，报名立减五百元，退订回N",
)
INSERTED = ("\u200b", "\u200c", "\u2060", "\u00ad", " ", "*", "·", ".", "_", "|", "~", "★", "\ufeff")
TO_TRADITIONAL = opencc.OpenCC("s2t")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@st.composite
def disguised(draw: st.DrawFn) -> str:
    """An advertisement with signs inserted between its Chinese characters, perhaps traditional, perhaps full-width."""
    text = draw(st.sampled_from(ADS))
    body = text[text.index("】") + 1 :]
    pieces = []
    for here, following in zip(body, body[1:] + "。", strict=True):
        pieces.append(here)
        if "\u4e00" <= here <= "\u9fff" and "\u4e00" <= following <= "\u9fff" and draw(st.booleans()):
            pieces.append(draw(st.sampled_from(INSERTED)))
    body = "".join(pieces)
    if draw(st.booleans()):
        body = TO_TRADITIONAL.convert(body)
    if draw(st.booleans()):
        body = body.translate(WIDE)
    return text[: text.index("】") + 1] + body


@given(disguised())
@settings(max_examples=150, deadline=None)
def test_an_advertisement_in_disguise_stays_commercial(text: str) -> None:
    seen = judge(text)
    assert seen.klass is ContentClass.COMMERCIAL
    assert seen.commercial_score > 0.9
    assert seen.offers_way_out


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_string_is_judged_and_always_the_same(text: str) -> None:
    seen = judge(text)
    assert seen == judge(text)
    assert 0.0 <= seen.score <= 1.0
    assert 0.0 <= seen.commercial_score <= 1.0
    assert seen.segments == segments(seen.length)
    assert seen.has_link is bool(seen.links)
    assert seen.names_phone is bool(seen.phones)
    read_reply(text)
    way_out_works(text)


@given(st.text(alphabet="贷款验证码退订回TD0138.。:/【】[]() \u200b元万一二三微信http点击cn不", max_size=120))
@settings(max_examples=200, deadline=None)
def test_texts_made_of_telling_characters_are_judged_too(text: str) -> None:
    assert judge(text) == judge(text)
    read_reply(text)


OFFER_WORDS = sorted({word for group in lexicon().offers for word in group.words})
CODE_MESSAGES = (
    "【海州】验证码482913，您正在{}，5分钟内有效，请勿泄露。",
    "【海州】您的验证码是482913，用于{}，如非本人操作请忽略。",
    "482913是您办理{}的验证码，请勿告知他人",
)


@given(st.sampled_from(CODE_MESSAGES), st.sampled_from(OFFER_WORDS))
@settings(max_examples=300, deadline=None)
def test_a_code_never_becomes_commercial_by_what_it_is_for(message: str, word: str) -> None:
    seen = judge(message.format(word))
    assert seen.klass is ContentClass.SERVICE
    assert seen.is_verification_code


REFUSALS = ("退订", "TD", "T", "拒收", "不要再发了", "别发了", "STOP", "取消订阅", "不需要", "请勿打扰", "unsubscribe")
BEFORE = ("", " ", "你好，", "请", "麻烦", "【", "“", "\u200b", "😡")
AFTER = ("", " ", "。", "！！！", "谢谢", "，谢谢！", "】", "”", "🙏", "~", "\u200b", "\n")


@given(st.sampled_from(BEFORE), st.sampled_from(REFUSALS), st.sampled_from(AFTER), st.booleans(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_decorated_refusal_stays_one(before: str, word: str, after: str, wide: bool, traditional: bool) -> None:
    text = before + word + after
    if traditional:
        text = TO_TRADITIONAL.convert(text)
    if wide:
        text = text.translate(WIDE)
    assert read_reply(text).reply is Reply.REFUSAL


@given(
    st.sampled_from(("不用", "不要", "先不", "我不", "别")),
    st.sampled_from(("退订", "退訂", "取消订阅", "拒收")),
    st.sampled_from(AFTER),
)
def test_a_denied_refusal_is_none(denial: str, word: str, after: str) -> None:
    assert read_reply(denial + word + after).reply is Reply.NO_REFUSAL


@given(st.text(max_size=200))
@settings(deadline=None)
def test_normalising_twice_raises_nothing(text: str) -> None:
    normalise(normalise(text))
