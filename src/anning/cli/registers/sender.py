"""`anning sender`: organisations, their identity, licences and measures (主体登记)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer

from anning.cli import here, lazily
from anning.cli import show as speech
from anning.cli.registers import common
from anning.cli.registers.common import At, Json, Key, Organisation
from anning.errors import InvalidCommand
from anning.journal.envelope import to_microseconds
from anning.registers import columns
from anning.registers.checks import measure_in_effect
from anning.registers.events import (
    ApprovalRecorded,
    CodeRecorded,
    ContentBlocked,
    IdentityVerified,
    LicenceRecorded,
    MeasureTaken,
    OrganisationRegistered,
    Sanction,
    payload_of,
)
from anning.registers.views import rows

app = lazily.application("主体：登记、身份核验、许可、措施 | Organisations: register, verify, license, take measures")


@app.command("add")
def add(
    org: Organisation,
    name: Annotated[str, typer.Option("--name", help="名称 | name")],
    trade: Annotated[str, typer.Option("--trade", help="行业 | trade: finance, property, health, ..")] = "other",
    kind: Annotated[str, typer.Option("--kind", help="company, person, platform, agency")] = "company",
    role: Annotated[list[str] | None, typer.Option("--role", help="角色，可重复 | roles, may be repeated")] = None,
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """登记一个机构或个人；再次登记以后者为准 | Register an organisation or a person; a later entry replaces it."""
    organisation = OrganisationRegistered(
        id=org,
        name=name,
        trade=common.read("trade", trade, columns.one_of(columns.TRADES)),
        org_kind=common.checked("kind", kind, Literal["company", "person", "platform", "agency"]),
        roles=tuple(role or ()),
    )
    common.say(organisation, at=at, key=key, as_json=as_json)


@app.command("verify")
def verify(
    org: Organisation,
    document_kind: Annotated[str, typer.Option("--document-kind", help="证件种类 | kind of document")] = "",
    document_hash: Annotated[
        str, typer.Option("--document-hash", help="证件号码的 SHA-256 | SHA-256 of its number")
    ] = "",
    verifier: Annotated[str, typer.Option("--verifier", help="核验人 | who checked")] = "",
    lapsed: Annotated[bool, typer.Option("--lapsed", help="核验已失效 | the check no longer holds")] = False,
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """记录真实身份核验 | Record that the real identity was checked."""
    identity = IdentityVerified(
        org=org,
        verified=not lapsed,
        document_kind=document_kind,
        document_hash=document_hash,
        verifier=verifier,
    )
    common.say(identity, at=at, key=key, as_json=as_json)


@app.command("licence")
def licence(
    org: Organisation,
    kind: Annotated[str, typer.Option("--kind", help="sms, voice, carrier")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="起始日 | first day")],
    last: Annotated[str, typer.Option("--until", metavar="DATE", help="截止日（含） | last day")],
    licence_class: Annotated[str, typer.Option("--class", help="许可类别，如 B24 | class, such as B24")] = "",
    revoked: Annotated[bool, typer.Option("--revoked", help="已吊销 | revoked")] = False,
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """记录经营许可 | Record a licence."""
    recorded = LicenceRecorded(
        holder=org,
        licence_kind=common.checked("kind", kind, Literal["sms", "voice", "carrier"]),
        licence_class=licence_class,
        from_day=common.day("from", first),
        until_day=common.day("until", last),
        state="revoked" if revoked else "valid",
    )
    common.say(recorded, at=at, key=key, as_json=as_json)


@app.command("measure")
def measure(
    org: Organisation,
    taken: Annotated[str, typer.Argument(metavar="MEASURE", help="none, warned, limited, suspended, closed")],
    noticed: Annotated[
        bool, typer.Option("--noticed/--not-noticed", help="是否已事先告知 | whether the party was told beforehand")
    ] = True,
    reason: Annotated[str, typer.Option("--reason", help="事由 | why")] = "",
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """采取或解除措施；未告知的暂停、关停不生效 | Take or lift a measure; without notice a suspension has no effect."""
    said = MeasureTaken(on=org, measure=common.checked("measure", taken, Sanction), noticed=noticed, reason=reason)
    common.say(said, at=at, key=key, as_json=as_json)


@app.command("block-content")
def block_content(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="违禁内容全文 | the prohibited text, whole")],
    lifted: Annotated[bool, typer.Option("--lifted", help="解除封堵 | lift the block")] = False,
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """发现违禁内容，立即停止传输（R32） | Prohibited content was found: stop it at once."""
    common.say(ContentBlocked(text=text, lifted=lifted), at=at, key=key, as_json=as_json)


@app.command("approval")
def approval(
    org: Organisation,
    application: Annotated[str, typer.Option("--id", help="申请编号 | id of the application")],
    text: Annotated[str, typer.Option("--text", help="内容 | the text")],
    applied: Annotated[str, typer.Option("--applied", metavar="DATE", help="申请日 | day of application")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="发送起始日 | first day of sending")],
    last: Annotated[str, typer.Option("--until", metavar="DATE", help="发送截止日 | last day of sending")],
    approved: Annotated[str, typer.Option("--approved", metavar="DATE", help="批准日 | day of approval")] = "",
    emergency: Annotated[bool, typer.Option("--emergency", help="紧急，手续后补 | emergency")] = False,
    at: At = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """记录公益短信申请及其结果 | Record a public-interest application and its outcome."""
    recorded = ApprovalRecorded(
        id=application,
        agency=org,
        text=text,
        applied=common.day("applied", applied),
        approved=common.day("approved", approved) if approved else None,
        emergency=emergency,
        from_day=common.day("from", first),
        until_day=common.day("until", last),
    )
    common.say(recorded, at=at, key=key, as_json=as_json)


@app.command("show")
def show(org: Organisation, at: At = "", as_json: Json = False) -> None:
    """查看一个主体：身份、许可、措施、码号、签名 | Show one: identity, licences, measure, codes, signatures."""
    when = common.moment("at", at) or datetime.now(UTC)
    moment = to_microseconds(when)
    with here.registers_to_read() as registers, registers.store.read() as connection:
        found = rows(connection, "organisation_registered_by_id", id=org, at=moment)
        if not found:
            raise InvalidCommand(
                f"机构“{org}”未登记",
                f"the organisation “{org}” is not registered",
                thing=org,
                field="ORG",
                rule="known-organisation",
            )
        identity = rows(connection, "identity_verified_by_org", org=org, at=moment)
        licences = rows(connection, "licence_recorded_by_holder", holder=org, at=moment)
        codes: dict[str, CodeRecorded] = {}
        for code in rows(connection, "code_recorded_by_user", org=org, at=moment):
            if isinstance(code, CodeRecorded):
                codes.setdefault(code.code, code)
        signatures = rows(connection, "signature_recorded_by_owner", owner=org, at=moment)
        measure = measure_in_effect(connection, org, when)
    verified = isinstance(identity[0], IdentityVerified) and identity[0].verified if identity else False
    told: dict[str, Any] = {
        **payload_of(found[0]),
        "verified": verified,
        "measure": measure,
        "licences": [payload_of(row) for row in licences],
        "codes": [payload_of(row) for row in codes.values()],
        "signatures": [payload_of(row) for row in signatures],
    }
    if as_json:
        speech.as_json(told)
        return
    _tell(told)


def _tell(told: dict[str, Any]) -> None:
    checked = speech.both("已核验", "verified") if told["verified"] else speech.both("未核验", "not verified")
    rows_ = [
        (speech.both("名称", "name"), told["name"]),
        (speech.both("行业", "trade"), common.word(told.get("trade", "other"))),
        (speech.both("类型", "kind"), common.word(told.get("org_kind", "company"))),
        (speech.both("身份", "identity"), checked),
        (speech.both("现行措施", "measure in effect"), common.word(told["measure"])),
    ]
    rows_ += [
        (
            speech.both("许可", "licence"),
            f"{common.word(row['licence_kind'])} {row.get('licence_class', '')} {row['from_day']}/{row['until_day']} "
            f"{common.word(row.get('state', 'valid'))}",
        )
        for row in told["licences"]
    ]
    rows_ += [
        (
            speech.both("码号", "code"),
            f"{row['code']} {common.word(row.get('use', 'any'))} {common.word(row.get('state', 'active'))}",
        )
        for row in told["codes"]
    ]
    rows_ += [
        (speech.both("签名", "signature"), f"【{row['text']}】 {common.word(row.get('state', 'approved'))}")
        for row in told["signatures"]
    ]
    common.table(((told["id"], told["id"]), ("", "")), rows_)
