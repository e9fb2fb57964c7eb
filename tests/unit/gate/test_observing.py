"""What the gate sees of one communication, field by field, and what it does not see when a part is away."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
import pytest

from anning.content import Content
from anning.errors import InvalidInput
from anning.gate.communication import Communication
from anning.gate.gate import Gate
from anning.law.decision import Outcome
from anning.law.observations import (
    SOURCES,
    Approval,
    CallerIdentity,
    Channel,
    CodeState,
    ConsentState,
    LicenceState,
    Purpose,
    SignatureState,
    WishState,
)
from anning.law.tri import UNKNOWN
from anning.registers import events as reg
from gate_world import (
    CODE_TEXT,
    DRAFT,
    LI,
    LONG_AGO,
    MARKETING_PORT,
    NOON,
    OFFER,
    SERVICE_PORT,
    WANG,
    World,
    code_message,
    offer,
)


def test_an_ordinary_offer_is_seen_as_it_is() -> None:
    seen = World().gate.observe(offer())
    assert (seen.provider_licence, seen.code_state, seen.code_use) == ("valid", "active", "commercial")
    assert (seen.code_held_here, seen.code_user_is_sender, seen.signature) == (True, True, "approved")
    assert (seen.names_sender, seen.names_phone, seen.way_out, seen.way_out_understood) == (True, True, True, True)
    assert (seen.consent, seen.wish, seen.local_minute, seen.content_trade) == ("none", "none", 720, "finance")


@pytest.mark.parametrize(
    ("kind", "days", "state", "expected"),
    [
        ("sms", (date(2024, 1, 1), date(2026, 11, 11)), "valid", LicenceState.VALID),
        ("carrier", (date(2026, 11, 11), date(2029, 1, 1)), "valid", LicenceState.VALID),
        ("sms", (date(2024, 1, 1), date(2026, 11, 10)), "valid", LicenceState.EXPIRED),
        ("sms", (date(2026, 11, 12), date(2029, 1, 1)), "valid", LicenceState.NOT_YET),
        ("sms", (date(2024, 1, 1), date(2029, 1, 1)), "revoked", LicenceState.REVOKED),
        ("voice", (date(2024, 1, 1), date(2029, 1, 1)), "valid", LicenceState.WRONG_KIND),
    ],
)
def test_a_licence_must_be_of_the_kind_and_in_force_that_day(
    kind: str, days: tuple[date, date], state: str, expected: LicenceState
) -> None:
    world = World(
        reg.OrganisationRegistered(id="other", name="某通信"),
        reg.LicenceRecorded(holder="other", licence_kind=kind, from_day=days[0], until_day=days[1], state=state),  # type: ignore[arg-type]
    )
    assert world.gate.observe(offer(provider="other")).provider_licence is expected


def test_the_end_of_a_licence_ends_the_validity_of_a_decision() -> None:
    world = World(
        reg.LicenceRecorded(holder="cpaas", licence_kind="sms", from_day=date(2024, 1, 1), until_day=date(2026, 11, 11))
    )
    decision = world.gate.decide(offer(), DRAFT)
    assert decision.valid_until == datetime(2026, 11, 12, tzinfo=NOON.tzinfo)


@pytest.mark.parametrize(
    ("code", "platform_call", "channel", "expected"),
    [
        ("", False, Channel.SMS, CodeState.MISSING),
        ("13700137000", False, Channel.SMS, CodeState.UNREGISTERED),
        ("+85291234567", False, Channel.SMS, CodeState.UNREGISTERED),
        ("010-62345678", False, Channel.SMS, CodeState.UNREGISTERED),
        ("13700137000", False, Channel.CALL, CodeState.PERSONAL),
        ("+85291234567", False, Channel.CALL, CodeState.PERSONAL),
        ("13700137000", True, Channel.CALL, CodeState.UNREGISTERED),
        ("106600009999", False, Channel.SMS, CodeState.UNREGISTERED),
        ("4008001234", False, Channel.CALL, CodeState.UNREGISTERED),
        ("com.example.bank", False, Channel.APP, CodeState.ACTIVE),
        ("58同城", False, Channel.APP, CodeState.ACTIVE),
        ("10690000000x", False, Channel.APP, CodeState.UNREGISTERED),
        ("１０６９-0000-0000x", False, Channel.APP, CodeState.UNREGISTERED),
        ("+8613700137000", False, Channel.APP, CodeState.UNREGISTERED),
        (MARKETING_PORT, False, Channel.SMS, CodeState.ACTIVE),
        ("1066 0000 1111", False, Channel.SMS, CodeState.ACTIVE),
        (MARKETING_PORT + "88", False, Channel.SMS, CodeState.ACTIVE),
    ],
)
def test_how_the_code_shown_stands(code: str, platform_call: bool, channel: Channel, expected: CodeState) -> None:
    c = offer(code=code, platform_call=platform_call, channel=channel)
    assert World().gate.observe(c).code_state is expected


def test_a_person_writes_from_a_number_of_their_own() -> None:
    world = World(reg.OrganisationRegistered(id="li", name="李雷", org_kind="person"))
    for number in ("13700137000", "021-62345678", "+85291234567"):
        assert world.gate.observe(offer(sender="li", code=number)).code_state is CodeState.PERSONAL


@pytest.mark.parametrize("shown", ["+861069000123", "010-69000123", "1069000123", "+86 10 6900 0123"])
@pytest.mark.parametrize("recorded", ["1069000123", "+861069000123"])
def test_a_port_of_an_sms_is_no_fixed_line_in_beijing(shown: str, recorded: str) -> None:
    seen = World().gate.observe(offer(code=shown))
    assert (seen.code_kind, seen.code_state) == ("code-106-service", CodeState.UNREGISTERED)
    seen = World(reg.CodeRecorded(code=recorded, holder="cpaas", user="bank")).gate.observe(offer(code=shown))
    assert (seen.code_kind, seen.code_state, seen.code_held_here) == ("code-106-service", CodeState.ACTIVE, True)


def test_a_fixed_line_in_beijing_still_calls_as_one() -> None:
    seen = World().gate.observe(offer(code="010-69000123", channel=Channel.CALL))
    assert (seen.code_kind, seen.code_state) == ("fixed", CodeState.PERSONAL)


def test_a_fixed_line_of_ones_own_makes_nobody_a_holder_of_ports() -> None:
    own_line = reg.CodeRecorded(code="010-69000123", holder="bank", user="bank")
    assert World(own_line).gate.observe(offer(code="1069000123")).code_state is CodeState.UNREGISTERED


def test_an_extension_with_a_row_of_its_own_is_judged_by_it() -> None:
    world = World(reg.CodeRecorded(code=MARKETING_PORT + "88", holder="cpaas", user="shop", state="suspended"))
    seen = world.gate.observe(offer(code=MARKETING_PORT + "88"))
    assert (seen.code_state, seen.code_user_is_sender) == (CodeState.SUSPENDED, False)


def test_a_code_of_others_is_held_and_used_by_others() -> None:
    world = World(reg.CodeRecorded(code="106911112222", holder="elsewhere", user="shop"))
    seen = world.gate.observe(offer(code="106911112222"))
    assert (seen.code_held_here, seen.code_user_is_sender) == (False, False)
    # A platform of which nobody has heard is no party to anything.
    assert world.gate.observe(offer(code="106911112222", via="elsewhere")).code_held_here is False
    world.say(reg.OrganisationRegistered(id="elsewhere", name="别处通信", org_kind="platform"))
    assert world.gate.observe(offer(code="106911112222", via="elsewhere")).code_held_here is True


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("安宁银行", SignatureState.APPROVED),
        ("安寧銀行", SignatureState.APPROVED),
        ("康宁商城", SignatureState.FOREIGN),
        ("安宁贷款", SignatureState.NOT_APPROVED),
        ("无名小店", SignatureState.UNREGISTERED),
    ],
)
def test_the_signature_against_the_register(signature: str, expected: SignatureState) -> None:
    world = World(
        reg.SignatureRecorded(text="康宁商城", owner="shop"),
        reg.SignatureRecorded(text="安宁贷款", owner="bank", state="in-review"),
    )
    seen = world.gate.observe(offer(text=OFFER.replace("安宁银行", signature)))
    assert seen.signature is expected


ICBC = (
    reg.OrganisationRegistered(id="icbc", name="中国工商银行"),
    reg.SignatureRecorded(text="中国工商银行", owner="icbc"),
)
LOOKS_LIKE_ICBC = [
    "中国工商 银行",
    "中国工商·银行",
    "中国エ商银行",
    "中囯工商银行",
    "中國工商銀行",
    "中国工商银行®",
    "中国工商银行™",
    "中国⼯商银行",
    "中国工\u200b商银行",
    "中国·工商-银行。",
]


@pytest.mark.parametrize("signature", LOOKS_LIKE_ICBC)
def test_a_signature_that_looks_like_anothers_is_anothers(signature: str) -> None:
    gate = World(*ICBC).gate
    text = OFFER.replace("安宁银行", signature)
    seen = gate.observe(offer(text=text))
    assert (seen.signature, seen.names_sender) == (SignatureState.FOREIGN, False)
    assert gate.decide(code_message(text=CODE_TEXT.replace("安宁银行", signature))).outcome is Outcome.REFUSE
    assert gate.observe(offer(text=text, sender="icbc")).signature is SignatureState.APPROVED


@pytest.mark.parametrize("text", ["【安宁银行】账户有变动【中国工商银行】", "[安宁银行]【中囯工商银行】账户有变动"])
def test_anothers_signature_is_anothers_wherever_it_stands(text: str) -> None:
    gate = World(*ICBC).gate
    assert gate.observe(code_message(text=text)).signature is SignatureState.FOREIGN
    assert gate.decide(code_message(text=text)).outcome is Outcome.REFUSE
    assert gate.observe(code_message(text="【安宁银行】账户有变动【重要通知】")).signature is SignatureState.APPROVED
    broken = World(*ICBC, gate=Gate(judge=_broken)).gate
    assert (
        broken.observe(code_message(text="【安宁银行】账户有变动【中国工商银行】")).signature is SignatureState.FOREIGN
    )


@pytest.mark.parametrize(
    ("signature", "named"),
    [("安宁银行", True), ("安宁", True), ("安宁贷款", True), ("静好商城", False), ("宁", False), ("无名银行", False)],
)
def test_a_sender_is_named_by_its_own_names_only(signature: str, named: bool) -> None:
    world = World(reg.SignatureRecorded(text="安宁贷款", owner="bank", state="in-review"))
    text = OFFER.replace("安宁银行", signature)
    seen = world.gate.observe(offer(text=text))
    assert (seen.names_sender, seen.names_agency) == (named, named)
    assert world.gate.observe(offer(text=text + "，安宁银行敬上")).names_sender is True


def test_nobody_knows_the_name_of_a_sender_who_is_not_registered() -> None:
    assert World().gate.observe(offer(sender="ghost")).names_sender is False


def test_another_ones_signature_names_somebody_else() -> None:
    world = World(reg.SignatureRecorded(text="康宁商城", owner="shop"))
    foreign = OFFER.replace("安宁银行", "康宁商城")
    assert world.gate.observe(offer(text=foreign)).names_sender is False
    assert world.gate.observe(offer(text=foreign + "，安宁银行敬上")).names_sender is True


def test_a_block_holds_for_whatever_says_the_same_until_it_is_lifted() -> None:
    world = World(reg.ContentBlocked(text=OFFER))
    disguised = OFFER.replace("贷款", "贷 款").replace("优惠", "優惠")
    assert world.gate.observe(offer(text=disguised)).content_blocked is True
    assert world.gate.observe(offer(text=CODE_TEXT)).content_blocked is False
    world.say(reg.ContentBlocked(text=OFFER, lifted=True), at=NOON - timedelta(hours=1))
    assert world.gate.observe(offer()).content_blocked is False
    assert world.gate.observe(offer(at=NOON - timedelta(hours=2))).content_blocked is True


def test_a_measure_counts_from_its_time_and_a_suspension_only_with_notice() -> None:
    world = World()
    world.say(reg.MeasureTaken(on="bank", measure="suspended", noticed=False), at=NOON - timedelta(days=2))
    assert world.gate.observe(offer()).sender_sanction == "none"
    world.say(reg.MeasureTaken(on="bank", measure="suspended"), at=NOON)
    assert world.gate.observe(offer()).sender_sanction == "suspended"
    before = world.gate.observe(offer(at=NOON - timedelta(minutes=1)))
    assert before.sender_sanction == "none"
    assert before.boundaries[0] == NOON
    world.say(reg.MeasureTaken(on="bank", measure="none"), at=NOON + timedelta(hours=1))
    assert world.gate.observe(offer(at=NOON + timedelta(hours=1))).sender_sanction == "none"


def test_a_measure_on_the_platform_between_is_seen() -> None:
    world = World(reg.MeasureTaken(on="mall", measure="suspended"))
    assert world.gate.observe(offer(via="mall")).platform_sanction == "suspended"
    assert world.gate.observe(offer()).platform_sanction == "none"
    world.gate.lose("directory", NOON)
    assert world.gate.decide(code_message(via="mall")).outcome >= Outcome.HOLD


@pytest.mark.parametrize(("holder", "user"), [("reseller", "bank"), ("cpaas", "reseller")])
def test_a_measure_on_who_holds_or_uses_the_code_is_seen(holder: str, user: str) -> None:
    world = World(
        reg.OrganisationRegistered(id="mall", name="大商城", org_kind="platform"),
        reg.CodeRecorded(code="106911112222", holder=holder, user=user),
        reg.MeasureTaken(on="reseller", measure="closed"),
        reg.MeasureTaken(on="mall", measure="warned"),
    )
    assert world.gate.observe(offer(code="106911112222", via="mall")).platform_sanction == "closed"
    assert world.gate.observe(offer(via="mall")).platform_sanction == "warned"


def test_what_the_person_said_to_this_sender() -> None:
    world = World(reg.ConsentGiven(number=WANG, to="bank", channel="sms", confirmed=True))
    seen = world.gate.observe(offer())
    assert (seen.consent, seen.consent_confirmed, seen.consent_at) == (ConsentState.VALID, True, LONG_AGO)
    world.say(reg.ConsentWithdrawn(number=WANG, to="bank"), at=NOON - timedelta(seconds=1))
    seen = world.gate.observe(offer())
    assert (seen.consent, seen.refused_sender, seen.ever_consented) == (ConsentState.WITHDRAWN, True, True)


def test_a_platforms_consent_does_not_pass_to_its_merchant() -> None:
    world = World(
        reg.OrganisationRegistered(id="mall", name="大商城", org_kind="platform"),
        reg.ConsentGiven(number=WANG, to="mall", channel="sms"),
        reg.ConsentGiven(number=LI, to="mall", channel="sms"),
        reg.ConsentGiven(number=LI, to="bank", channel="sms", act="bundled", through="mall"),
    )
    assert world.gate.observe(offer(via="mall")).platform_consent_only is True
    assert world.gate.observe(offer()).platform_consent_only is False
    assert world.gate.observe(offer(LI)).platform_consent_only is True


@pytest.mark.parametrize(("trade", "declined"), [("finance", True), ("retail", False)])
def test_a_wish_about_a_trade_reaches_sender_and_content_of_that_trade(trade: str, declined: bool) -> None:
    world = World(reg.WishStated(number=WANG, channel="sms", says="decline", trades=(trade,)))  # type: ignore[arg-type]
    assert (world.gate.observe(offer()).wish is WishState.DECLINED) is declined


def test_a_wish_with_hours_ends_the_validity_at_its_edge() -> None:
    world = World(
        reg.WishStated(number=WANG, channel="sms", says="decline", hours=(13 * 60, 14 * 60)),
        reg.ConsentGiven(number=WANG, to="bank", channel="sms"),
    )
    decision = world.gate.decide(offer(), DRAFT)
    assert decision.valid_until == NOON + timedelta(hours=1)


def test_a_price_told_to_the_former_holder_is_told_to_nobody() -> None:
    world = World(reg.ChargeNoticeGiven(sender="bank", number=WANG))
    assert world.gate.observe(offer(charged=True)).charge_notice is True
    world.say(reg.NumberRecycled(number=WANG), at=NOON - timedelta(days=1))
    assert world.gate.observe(offer(charged=True)).charge_notice is False


def test_earlier_contacts_are_those_of_this_sender_number_and_channel() -> None:
    world = World()
    hours = [NOON - timedelta(hours=h) for h in (1, 30, 24 * 31)]
    world.say(
        reg.ContactsRecorded(sender="bank", number=WANG, channel="sms", at=(*hours, NOON + timedelta(hours=1))),
        reg.ContactsRecorded(sender="bank", number=WANG, channel="sms", at=(NOON,), content="code"),
        reg.ContactsRecorded(sender="bank", number=WANG, channel="call", at=(NOON,)),
        reg.ContactsRecorded(sender="shop", number=WANG, channel="sms", at=(NOON,)),
    )
    seen = world.gate.observe(offer())
    assert seen.contact_ages == (0, 3600, 30 * 3600)
    assert seen.marketing_ages == (3600, 30 * 3600)
    assert seen.code_message_ages == (0,)


def test_contacts_of_the_former_holder_do_not_count() -> None:
    world = World()
    world.say(reg.ContactsRecorded(sender="bank", number=WANG, channel="sms", at=(NOON - timedelta(hours=3),)))
    world.say(reg.NumberRecycled(number=WANG), at=NOON - timedelta(hours=2))
    assert world.gate.observe(offer()).contact_ages == ()


AGENCY_TEXT = "【防汛办】今夜有暴雨，请远离河道，咨询电话010-62345678。"


def _approval(**changed: object) -> reg.ApprovalRecorded:
    fields: dict[str, object] = {
        "id": "A1",
        "agency": "flood",
        "text": AGENCY_TEXT,
        "applied": date(2026, 10, 20),
        "approved": date(2026, 10, 28),
        "from_day": date(2026, 11, 11),
        "until_day": date(2026, 11, 12),
    }
    return reg.ApprovalRecorded(**(fields | changed))  # type: ignore[arg-type]


def test_an_application_is_counted_in_working_days_to_the_day_of_sending() -> None:
    world = World(reg.OrganisationRegistered(id="flood", name="防汛办", org_kind="agency"), _approval())
    seen = world.gate.observe(offer(sender="flood", text=AGENCY_TEXT, purpose=Purpose.PUBLIC_INTEREST))
    assert seen.approval is not UNKNOWN
    assert seen.approval is not None
    # 2026-10-20 is a Tuesday; to 11-10 are sixteen working days, and no holiday between.
    assert (seen.approval.working_days_ahead, seen.approval.approved, seen.approval.in_window) == (16, True, True)


def test_an_application_through_an_unpublished_year_cannot_be_counted() -> None:
    world = World(
        reg.OrganisationRegistered(id="flood", name="防汛办", org_kind="agency"),
        _approval(
            applied=date(2045, 3, 1), approved=date(2045, 3, 5), from_day=date(2045, 4, 1), until_day=date(2045, 4, 9)
        ),
    )
    at = datetime(2045, 4, 2, 10, tzinfo=NOON.tzinfo)
    seen = world.gate.observe(offer(sender="flood", text=AGENCY_TEXT, purpose=Purpose.PUBLIC_INTEREST, at=at))
    assert seen.approval is not UNKNOWN
    assert seen.approval is not None
    assert seen.approval.working_days_ahead is UNKNOWN


@pytest.mark.parametrize(
    ("trade", "kind", "days", "emergency"),
    [
        ("other", "agency", (date(2026, 11, 11), date(2026, 11, 11)), True),
        ("government", "company", (date(2026, 11, 10), date(2026, 11, 12)), True),
        ("finance", "company", (date(2026, 11, 11), date(2026, 11, 12)), False),
        ("other", "agency", (date(2026, 11, 12), date(2026, 11, 13)), False),
        ("other", "agency", (date(2026, 11, 1), date(2026, 11, 10)), False),
    ],
)
def test_an_emergency_is_an_agencys_and_of_its_days(
    trade: str, kind: str, days: tuple[date, date], emergency: bool
) -> None:
    world = World(
        reg.OrganisationRegistered(id="flood", name="防汛办", trade=trade, org_kind=kind),  # type: ignore[arg-type]
        _approval(emergency=True, approved=None, from_day=days[0], until_day=days[1]),
    )
    seen = world.gate.observe(offer(sender="flood", text=AGENCY_TEXT, purpose=Purpose.PUBLIC_INTEREST))
    assert isinstance(seen.approval, Approval)
    assert seen.approval.emergency is emergency


def test_another_text_or_agency_has_no_application() -> None:
    world = World(reg.OrganisationRegistered(id="flood", name="防汛办", org_kind="agency"), _approval())
    gate = world.gate
    assert gate.observe(offer(sender="flood", text=AGENCY_TEXT + "！")).approval is None
    assert gate.observe(offer(text=AGENCY_TEXT)).approval is None
    assert gate.observe(offer(sender="flood", text=AGENCY_TEXT.replace("，", "， "))).approval is not None


@pytest.mark.parametrize(
    ("code", "number", "inside"),
    [
        (MARKETING_PORT, WANG, True),
        (MARKETING_PORT, "+85291234567", True),
        ("+85291230000", WANG, True),
        ("+85291230000", "+85291234567", False),
        ("", "+85291234567", False),
    ],
)
def test_what_is_provided_or_used_in_the_mainland(code: str, number: str, inside: bool) -> None:
    assert World().gate.observe(offer(number, code=code)).in_mainland is inside


# --- parts away -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "sources"),
    [
        ("directory", ("directory",)),
        ("index", ("index",)),
        ("journal", ("index",)),
        ("records", ("counts",)),
        ("detection", ()),
    ],
)
def test_a_part_that_is_away_leaves_its_facts_unknown_and_no_others(part: str, sources: tuple[str, ...]) -> None:
    world = World()
    world.gate.lose(part, NOON)
    seen = world.gate.observe(offer())
    unknown = {field for fields in SOURCES.values() for field in fields if getattr(seen, field) is UNKNOWN}
    # The charge notice is kept with the person, in the index; with the directory away it is still known.
    expected = {field for source in sources for field in SOURCES[source]}
    expected = expected - {"charge_notice"} | ({"charge_notice"} if "index" in sources else set())
    assert unknown == expected
    assert seen.parts_down == (part,)
    world.gate.regain(part)
    assert world.gate.observe(offer()) == World().gate.observe(offer())


@pytest.mark.parametrize("part", ["directory", "index", "journal", "records", "detection"])
def test_no_outage_keeps_a_verification_code_from_a_known_service_port(part: str) -> None:
    world = World(reg.WishStated(number=WANG, says="decline"), reg.HousePolicySet(on=True))
    world.gate.lose(part, NOON)
    decision = world.gate.decide(code_message())
    assert decision.outcome is Outcome.ALLOW
    assert decision.degraded
    assert world.gate.decide(offer()).outcome >= Outcome.HOLD


def test_the_last_known_directory_counts_for_a_day() -> None:
    world = World()
    world.gate.lose("directory", NOON - timedelta(hours=24))
    assert world.gate.decide(code_message()).outcome is Outcome.ALLOW
    assert world.gate.decide(code_message(at=NOON + timedelta(seconds=1))).outcome is Outcome.HOLD


AGENCY = (
    reg.OrganisationRegistered(id="flood", name="防汛办", trade="government", org_kind="agency"),
    reg.IdentityVerified(org="flood"),
    reg.CodeRecorded(code="106350001111", holder="cpaas", user="flood", use="public-interest"),
    reg.SignatureRecorded(text="防汛办", owner="flood"),
)


def test_a_warning_goes_first_on_the_word_of_the_last_known_directory() -> None:
    warning = offer(sender="flood", code="106350001111", text=AGENCY_TEXT, purpose=Purpose.PUBLIC_INTEREST)
    world = World(*AGENCY, _approval(emergency=True, applied=date(2026, 11, 11), approved=None))
    world.gate.lose("directory", NOON - timedelta(hours=24))
    for under in ("in-force", DRAFT):
        decision = world.gate.decide(warning, under)
        assert decision.outcome is Outcome.ALLOW
        # A day after it was lost nothing rests on it any more.
        assert decision.valid_until == NOON + timedelta(microseconds=1)
        assert world.gate.decide(_at(warning, decision.valid_until), under).outcome is Outcome.HOLD
    ordinary = World(*AGENCY, _approval())
    ordinary.gate.lose("directory", NOON)
    assert ordinary.gate.decide(warning).outcome is Outcome.HOLD


def test_people_go_on_writing_to_each_other_though_the_directory_is_away() -> None:
    world = World(
        reg.OrganisationRegistered(id="li", name="李雷", org_kind="person"),
        reg.IdentityVerified(org="li"),
    )
    mother = offer(sender="li", code="13900139000", text="妈，我今晚加班，晚点回家吃饭。", purpose=Purpose.UNDECLARED)
    world.gate.lose("directory", NOON - timedelta(hours=24))
    assert world.gate.decide(mother).outcome is Outcome.ALLOW
    assert world.gate.decide(_at(mother, NOON + timedelta(seconds=1))).outcome is Outcome.HOLD
    advertised = msgspec.structs.replace(mother, text="低价处理土鸡蛋，限时特价，下单满100减20，电话13900139000")
    assert world.gate.decide(advertised).outcome >= Outcome.HOLD


def _at(c: Communication, at: datetime) -> Communication:
    return msgspec.structs.replace(c, at=at)


@pytest.mark.parametrize(
    "spoiled",
    [
        reg.MeasureTaken(on="bank", measure="suspended"),
        reg.MeasureTaken(on="cpaas", measure="closed"),
        reg.CodeRecorded(code=SERVICE_PORT, holder="cpaas", user="bank", use="service", state="suspended"),
        reg.CodeRecorded(code=SERVICE_PORT, holder="cpaas", user="shop", use="service"),
        reg.CodeRecorded(code=SERVICE_PORT, holder="cpaas", user="bank", use="commercial"),
        reg.SignatureRecorded(text="安宁银行", owner="bank", state="rejected"),
        reg.IdentityVerified(org="bank", verified=False),
        reg.ContentBlocked(text=CODE_TEXT),
    ],
)
def test_an_outage_passes_nothing_that_was_last_known_to_be_wrong(spoiled: reg.Payload) -> None:
    world = World(spoiled)
    world.gate.lose("directory", NOON)
    assert world.gate.decide(code_message()).outcome >= Outcome.HOLD


def _broken(_: str) -> Content:
    raise RuntimeError("the rules failed")


def test_content_rules_that_raise_stop_offers_and_not_verification_codes() -> None:
    world = World(reg.ConsentGiven(number=WANG, to="bank", channel="sms"), gate=Gate(judge=_broken))
    seen = world.gate.observe(code_message())
    assert seen.content_class is UNKNOWN
    assert seen.verification_code is True
    assert world.gate.decide(code_message()).outcome is Outcome.ALLOW
    assert world.gate.decide(code_message()).degraded
    assert world.gate.decide(offer()).outcome >= Outcome.HOLD
    lured = code_message(text="【安宁银行】验证码482913，贷款额度20万，点击http://a.cn领取")
    assert world.gate.decide(lured).outcome >= Outcome.HOLD


def test_an_unknown_part_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="weather"):
        Gate().lose("weather", NOON)


def test_a_call_has_no_text() -> None:
    seen = World().gate.observe(
        offer(channel=Channel.CALL, code="13700137000", caller_identity=CallerIdentity.UNVERIFIED)
    )
    assert (seen.content_class, seen.names_sender, seen.signature, seen.length) == ("", False, "none", 0)
