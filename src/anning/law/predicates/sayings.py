"""What the person said: consent, request, refusal, wish (本人意思)."""

from __future__ import annotations

from anning.law.observations import ConsentState, Seen, WishState
from anning.law.predicates.registering import Figure, predicate


@predicate("本人已同意", "the person consented or requested it", reads=("consent",))
def consented(o: Seen, _: Figure) -> bool:
    """An explicit consent or request to this sender stands (同意或请求)."""
    return bool(o.consent is ConsentState.VALID)


@predicate("本人主动请求", "the person requested it", reads=("consent", "consent_requested"))
def requested(o: Seen, _: Figure) -> bool:
    """The standing consent is a request, such as an immediate call-back (请求)."""
    return bool(o.consent is ConsentState.VALID and o.consent_requested)


@predicate("有过明示同意的记录", "an explicit consent is on record", reads=("ever_consented",))
def consent_on_record(o: Seen, _: Figure) -> bool:
    """An explicit consent of the present holder of the number was once recorded (同意凭证)."""
    return bool(o.ever_consented)


@predicate("本人已向该发送者表示拒绝", "the person refused this sender", reads=("refused_sender",))
def refused(o: Seen, _: Figure) -> bool:
    """Consent withdrawn, or an answer that refused (拒绝)."""
    return bool(o.refused_sender)


@predicate("同意因此后的总体谢绝而终止", "a later general refusal ended the consent", reads=("consent",))
def consent_ended(o: Seen, _: Figure) -> bool:
    """A general refusal ends earlier consents unless the subscriber keeps them (design, idea 7)."""
    return bool(o.consent is ConsentState.ENDED)


@predicate("本人登记了谢绝", "the person's registered wish declines it", reads=("wish",))
def declined(o: Seen, _: Figure) -> bool:
    """The wish in force for this channel, trade, hour and code declines (谢绝意愿)."""
    return bool(o.wish is WishState.DECLINED)


@predicate("同意并非明示", "the consent was pre-ticked, bundled or silent", reads=("consent",))
def invalid_act(o: Seen, _: Figure) -> bool:
    """Pre-ticked, bundled or silent: no explicit act (默认勾选、捆绑、沉默)."""
    return bool(o.consent is ConsentState.INVALID_ACT)


@predicate(
    "同意只给了平台，未给该商家",
    "the consent was given to the platform, not to this merchant",
    reads=("platform_consent_only",),
)
def platform_consent_only(o: Seen, _: Figure) -> bool:
    """A platform's consent does not pass to its merchants."""
    return bool(o.platform_consent_only)
