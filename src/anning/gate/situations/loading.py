"""A situation file, read (读取情形文件). An unknown key is an error that names the key and the line."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Final, cast

from yaml.nodes import Node, SequenceNode

from anning.errors import InvalidSituation
from anning.gate.directory import code_form
from anning.gate.observe import PARTS
from anning.gate.situations.fields import Fields, complain, one_of, scalar
from anning.gate.situations.model import Advance, MeasureStep, ReplyStep, Send, Situation, Step, Then, Unit, family_of
from anning.gate.situations.source import compose, text_of
from anning.gate.situations.world import KEYS, SANCTIONS, read_world
from anning.law.articles import obligation_ids
from anning.law.decision import Outcome
from anning.law.instruments.registry import IN_FORCE, INSTRUMENTS
from anning.law.observations import CallerIdentity, Channel, Purpose
from anning.registers.events import OrganisationRegistered, Sanction

_SEND: Final = (
    "channel",
    "provider",
    "sender",
    "via",
    "from",
    "to",
    "text",
    "purpose",
    "platform_call",
    "caller_identity",
    "charged",
)
_STEPS: Final = ("reply", "advance", "measure")
_ADVANCE: Final = re.compile(r"(\d{1,6})\s+(minute|hour|day|month)s?")
_OUTCOMES: Final = {outcome.word: outcome for outcome in Outcome}


def load(path: Path) -> tuple[Situation, ...]:
    """The situations of a file, in order.

    Raises:
        InvalidSituation: the file cannot be read as a list of situations; the line and the key are told.
    """
    return load_text(text_of(path), name=str(path))


def load_text(text: str, *, name: str = "situations") -> tuple[Situation, ...]:
    """The situations of a text; `name` is told in complaints. Raises InvalidSituation as `load`."""
    node = compose(text, name)
    if not isinstance(node, SequenceNode) or not node.value:
        raise InvalidSituation(
            f"{name} 应为情形的列表，且不得为空",
            f"{name} is a list of situations, and not an empty one",
            thing=name,
            rule="situation",
        )
    try:
        return tuple(_situation(each) for each in node.value)
    except RecursionError as refused:
        raise InvalidSituation(
            f"{name} 中有并入自身的键值对",
            f"{name} has a mapping that is merged into itself",
            thing=name,
            rule="situation",
        ) from refused


def _situation(node: Node) -> Situation:
    f = Fields(node, ("name", "under", "at", "given", "send", "then", "sends"), "situation")
    under_node = f.require("under")
    under = one_of(scalar(under_node, "under"), under_node, "under", (IN_FORCE, *INSTRUMENTS))
    given_node = f.node_of("given")
    given = None if given_node is None else Fields(given_node, KEYS, "given")
    world = () if given is None else read_world(given)
    organisations = frozenset(said.what.id for said in world if isinstance(said.what, OrganisationRegistered))
    sequence = f.node_of("sends") is not None
    if sequence and (f.node_of("send") is not None or f.node_of("then") is not None):
        complain(node, "sends", "send/then 与 sends 只能二选一", "either send with then, or sends")
    if sequence:
        steps = tuple(_step(each, organisations) for each in f.items("sends"))
        if not steps:
            complain(node, "sends", "sends 不得为空", "sends is not empty")
    else:
        steps = (_send(Fields(f.require("send"), _SEND, "send"), _then(f.require("then"))),)
    return Situation(
        name=f.text("name", None),
        under=under,
        at=f.moment("at", None),
        world=world,
        parts_down=()
        if given is None
        else tuple(one_of(word, item, "parts_down", PARTS) for word, item in given.words("parts_down")),
        steps=steps,
        sequence=sequence,
        line=node.start_mark.line + 1,
    )


def _send(f: Fields, then: Then | None) -> Send:
    channel = f.member("channel", Channel, Channel.SMS)
    shown = f.code("from")
    return Send(
        channel=channel,
        provider=f.text("provider"),
        sender=f.text("sender"),
        via=f.text("via"),
        code=code_form(shown) if shown.strip() else "",
        number=f.number("to"),
        text="" if channel is Channel.CALL else f.text("text"),
        purpose=f.member("purpose", Purpose, Purpose.UNDECLARED),
        platform_call=f.flag("platform_call", False),
        caller_identity=f.member("caller_identity", CallerIdentity, CallerIdentity.VERIFIED),
        charged=f.flag("charged", False),
        then=then,
    )


def _then(node: Node) -> Then:
    f = Fields(node, ("outcome", "because", "not_because"), "then")
    outcomes = tuple(_OUTCOMES[one_of(word, item, "outcome", _OUTCOMES)] for word, item in f.words("outcome"))
    said = f.written("outcome")
    if said is not None and not outcomes:
        complain(
            said,
            "outcome",
            f"“outcome”是空的，可用：{'、'.join(_OUTCOMES)}",
            f"'outcome' is empty; it is one or more of {', '.join(_OUTCOMES)}",
        )
    because, not_because = _obligations(f, "because"), _obligations(f, "not_because")
    if not (outcomes or because or not_because):
        complain(
            node,
            "then",
            "“then”没有说明应有的结果，须有 outcome、because 或 not_because",
            "'then' says nothing that must come of it; it needs outcome, because or not_because",
        )
    return Then(outcomes=outcomes, because=because, not_because=not_because)


def _obligations(f: Fields, key: str) -> tuple[str, ...]:
    """Ids of obligations, or of families of them (R16 for R16a, R16b, ...)."""
    named = f.words(key)
    for word, item in named:
        if word not in _known_obligations():
            complain(
                item,
                key,
                f"“{key}”中的“{word}”不在义务清单上",
                f"{key!r}: {word!r} is not on the list of obligations",
                rule="unknown-obligation",
            )
    return tuple(word for word, _ in named)


@cache
def _known_obligations() -> frozenset[str]:
    ids = obligation_ids()
    return ids | frozenset(map(family_of, ids))


def _step(node: Node, organisations: Collection[str]) -> Step:
    f = Fields(node, (*_SEND, "then", *_STEPS), "sends")
    kinds = [key for key in _STEPS if f.node_of(key) is not None]
    if not kinds:
        then = f.written("then")
        return _send(f, None if then is None else _then(then))
    if any(f.node_of(key) is not None for key in (*_SEND, "then")) or len(kinds) > 1:
        complain(node, kinds[0], f"{kinds[0]} 应自成一步", f"{kinds[0]} is a step of its own")
    value = f.require(kinds[0])
    if kinds[0] == "advance":
        return _advance(value)
    return _reply(value) if kinds[0] == "reply" else _measure(value, organisations)


def _advance(node: Node) -> Advance:
    match = _ADVANCE.fullmatch(scalar(node, "advance").strip())
    if match is None:
        complain(
            node,
            "advance",
            "advance 应写作“5 months”，单位为 minutes、hours、days、months",
            "advance is written '5 months', in minutes, hours, days or months",
        )
    return Advance(int(match[1]), cast(Unit, f"{match[2]}s"))


def _reply(node: Node) -> ReplyStep:
    f = Fields(node, ("number", "text", "to"), "reply")
    to = f.code("to")
    return ReplyStep(number=f.number("number"), text=f.text("text"), code=code_form(to) if to.strip() else "")


def _measure(node: Node, organisations: Collection[str]) -> MeasureStep:
    f = Fields(node, ("on", "is", "noticed"), "measure")
    on = f.text("on", None)
    if on not in organisations:
        complain(
            f.require("on"),
            "on",
            f"“on”所指的“{on}”不是 given 中的组织",
            f"'on': {on!r} is none of the organisations that are given",
            rule="unknown-organisation",
        )
    return MeasureStep(
        on=on,
        measure=cast(Sanction, f.word("is", SANCTIONS, None)),
        noticed=f.flag("noticed", True),
    )
