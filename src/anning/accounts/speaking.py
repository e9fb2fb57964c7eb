"""Which tenant may say what to the registers (租户的登记范围): by its kind, and by whom it is about."""

from __future__ import annotations

from typing import Final

from anning.accounts.may import Denied, Granted, Leave
from anning.accounts.model import Tenant
from anning.registers import events as reg
from anning.registers.commands import ReplyReceived, Said

OPERATORS: Final = frozenset({"carrier", "reseller"})
"""Kinds of tenants that have subscribers."""

PERSONAL: Final = (
    reg.WishStated,
    reg.WishWithdrawn,
    reg.ConsentGiven,
    reg.ConsentWithdrawn,
    reg.WordsRecorded,
    ReplyReceived,
    reg.ReplyRead,
    reg.NumberRecycled,
    reg.NumberPorted,
    reg.ChargeNoticeGiven,
)
"""What is said of one person."""

_DEALINGS: Final = (
    reg.ConsentGiven,
    reg.ConsentWithdrawn,
    reg.WordsRecorded,
    ReplyReceived,
    reg.ReplyRead,
    reg.ChargeNoticeGiven,
)
_WHO_MAY: Final = (
    reg.OrganisationRegistered,
    reg.IdentityVerified,
    reg.LicenceRecorded,
    reg.CodeRecorded,
    reg.SignatureRecorded,
)
_MEASURES: Final = (reg.MeasureTaken, reg.ContentBlocked)

ALLOWED: Final[dict[str, tuple[type, ...]]] = {
    "registry": (
        *PERSONAL,
        *_WHO_MAY,
        *_MEASURES,
        reg.ApprovalRecorded,
        reg.NumberRangeServed,
        reg.LegalHoldSet,
        reg.ContactsRecorded,
        reg.InstrumentConfirmed,
        reg.HousePolicySet,
        reg.ContentModelDecided,
    ),
    "carrier": (*PERSONAL, *_WHO_MAY, *_MEASURES, reg.ContactsRecorded),
    "reseller": (*PERSONAL, reg.ContactsRecorded),
    "provider": (
        *_DEALINGS,
        reg.OrganisationRegistered,
        reg.IdentityVerified,
        reg.CodeRecorded,
        reg.SignatureRecorded,
        reg.ContentBlocked,
        reg.ContactsRecorded,
    ),
    "sender": _DEALINGS,
    "authority": (*_MEASURES, reg.ApprovalRecorded, reg.NumberRangeServed, reg.LegalHoldSet),
}
"""By the kind of a tenant, what it may say. What the registers make of answers themselves nobody says."""


def may_say(tenant: Tenant, said: Said, *, code_user: str | None = None) -> Leave:
    """Whether a tenant may say this.

    Args:
        code_user: who uses the code that a subscriber answered; None when nobody is known to.
    """
    if not isinstance(said, ALLOWED[tenant.tenant_kind]):
        return Denied("tenant", "这类登记不由本租户作出", "statements of this kind are not this tenant's to make")
    about = code_user if isinstance(said, ReplyReceived) else _about(said)
    if about is not None and not tenant.speaks_for(about):
        return Denied("tenant", f"本租户不得代表“{about}”", f"this tenant does not speak for {about!r}")
    if about is None and tenant.tenant_kind == "sender":
        return Denied("tenant", "该码号不是本租户机构的", "this code is not one of the tenant's organisations'")
    return Granted(f"tenant of kind {tenant.tenant_kind}")


def serves_only_its_own(tenant: Tenant) -> bool:
    """Whether a tenant sees and changes its own subscribers alone (R23b)."""
    return tenant.tenant_kind in OPERATORS


def may_speak_of(tenant: Tenant, said: Said, served_by: str) -> Leave:
    """Whether an operator may say this of a number.

    Args:
        served_by: the operator that serves the number now; empty when nobody does.
    """
    if not serves_only_its_own(tenant) or not isinstance(said, PERSONAL):
        return Granted(f"tenant of kind {tenant.tenant_kind}")
    if isinstance(said, reg.NumberPorted):
        if said.to == tenant.id:
            return Granted("gaining operator")
        return Denied("tenant", "携入由转入方登记", "a port is told by the operator that gains the number")
    if served_by == tenant.id:
        return Granted("serving operator")
    return Denied("tenant", "不是本运营商的用户", "not a subscriber of this operator")


def _about(said: Said) -> str | None:
    """The organisation that a dealing is with."""
    match said:
        case reg.ConsentGiven() | reg.ConsentWithdrawn() | reg.ReplyRead():
            return said.to
        case reg.ChargeNoticeGiven():
            return said.sender
        case reg.WordsRecorded():
            return said.org
        case _:
            return None
