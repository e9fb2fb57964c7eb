"""What a communication is: commercial, a port message, private, prohibited (通信性质)."""

from __future__ import annotations

from anning.law.observations import Channel, CodeState, NotSeen, Purpose, Seen
from anning.law.predicates.registering import PREDICATES, Figure, predicate
from anning.numbers import OWN_NUMBERS


@predicate(
    "属于商业性",
    "is commercial",
    "commercial_score",
    "personal_commercial_score",
    reads=(
        "purpose",
        "channel",
        "code_use",
        "platform_call",
        "sender_kind",
        "content_class",
        "commercial_score",
        "code_kind",
    ),
)
def commercial(o: Seen, figure: Figure) -> bool:
    """Introduces or promotes goods, services or investment chances (商业性, draft art. 42(7)): as declared, or as read.

    What is declared a service is commercial all the same when its text is. Between people much is said that would be an
    offer from a firm: from a person's own number only a text that is plainly one counts. A call has no text:
    its declaration as a service is believed from a code that is not registered for marketing; undeclared it is private
    between people. What else is said of a call, nobody can check: unknown.
    """
    if o.purpose is Purpose.COMMERCIAL:
        return True
    if o.channel is Channel.CALL:
        if o.purpose is Purpose.SERVICE and o.code_use != "commercial":
            return False
        if o.purpose is Purpose.UNDECLARED and not o.platform_call and o.sender_kind == "person":
            return False
        raise NotSeen("purpose")
    if o.content_class != "commercial" and o.commercial_score < figure("commercial_score"):
        return False
    if o.channel is Channel.SMS and o.code_kind in OWN_NUMBERS and o.sender_kind == "person":
        return bool(o.commercial_score >= figure("personal_commercial_score"))
    return True


@predicate("是端口类短信", "is a port message", reads=("channel", "code_kind"))
def port_message(o: Seen, _: Figure) -> bool:
    """Sent from a provider's own or an industry port (端口类短信息, draft art. 42(5), 43)."""
    if o.channel is Channel.CALL:
        return False
    return bool(o.channel is Channel.APP or o.code_kind not in OWN_NUMBERS)


@predicate("是平台类电话", "is a platform call", reads=("channel", "platform_call"))
def platform_call(o: Seen, _: Figure) -> bool:
    """Dialled out from a call-centre platform (平台类电话, draft art. 42(6))."""
    return bool(o.channel is Channel.CALL and o.platform_call)


@predicate(
    "是个人之间的通信",
    "is private between people",
    "commercial_score",
    "personal_commercial_score",
    reads=("code_state", *PREDICATES["commercial"].reads),
)
def private(o: Seen, figure: Figure) -> bool:
    """A person's own number, no platform, nothing promoted."""
    if o.channel is Channel.APP or o.platform_call or o.purpose not in (Purpose.UNDECLARED, Purpose.SERVICE):
        return False
    if o.sender_kind != "person" or o.code_kind not in OWN_NUMBERS:
        return False
    if o.code_state not in (CodeState.PERSONAL, CodeState.ACTIVE):
        return False
    return not PREDICATES["commercial"].read(o, figure)


@predicate("含有禁止性内容", "carries prohibited content", reads=("prohibited",))
def prohibited(o: Seen, _: Figure) -> bool:
    """Content the Cybersecurity Law or the Telecom Regulation forbids (禁止性内容)."""
    return bool(o.prohibited)


@predicate("与已封堵内容一致", "repeats a blocked content", reads=("content_blocked",))
def content_blocked(o: Seen, _: Figure) -> bool:
    """Matches a content block in force (内容封堵, draft art. 32)."""
    return bool(o.content_blocked)


@predicate("按公益性短信申报", "is declared public-interest", reads=("purpose", "channel"))
def public_interest(o: Seen, _: Figure) -> bool:
    """Declared as public-interest SMS (公益性短信息)."""
    return bool(o.purpose is Purpose.PUBLIC_INTEREST and o.channel is not Channel.CALL)
