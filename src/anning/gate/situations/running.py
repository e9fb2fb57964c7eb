"""A situation, run on the production path (运行情形): journal, views, observation, instrument, decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from anning.errors import InvalidSituation
from anning.gate.communication import Communication
from anning.gate.directory import moment_of
from anning.gate.gate import Gate, contact_kind
from anning.gate.situations.model import Advance, MeasureStep, ReplyStep, Said, Send, Situation, Then, family_of
from anning.journal import Entry, MemoryJournal
from anning.law.calendar import period_end
from anning.law.decision import Decision, Outcome
from anning.law.instrument import SHANGHAI
from anning.registers import events as reg
from anning.registers.commands import ReplyReceived, answered

TENANT = "situation"
ACTOR = "situation"


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one step that was judged.

    Attributes:
        step: its number, from 1, all steps counted.
        missing: obligations that should have been among the reasons.
        unwanted: obligations that should not have been.
    """

    step: int
    holds: bool
    expected: tuple[str, ...]
    got: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    unwanted: tuple[str, ...]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a situation."""

    name: str
    holds: bool
    sequence: bool
    steps: tuple[StepResult, ...]
    decisions: tuple[Decision, ...]

    @property
    def told(self) -> StepResult | None:
        """The step to tell of: the first that does not hold, otherwise the last."""
        return next((step for step in self.steps if not step.holds), self.steps[-1] if self.steps else None)


Watcher = Callable[[Gate, Communication], None]


def run(situation: Situation, watch: Watcher | None = None) -> Result:
    """Let the situation happen and compare.

    Args:
        watch: is shown each communication, and the gate as it stands, before it is judged.

    Raises:
        InvalidSituation: a reply to a code that nobody has used; time that runs on after the year 9999.
    """
    world = _World(situation, watch)
    steps: list[StepResult] = []
    decisions: list[Decision] = []
    for number, step in enumerate(situation.steps, 1):
        match step:
            case Send():
                decision = world.send(step)
                decisions.append(decision)
                if step.then is not None:
                    steps.append(_compare(number, step.then, decision))
            case ReplyStep():
                world.reply(step, number)
            case Advance():
                world.advance(step)
            case MeasureStep():
                world.say(reg.MeasureTaken(on=step.on, measure=step.measure, noticed=step.noticed))
    return Result(
        name=situation.name,
        holds=all(step.holds for step in steps),
        sequence=situation.sequence,
        steps=tuple(steps),
        decisions=tuple(decisions),
    )


class _World:
    """The registers of a situation as a journal in memory, the gate that follows it, and the time of day."""

    def __init__(self, situation: Situation, watch: Watcher | None) -> None:
        self.situation = situation
        self._watch = watch
        self.at = situation.at
        self._sent_from: dict[str, dict[str, None]] = {}
        self._last_code: dict[str, str] = {}
        self._journal = MemoryJournal(clock=lambda: self.at)
        self.gate = Gate()
        self._say(situation.world)
        for part in situation.parts_down:
            self.gate.lose(part, situation.at)

    def say(self, what: reg.Payload) -> None:
        """Somebody says or decides something now."""
        self._say((Said(self.at, what),))

    def _say(self, said: tuple[Said, ...]) -> None:
        written = len(self._journal.events())
        entries = [
            Entry(
                kind=reg.kind_of(each.what),
                payload=reg.payload_of(each.what),
                tenant=TENANT,
                actor=ACTOR,
                at=each.at,
                key=str(written + place),
            )
            for place, each in enumerate(said)
        ]
        self.gate.follow(self._journal.append(entries))

    def send(self, step: Send) -> Decision:
        """The communication is judged and, when it may go, is an earlier contact from now on."""
        c = Communication(
            channel=step.channel,
            provider=step.provider,
            sender=step.sender,
            via=step.via,
            code=step.code,
            number=step.number,
            text=step.text,
            purpose=step.purpose,
            platform_call=step.platform_call,
            caller_identity=step.caller_identity,
            charged=step.charged,
            at=self.at,
        )
        if self._watch is not None:
            self._watch(self.gate, c)
        observations = self.gate.observe(c)
        decision = self.gate.decide_observed(observations, self.situation.under)
        if step.code:
            self._last_code[step.number] = step.code
            self._sent_from.setdefault(step.code, {})[step.sender] = None
        if decision.outcome <= Outcome.LABEL:
            self.say(
                reg.ContactsRecorded(
                    sender=c.sender,
                    number=c.number,
                    channel=c.channel.value,
                    at=(self.at,),
                    content=contact_kind(observations),
                )
            )
        return decision

    def reply(self, step: ReplyStep, number: int) -> None:
        """The answer is read as the registers read it: what refuses withdraws, what is unclear counts as refusing.

        It is an answer to everyone who uses the code: its registered user and whoever has sent from it.
        """
        code = step.code or self._last_code.get(step.number, "")
        users = dict(self._sent_from.get(code, {}))
        row = self.gate.sources.directory.code(code, moment_of(self.at))
        if row is not None:
            users[row.user] = None
        if not users:
            raise InvalidSituation(
                f"情形“{self.situation.name}”第 {number} 步：没有人使用码号“{code}”，无从回复",
                f"situation {self.situation.name!r}, step {number}: nobody uses the code {code!r} that is answered",
                thing=self.situation.name,
                field="reply",
            )
        answer = ReplyReceived(number=step.number, code=code, text=step.text)
        for to in users:
            said = answered(answer, to)
            if said is not None:
                self.say(said)

    def advance(self, step: Advance) -> None:
        """Time passes."""
        if step.unit == "months":
            local = self.at.astimezone(SHANGHAI)
            self.at = datetime.combine(period_end(local.date(), step.count), local.timetz())
        else:
            try:
                self.at += timedelta(**{step.unit: step.count})
            except OverflowError as refused:
                raise InvalidSituation(
                    f"情形“{self.situation.name}”：{step.count} {step.unit} 之后已过公元 9999 年",
                    f"situation {self.situation.name!r}: {step.count} {step.unit} on is after the year 9999",
                    thing=self.situation.name,
                    field="advance",
                ) from refused


def _compare(number: int, then: Then, decision: Decision) -> StepResult:
    reasons = decision.obligations()
    missing = tuple(wanted for wanted in then.because if not _among(wanted, reasons))
    unwanted = tuple(barred for barred in then.not_because if _among(barred, reasons))
    return StepResult(
        step=number,
        holds=not missing and not unwanted and (not then.outcomes or decision.outcome in then.outcomes),
        expected=tuple(outcome.word for outcome in then.outcomes),
        got=decision.outcome.word,
        reasons=reasons,
        missing=missing,
        unwanted=unwanted,
    )


def _among(obligation: str, reasons: tuple[str, ...]) -> bool:
    """R16a is itself; a family such as R06 is any of R06a, R06b, ..."""
    return any(reason == obligation or family_of(reason) == obligation for reason in reasons)
