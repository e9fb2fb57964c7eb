"""SMS from persons, carried here by whoever runs a gateway, and what the system itself sends (来信与发件)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from anning.accounts.may import Denied
from anning.accounts.roles import Action
from anning.accounts.speaking import may_say
from anning.api.handlers.desk import keeps_wishes
from anning.api.handlers.registers import must_be_served
from anning.api.models import NumberText, Text
from anning.api.routes import Call, Route
from anning.errors import NotAllowed
from anning.outbox import Waiting
from anning.registers.commands import ReplyReceived, user_of_code
from anning.wishes.dialogue import Heard
from anning.wishes.proving import subscriber_number


class SmsReceived(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An SMS from a person, as it came."""

    number: NumberText
    to: Annotated[str, Meta(pattern=r"^\+?[0-9]{3,24}$")]
    text: Text


class Taking(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How many messages a gateway takes to send at once."""

    count: Annotated[int, Meta(ge=1, le=1000)] = 100


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Messages to send now, numbers whole; each is answered, or comes again after a minute."""

    messages: list[Waiting]


class SentOrNot(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What became of a message."""

    delivered: bool
    answer: Annotated[str, Meta(max_length=200)] = ""


class MessageState(msgspec.Struct, frozen=True, kw_only=True):
    """How a message stands."""

    state: Literal["waiting", "delivered", "failed", "expired"]


def hear_sms(call: Call) -> Heard:
    """An SMS from a person: a keyword, a yes, an answer to a sender. What is sent back lies in the outbox too."""
    asked: SmsReceived = call.body
    number, dialogue = subscriber_number(asked.number), call.house.wishes.dialogue
    if dialogue.is_registry(asked.to):
        keeps_wishes(call)
        must_be_served(call, number)
    elif call.who.kind != "local":
        said = ReplyReceived(number=number, code=asked.to, text=asked.text)
        with call.house.registers.store.read() as connection:
            user = user_of_code(connection, asked.to, call.house.clock())
        leave = may_say(call.tenant, said, code_user=user)
        if isinstance(leave, Denied):
            raise NotAllowed(leave.zh, leave.en, thing="reply-received", rule=leave.rule)
    return dialogue.hear(number, asked.to, asked.text, tenant=call.tenant.id, actor=call.who.actor, key=call.key)


def take_messages(call: Call) -> Taken:
    """What the system itself wants sent through this tenant's gateway."""
    asked: Taking = call.body
    return Taken(messages=call.house.outbox.take(call.tenant.id, asked.count, call.who.actor))


def answer_message(call: Call) -> MessageState:
    """What became of one."""
    asked: SentOrNot = call.body
    state = call.house.outbox.answer(call.tenant.id, call.params["id"], delivered=asked.delivered, answer=asked.answer)
    return MessageState(state=state)  # type: ignore[arg-type]  # the outbox knows no others


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/messages",
        action=Action.CARRY,
        handler=hear_sms,
        zh="转送用户来信：指令、确认、对发送者的答复",
        en="An SMS from a person: a keyword, a yes, an answer to a sender",
        tag="messages",
        takes=SmsReceived,
        answers=Heard,
        idempotent="answer",
        example={"number": "13800138000", "to": "10086", "text": "KTFSR"},
    ),
    Route(
        method="POST",
        path="/v1/outbox/take",
        action=Action.CARRY,
        handler=take_messages,
        zh="取走待发的系统短信",
        en="Take what the system itself wants sent",
        tag="messages",
        takes=Taking,
        answers=Taken,
        example={"count": 100},
    ),
    Route(
        method="POST",
        path="/v1/outbox/{id}",
        action=Action.CARRY,
        handler=answer_message,
        zh="告知一条系统短信是否送达",
        en="Say what became of one",
        tag="messages",
        takes=SentOrNot,
        answers=MessageState,
        example={"delivered": True},
    ),
)
