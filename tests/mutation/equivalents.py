"""Mutants that change nothing anybody could see, each with the reason why.

A mutant listed here that is noticed after all fails the test, so the list cannot hide anything.
"""

from __future__ import annotations

_NO_WAY_OUT = "a way to refuse that is not told does not work either, so '~way_out_works' says it already"
_HELD_BY_NOBODY = "a code that is missing or unregistered is held by no party of the communication"
_MISSING_IS_UNREGISTERED = "a missing code is not registered"
_ONLY_WITHOUT_CONSENT = "the gate sees a platform's consent only where the sender has none of its own"
_CONSENT_IS_ON_RECORD = "who consents is on record, so 'no consent on record' says it already"
_CALLS_ONLY = "the instrument speaks of calls only"

EQUIVALENT: dict[str, str] = {
    "cn-2015-sms: no-way-out without ~way_out": _NO_WAY_OUT,
    "cn-2015-sms: code-false without code_missing": _MISSING_IS_UNREGISTERED,
    "cn-2015-sms: code-false without ~code_registered": _HELD_BY_NOBODY,
    "cn-2015-sms: platform-consent without ~consented": _ONLY_WITHOUT_CONSENT,
    "cn-2026-sms: no-way-out without ~way_out": _NO_WAY_OUT,
    "cn-2026-sms: way-out-not-effective without ~way_out": _NO_WAY_OUT,
    "cn-2026-sms: code-false without code_missing": _MISSING_IS_UNREGISTERED,
    "cn-2026-sms: code-false without ~code_registered": _HELD_BY_NOBODY,
    "cn-2026-sms: platform-consent without ~consented": _ONLY_WITHOUT_CONSENT,
    "cn-2026-sms: no-proof-of-consent without ~consented": _CONSENT_IS_ON_RECORD,
    "cn-2018-plan: caller-false without code_missing": _MISSING_IS_UNREGISTERED,
    "cn-2018-plan: caller-false without ~code_registered": _HELD_BY_NOBODY,
    "cn-2018-plan: unlicensed-provider without call": _CALLS_ONLY,
    "cn-2020-draft: code-false without ~code_registered": _HELD_BY_NOBODY,
    "cn-2020-draft: silence without ~consented": _CONSENT_IS_ON_RECORD,
}
