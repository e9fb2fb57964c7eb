"""Random worlds and communications for the gate, as hypothesis strategies."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from anning.gate.communication import Communication
from anning.gate.gate import Gate
from anning.gate.observe import PARTS
from anning.journal import Entry, MemoryJournal
from anning.law.instruments.registry import IN_FORCE, INSTRUMENTS
from anning.law.observations import CallerIdentity, Channel, Purpose
from anning.registers import events as reg
from gate_world import LONG_AGO, MARKETING_PORT, NOON, OFFER, SERVICE_PORT, WORLD, entries

NUMBERS = [f"+86138001380{n:02}" for n in range(4)] + ["+85291234567", "+861062345678"]
ORGANISATIONS = ["bank", "shop", "mall"]
OTHERS = (
    reg.OrganisationRegistered(id="li", name="李雷", org_kind="person"),
    reg.IdentityVerified(org="li"),
    reg.OrganisationRegistered(id="shop", name="康宁商城", trade="retail"),
    reg.OrganisationRegistered(id="mall", name="大商城", org_kind="platform"),
    reg.SignatureRecorded(text="康宁商城", owner="shop"),
)
PARTIES = (*WORLD, *OTHERS)
"""Who is registered in every random world: the small world's, and a person, a shop with a signature, a platform."""
SENDERS = [*ORGANISATIONS, "li", "ghost"]
CODES = [
    MARKETING_PORT,
    SERVICE_PORT,
    "4008001234",
    "+8613700137000",
    "+85291230000",
    "1069000123",
    "+861069000123",
    "10690000000x",
    "com.example.bank",
    "",
]
LOOKS_LIKE_ANOTHERS = ["康 宁商城", "康·宁商城", "康宁商城®", "康㝉商城"]
TEXTS = [
    OFFER,
    "【安宁银行】验证码：482913，5分钟内有效，请勿告知他人。",
    "【康宁商城】双十一全场五折，详询010-62345678，退订回T",
    "【安宁银行】您11月账单已出，应还1200元。",
    "【康 宁商城】您的订单已发货，请留意查收。",
    "【康㝉商城】双十一全场五折，详询010-62345678，退订回T",
    "【安宁银行】您的账户有一笔通知【康宁商城®】，请留意查收。",
    "妈，我今晚加班，晚点回家吃饭。",
    "",
]

moments = st.one_of(
    st.integers(-40 * 24 * 60, 2 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.integers(-900, 900).map(lambda tenths: NOON + timedelta(seconds=tenths / 10)),
)
numbers = st.sampled_from(NUMBERS)
organisations = st.sampled_from(ORGANISATIONS)
channels = st.sampled_from(["sms", "call", "both"])
trades = st.sampled_from([(), ("finance",), ("retail",), ("finance", "retail")])
minutes_of_day = st.integers(0, 24 * 60 - 1)

days = st.sampled_from([date(2026, 10, 9), date(2026, 11, 10), date(2026, 11, 11), date(2026, 11, 12)])

wishes = st.one_of(
    st.builds(
        reg.WishStated,
        number=numbers,
        channel=channels,
        trades=trades,
        says=st.sampled_from(["decline", "accept"]),
        hours=st.none() | st.tuples(minutes_of_day, minutes_of_day),
        weekdays=st.sampled_from([(), (3,), (1, 4, 7)]),
        code_prefixes=st.sampled_from([(), ("106",), ("400", "95")]),
        except_for=st.sampled_from([(), ("bank",)]),
        keeps_consents=st.booleans(),
    ),
    st.builds(reg.WishWithdrawn, number=numbers, channel=channels, trades=trades),
)
statements = st.one_of(
    wishes,
    st.builds(
        reg.ConsentGiven,
        number=numbers,
        to=organisations,
        channel=channels,
        act=st.sampled_from(["explicit", "requested", "pre-ticked"]),
        through=st.sampled_from(["", "mall"]),
        expires=st.none() | moments,
    ),
    st.builds(reg.ConsentWithdrawn, number=numbers, to=organisations, channel=channels),
    st.builds(reg.ReplyUnclear, number=numbers, to=organisations, words=st.just("?")),
    st.builds(reg.NumberRecycled, number=numbers),
    st.builds(reg.ChargeNoticeGiven, sender=organisations, number=numbers),
    st.builds(
        reg.MeasureTaken,
        on=st.sampled_from(["bank", "shop", "cpaas", "mall", "nobody"]),
        measure=st.sampled_from(["none", "warned", "suspended", "closed"]),
        noticed=st.booleans(),
    ),
    st.builds(
        reg.CodeRecorded,
        code=st.sampled_from([MARKETING_PORT, SERVICE_PORT, "4008001234", "1069000123", "+861069000123"]),
        holder=st.sampled_from(["cpaas", "bank", "mall", "nobody"]),
        user=organisations,
        use=st.sampled_from(["commercial", "service", "any"]),
        state=st.sampled_from(["active", "suspended"]),
        reviewed=st.booleans(),
    ),
    st.builds(reg.SignatureRecorded, text=st.sampled_from(["康宁商城", "康·宁商城", "安宁"]), owner=organisations),
    st.builds(reg.ContentBlocked, text=st.sampled_from(TEXTS[:3]), lifted=st.booleans()),
    st.builds(
        reg.LicenceRecorded,
        holder=st.just("cpaas"),
        licence_kind=st.sampled_from(["sms", "voice", "carrier"]),
        from_day=st.just(date(2024, 1, 1)),
        until_day=st.sampled_from([date(2026, 11, 10), date(2026, 11, 11), date(2030, 1, 1)]),
        state=st.sampled_from(["valid", "revoked"]),
    ),
    st.builds(
        reg.ApprovalRecorded,
        id=st.sampled_from(["A1", "A2"]),
        agency=organisations,
        text=st.sampled_from(TEXTS),
        applied=days,
        approved=st.none() | days,
        emergency=st.booleans(),
        from_day=days,
        until_day=days,
    ),
    st.builds(reg.HousePolicySet, on=st.booleans()),
    st.builds(reg.InstrumentConfirmed, instrument=st.just("cn-2020-callcentre"), confirmed=st.booleans()),
    st.builds(
        reg.ContactsRecorded,
        sender=organisations,
        number=numbers,
        channel=st.sampled_from(["sms", "call"]),
        at=st.lists(moments, min_size=1, max_size=4).map(tuple),
        content=st.sampled_from(["commercial", "code", "service"]),
    ),
)
histories = st.lists(st.tuples(statements, moments), max_size=14)
communications = st.builds(
    Communication,
    channel=st.sampled_from(list(Channel)),
    provider=st.sampled_from(["cpaas", "nobody"]),
    sender=st.sampled_from(SENDERS),
    via=st.sampled_from(["", "mall", "nobody"]),
    code=st.sampled_from(CODES),
    number=numbers,
    text=st.sampled_from(TEXTS),
    purpose=st.sampled_from(list(Purpose)),
    platform_call=st.booleans(),
    caller_identity=st.sampled_from(list(CallerIdentity)),
    charged=st.booleans(),
    at=st.integers(0, 3 * 24 * 3600).map(lambda seconds: NOON - timedelta(days=1) + timedelta(seconds=seconds)),
)
unders = st.sampled_from([IN_FORCE, *INSTRUMENTS])
outages = st.lists(st.sampled_from(PARTS), max_size=2, unique=True)


def gate_of(history: list[tuple[reg.Payload, datetime]], outage: list[str]) -> Gate:
    """A gate that knows the small world and what was said in it."""
    journal = MemoryJournal(clock=lambda: NOON)
    said: list[Entry] = entries(PARTIES, LONG_AGO)
    for what, at in history:
        said += entries((what,), at)
    gate = Gate.of(journal.append(said))
    for part in outage:
        gate.lose(part, NOON - timedelta(hours=12))
    return gate
