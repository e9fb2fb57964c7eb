"""What must hold of every combination of facts, known or not (不变式).

The general invariants say what the whole law is for; a reading's invariant says that one obligation is carried out
exactly. Each has a premise, which must be possible, and a conclusion, which must follow from it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import z3

from anning.law.articles import obligation_ids
from anning.law.decision import Outcome
from anning.law.instruments.registry import INSTRUMENTS
from anning.law.observations import Channel
from anning.law.proof.closed_list import PROPER_REASONS, WISHES_AND_CONSENTS
from anning.law.proof.encoding import Facts, Formula, Given, Verdict, verdict
from anning.law.proof.facts import (
    any_of,
    certainly,
    certainly_not,
    known,
    mentioned,
    no,
    undecided,
    yes,
)
from anning.law.proof.specification import Reading
from anning.law.proof.subjects import Subject
from anning.law.rules import Rule

_NEVER = Given(z3.BoolVal(False), z3.BoolVal(False))


class Claim(msgspec.Struct, frozen=True):
    """An invariant laid against one subject (待证命题).

    Attributes:
        id: a slug for the general ones, the obligation with its effect for a reading.
        premise, conclusion: in z3.
        twice: the claim compares two communications and speaks of both sets of facts.
        about: predicates that a counterexample is told in.
    """

    id: str
    zh: str
    en: str
    premise: Formula
    conclusion: Formula
    twice: bool = False
    about: tuple[str, ...] = ()

    @property
    def violated(self) -> Formula:
        """When the premise holds and the conclusion does not."""
        return z3.And(self.premise, z3.Not(self.conclusion))


class Worlds(msgspec.Struct, frozen=True):
    """One communication, and another that it is compared with, each with its verdict.

    Attributes:
        sharper: the other is known wherever the one is, and alike there, and it is known everywhere.
        twins: the two differ at most in wishes and consents.
    """

    facts: Facts
    other: Facts
    verdict: Verdict
    rules: tuple[Rule, ...]
    sharper: Formula
    twins: Formula

    @property
    def other_verdict(self) -> Verdict:
        """What the same rules make of the other communication."""
        return verdict(self.rules, self.other)


def sharper(facts: Facts, other: Facts) -> Formula:
    """That the other world is the same one with all unknowns found out."""
    parts = [other.total()]
    for name in facts.names():
        (true, false), (true2, false2) = facts.pair(name), other.pair(name)
        parts += [z3.Implies(true, true2), z3.Implies(false, false2)]
    return z3.And(parts)


def twins(facts: Facts, other: Facts) -> Formula:
    """That the two worlds differ at most in what the person said about commercial communications."""
    rest = [name for name in facts.names() if name not in WISHES_AND_CONSENTS]
    return z3.And([a == b for name in rest for a, b in zip(facts.pair(name), other.pair(name), strict=True)])


def general(subject: Subject, worlds: Worlds) -> Iterator[Claim]:
    """What the law is for, within what the subject speaks of."""
    yield from _consent(subject, worlds)
    yield from _barred(subject, worlds)
    yield _cited(subject, worlds)
    yield _lawful_passes(subject, worlds)
    if subject.channels != {Channel.CALL}:
        yield _closed_list(worlds)
        yield _outage_leaves_service_alone(worlds)
        yield _codes_never_held(worlds)
    if any(rule.effect is Outcome.LABEL for rule in subject.rules):
        yield _labels_are_for_calls(worlds)
    yield _unknown_never_passes(worlds)
    yield _wishes_leave_service_alone(worlds)


def readings(subject: Subject, worlds: Worlds) -> Iterator[Claim]:
    """Every obligation carried out exactly, and no reason that nobody has read."""
    for reading in subject.readings():
        yield _exactly(reading, worlds)
    expected = {(reading.obligation, reading.effect) for reading in subject.readings()}
    unread = sorted(f"{o} {e.word}" for o, e in worlds.verdict.given.keys() - expected)
    yield Claim(
        "every-reason-is-specified",
        "每一条理由都另有独立的解读" + (f"；尚缺：{'、'.join(unread)}" if unread else ""),
        "every reason has an independent reading" + (f"; lacking: {', '.join(unread)}" if unread else ""),
        z3.BoolVal(True),
        z3.BoolVal(not unread),
    )


def _consent(subject: Subject, w: Worlds) -> Iterator[Claim]:
    for specification in subject.specifications:
        if specification.basis is None:
            continue
        within = specification.within
        spoken_of = [w.facts.formula(yes("commercial"))]
        spoken_of += [] if within is None else [w.facts.formula(certainly(within))]
        lawful, unlawful = certainly(specification.basis), certainly_not(specification.basis)
        (basis,) = mentioned(lawful)
        kind_zh, kind_en = ("商业性通信", "communication") if within is None else ("平台类商业性电话", "platform call")
        basis_zh, basis_en = ("请求", "request") if basis == "requested" else ("同意或请求", "consent or request")
        yield Claim(
            f"no-pass-without-{basis}",
            f"{kind_zh}没有已知的{basis_zh}，任何情况下都不放行",
            f"no commercial {kind_en} passes without a known {basis_en}",
            z3.And(*spoken_of, z3.Not(w.facts.formula(lawful))),
            w.verdict.at_least[Outcome.HOLD],
            about=("commercial", basis),
        )
        yield Claim(
            f"refused-without-{basis}",
            f"{kind_zh}确知没有{basis_zh}的，一律不得发送",
            f"a commercial {kind_en} known to lack {basis_en} is refused",
            z3.And(*spoken_of, w.facts.formula(unlawful)),
            w.verdict.at_least[Outcome.REFUSE],
            about=("commercial", basis),
        )


def _barred(subject: Subject, w: Worlds) -> Iterator[Claim]:
    barring = [s for s in subject.specifications if s.bars]
    if not barring:
        return
    cases = ("sender_suspended", "intermediary_suspended", "prohibited", "content_blocked")
    # one instrument that speaks of every communication is enough; otherwise only what the narrow ones speak of
    narrow = [s.within for s in barring if s.within is not None]
    within = [] if len(narrow) < len(barring) else [any_of(certainly(part) for part in narrow)]
    yield Claim(
        "barred-never-passes",
        "被暂停、关停的一方，或被禁止、已封堵的内容，任何情况下都不放行",
        "a suspended party, and prohibited or blocked content, never pass",
        z3.And([w.facts.formula(s) for s in (any_of(yes(case) for case in cases), *within)]),
        w.verdict.at_least[Outcome.REFUSE],
        about=cases,
    )


def _cited(subject: Subject, w: Worlds) -> Claim:
    drafts = {r.citation.source_zh for i in INSTRUMENTS.values() if i.since is None for r in i.rules}
    house = {r.citation.source_zh for r in INSTRUMENTS["house-policy"].rules}
    in_force = any(i.since is not None for i in subject.instruments)

    def cited(rule: Rule) -> bool:
        c = rule.citation
        whole = bool(c.obligation in obligation_ids() and c.source_zh and c.source_en)
        return whole and not (in_force and c.source_zh in drafts - house)

    def given(outcome: Outcome) -> Formula:
        keys = {(r.citation.obligation, r.effect) for r in subject.rules if cited(r)}
        sure = [w.verdict.given[k].certain for k in keys if k in w.verdict.given and k[1] >= outcome]
        if outcome <= Outcome.HOLD:
            sure += [w.verdict.given[k].undecided for k in keys if k in w.verdict.given and k[1] >= outcome]
        return z3.Or(sure)

    possible = [o for o in Outcome if o is not Outcome.ALLOW]
    return Claim(
        "every-refusal-is-cited",
        "每次不放行都有带出处的理由；现行规定之下不引用征求意见稿",
        "whatever is stopped or labelled has a cited reason, and what is in force never cites the draft",
        z3.Or([w.verdict.at_least[o] for o in possible]),
        z3.And([z3.Implies(w.verdict.at_least[o], given(o)) for o in possible]),
    )


def _unknown_never_passes(w: Worlds) -> Claim:
    return Claim(
        "unknown-never-lets-commercial-pass",
        "未知从不使商业性通信得以放行：未知时放行的，查明之后无论如何仍会放行",
        "unknown never lets commercial traffic pass: what passes would pass whatever the unknown turned out to be",
        z3.And(w.sharper, w.other.formula(yes("commercial")), w.verdict.passes),
        w.other_verdict.passes,
        twice=True,
        about=("commercial",),
    )


def _lawful_passes(subject: Subject, w: Worlds) -> Claim:
    clean = [w.facts.condition(reading.breach)[1] for reading in subject.readings()]
    return Claim(
        "lawful-passes",
        "处处合法的通信予以放行",
        "what is lawful in every respect passes",
        z3.And(clean),
        z3.Not(w.verdict.at_least[Outcome.LABEL]),
    )


def _wishes_leave_service_alone(w: Worlds) -> Claim:
    other = w.other_verdict
    return Claim(
        "wishes-leave-service-alone",
        "非商业性通信的裁决与商业意愿、同意状态（含其未知）无关",
        "the verdict on what is not commercial depends on no commercial wish or consent, known or unknown",
        z3.And(w.twins, w.facts.formula(no("commercial"))),
        z3.And([w.verdict.at_least[o] == other.at_least[o] for o in w.verdict.at_least]),
        twice=True,
        about=("commercial", *WISHES_AND_CONSENTS),
    )


def _closed_list(w: Worlds) -> Claim:
    proper = any_of(certainly(breach) for _, _, breach in PROPER_REASONS)
    unclear = any_of([yes("part_down"), *(undecided(breach) for _, _, breach in PROPER_REASONS)])
    excuse = proper | (~yes("shown_service") & unclear)
    return Claim(
        "service-stopped-only-for-a-proper-reason",
        "业务管理和服务类短信只因封闭清单所列理由而不放行；部件故障时，只有不能确认为服务类的才等待",
        "a service SMS is stopped only for a reason on the closed list; in an outage, when not shown to be service",
        z3.And(
            [w.facts.formula(s) for s in (no("call"), no("commercial"), no("public_interest"))]
            + [w.verdict.at_least[Outcome.HOLD]]
        ),
        w.facts.formula(excuse),
        about=("commercial", "part_down", "shown_service"),
    )


def _outage_leaves_service_alone(w: Worlds) -> Claim:
    proper = any_of(certainly(breach) for _, _, breach in PROPER_REASONS)
    case = (
        no("call"),
        no("commercial"),
        no("public_interest"),
        known("verification_code"),
        yes("last_known_service_port"),
        yes("within_past_volume"),
        ~proper,
    )
    return Claim(
        "outage-leaves-service-alone",
        "既往量之内、经最后已知服务端口发出的服务短信，无论何部件不可用，都予放行",
        "a service SMS within past volume on a last known service port passes, whatever part is away",
        z3.And([w.facts.formula(s) for s in case]),
        w.verdict.passes,
        about=("part_down", "last_known_service_port", "within_past_volume", "commercial"),
    )


def _codes_never_held(w: Worlds) -> Claim:
    case = (
        yes("verification_code"),
        yes("last_known_service_port"),
        ~yes("commercial"),
        no("public_interest"),
    )
    return Claim(
        "verification-code-never-held",
        "最后已知服务端口上的验证码从不暂缓",
        "a verification code on a last known service port is never held",
        z3.And([w.facts.formula(s) for s in case]),
        z3.Not(w.verdict.exactly(Outcome.HOLD)),
        about=("verification_code", "last_known_service_port", "part_down"),
    )


def _labels_are_for_calls(w: Worlds) -> Claim:
    return Claim(
        "labels-are-for-calls",
        "标注只用于电话",
        "only a call is labelled",
        z3.And(w.verdict.at_least[Outcome.LABEL], z3.Not(w.verdict.at_least[Outcome.HOLD])),
        w.facts.formula(yes("call")),
        about=("call", "caller_unverified"),
    )


def _exactly(reading: Reading, w: Worlds) -> Claim:
    given = w.verdict.given.get((reading.obligation, reading.effect), _NEVER)
    breached, innocent = w.facts.condition(reading.breach)
    unclear = z3.Not(z3.Or(breached, innocent, w.facts.formula(yes("shown_service"))))
    word = {Outcome.REFUSE: ("拒绝", "refused"), Outcome.HOLD: ("暂缓", "held"), Outcome.LABEL: ("标注", "labelled")}
    zh, en = word[reading.effect]
    outcome = w.verdict.at_least[reading.effect]
    doubt = w.verdict.at_least[min(reading.effect, Outcome.HOLD)]
    return Claim(
        f"{reading.obligation} {reading.effect.word}",
        f"[{reading.obligation}] {reading.zh}：{zh}，且仅在此时以此为由",
        f"[{reading.obligation}] {reading.en}: {en}, and for this reason exactly then",
        z3.Or(breached, unclear, given.certain, given.undecided),
        z3.And(
            given.certain == breached,
            given.undecided == unclear,
            z3.Implies(breached, outcome),
            z3.Implies(unclear, doubt),
        ),
        about=tuple(dict.fromkeys(reading.breach.predicates())),
    )


def possible(reading: Reading, facts: Facts) -> Formula:
    """That a case can occur at all, known for certain: otherwise its invariant would say nothing."""
    return facts.condition(reading.breach)[0]
