"""Situations: the law tried by example (情形试法): a small world, what is sent in it, and what must come of it.

`load` reads a file, `run` tries one situation on the production path: register events in a journal, the gate's views
of it, observation, instrument, decision.
"""

from anning.gate.situations.loading import load, load_text
from anning.gate.situations.model import Advance, MeasureStep, ReplyStep, Said, Send, Situation, Then
from anning.gate.situations.running import Result, StepResult, Watcher, run

__all__ = [
    "Advance",
    "MeasureStep",
    "ReplyStep",
    "Result",
    "Said",
    "Send",
    "Situation",
    "StepResult",
    "Then",
    "Watcher",
    "load",
    "load_text",
    "run",
]
