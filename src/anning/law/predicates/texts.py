"""What the text carries, and the public-interest application behind it (文本要素)."""

from __future__ import annotations

from anning.law.observations import NotSeen, Seen
from anning.law.predicates.registering import Figure, predicate


@predicate("写明发送者名称", "names the sender", reads=("names_sender",))
def names_sender(o: Seen, _: Figure) -> bool:
    """By signature or in the text (标明名称)."""
    return bool(o.names_sender)


@predicate("写明联系电话", "names a telephone number", reads=("names_phone",))
def names_phone(o: Seen, _: Figure) -> bool:
    """A number one can call (联系电话)."""
    return bool(o.names_phone)


@predicate("告知退订方式", "tells a way to refuse", reads=("way_out",))
def way_out(o: Seen, _: Figure) -> bool:
    """A way to refuse told in the message (拒绝接收方式)."""
    return bool(o.way_out)


@predicate(
    "退订方式一步有效", "the way to refuse is one step and works", reads=("way_out_one_step", "way_out_understood")
)
def way_out_works(o: Seen, _: Figure) -> bool:
    """One step, and the announced word is understood by the reply parser (便捷有效)."""
    return bool(o.way_out_one_step and o.way_out_understood)


@predicate("含网址或链接", "contains a link", reads=("has_link",))
def has_link(o: Seen, _: Figure) -> bool:
    """A web address or link of any form."""
    return bool(o.has_link)


@predicate("属于工作宣传", "is publicity of work", reads=("publicity_of_work",))
def publicity_of_work(o: Seen, _: Figure) -> bool:
    """Publicity of an agency's own work (工作宣传)."""
    return bool(o.publicity_of_work)


@predicate(
    "超过公益短信字数", "is longer than a public-interest SMS may be", "public_interest_characters", reads=("length",)
)
def too_long_for_public_interest(o: Seen, figure: Figure) -> bool:
    """Longer than the parameter, in characters (不超过70个字符)."""
    return bool(o.length > figure("public_interest_characters"))


@predicate("写明发送机构和电话", "names the agency and its telephone", reads=("names_agency", "names_phone"))
def names_agency_and_phone(o: Seen, _: Figure) -> bool:
    """Agency and telephone in the text (发送机构名称和联系电话)."""
    return bool(o.names_agency and o.names_phone)


@predicate("公益申请已获协调同意", "the public-interest application was approved", reads=("approval",))
def approved(o: Seen, _: Figure) -> bool:
    """An approval whose text and agency match."""
    return bool(o.approval is not None and o.approval.approved)


@predicate("属于应急公益短信", "is emergency public-interest", reads=("approval",))
def emergency(o: Seen, _: Figure) -> bool:
    """Warning or handling of disaster, accident, public health or security (应急类)."""
    return bool(o.approval is not None and o.approval.emergency)


@predicate("申请足够提前", "the application was early enough", "application_working_days", reads=("approval",))
def applied_in_time(o: Seen, figure: Figure) -> bool:
    """Filed at least that many working days ahead (提前15个工作日)."""
    if o.approval is None:
        return False
    ahead = o.approval.working_days_ahead
    if not isinstance(ahead, int):
        raise NotSeen("approval")
    return ahead >= figure("application_working_days")


@predicate("在批准的发送时段内", "is within the approved time", reads=("approval",))
def in_approved_window(o: Seen, _: Figure) -> bool:
    """Sent within the window the application states."""
    return bool(o.approval is not None and o.approval.in_window)
