"""Answers that say one thing and look like another: wishes denied, questions about refusing, other matters refused."""

from __future__ import annotations

import pytest

from anning.content import Reply, read_reply

REFUSALS = [
    "不愿意再被打扰",
    "不想让我收到这些",
    "别叫我收这种短信",
    "不太想收到你们的信息",
    "我们不希望被骚扰",
    "不喜欢收广告",
    "不打算再收",
    "不想每天收到推销",
    "取关了",
    "关闭短信提醒",
    "关掉推送",
    "终止发送服务",
    "中止服务",
    "退盯",
    "退叮",
    "tuidin",
    "tuidi",
    "别给咱发",
    "别往老子这发",
    "ttdd",
    "TTTDD",
    "我没报过名",
    "没有报名",
    "不关注了",
    "停用服务",
    "我不是退订了吗",
    "不要你们的垃圾，要点脸",
    "不要贷款，要钱自己有",
    "不要，我要睡觉",
    "不要短信，我要退订",
    "没有退订方式吗",
    "退订成功了吗，怎么还在发",
    "卖房的退订",
    "不需要谢谢",
    "不用谢谢",
    "不要谢谢",
    "不用了，别担心我会投诉",
    "业务退订",
    "不想收到，不用客气",
    "取消订阅，订单照旧",
    "取消你们的短信",
    "不停发短信",
    "别不停地发",
    "停停停",
    "不要再发了，停",
    "不停地骚扰",
    "我不希望收到广告",
    "不希望收到广告",
    "不希望再收到",
    "请别让我收到广告",
    "取关",
    "关闭推送",
    "終止服務",
    "退钉",
    "tuid",
    "别给俺发了",
    "TDDDD",
    "我没报名",
]

NO_REFUSALS = [
    "别停，接着发",
    "不用着急，慢慢来，我有空再去",
    "不是要退订，是想咨询一下",
    "我不拒绝，多少钱",
    "别担心，我会参加",
    "不必客气，谢谢",
    "不是拒收，请发地址",
    "不会取消，明天到",
    "取消今天下午的会议",
    "取消周三的挂号",
    "不要大码的，换成中码",
    "不要辣的，要清汤",
    "怎么还没发货",
    "还没发货",
    "退款还没到",
    "不要停，继续发给我",
    "不是退订，我想咨询",
    "我不拒绝",
    "不要误会，我很感兴趣",
    "好的不用担心",
    "我想取消明天的预约",
    "我不要红色的，要蓝色",
]

QUESTIONS = [
    "退订是啥意思",
    "退订要多少钱",
    "取消会收费吗",
    "机票怎么退订",
    "退订成功了没",
    "TD是什么意思",
    "退订了会影响我的套餐吗",
    "门票可以退订吗",
    "退订是什么意思",
    "退订费多少",
    "酒店退订怎么收费",
    "我的退订成功了吗",
]

NEVER_WELCOMED = [
    "我没预约",
    "我没下单",
    "不想参加",
    "我没参加过你们活动",
    "没咨询过",
    "谁报名了",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_one_in_any_turn_of_speech(text: str) -> None:
    assert read_reply(text).reply is Reply.REFUSAL


@pytest.mark.parametrize("text", NO_REFUSALS)
def test_refusing_something_else_refuses_no_messages(text: str) -> None:
    assert read_reply(text).reply is Reply.NO_REFUSAL


@pytest.mark.parametrize("text", QUESTIONS)
def test_asking_about_refusing_is_not_refusing(text: str) -> None:
    assert read_reply(text).reply is not Reply.REFUSAL


@pytest.mark.parametrize("text", NEVER_WELCOMED)
def test_a_negated_welcome_is_never_read_as_one(text: str) -> None:
    assert read_reply(text).reply is not Reply.NO_REFUSAL
