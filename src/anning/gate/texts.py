"""What is read of one text, whoever sends it, and what can still be read when the content rules fail (读取文本)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from anning.content import Content, ContentClass, content_version, fold_signature, way_out_works
from anning.content import judge as judge_by
from anning.content.trained import built_in
from anning.errors import AnningError
from anning.gate.directory import content_key
from anning.registers.content_models import model_in_force
from anning.registers.events import BUILT_IN_MODEL

_CODE_ALONE = re.compile(
    r"(?:验证码|校验码|动态码|动态密码|驗證碼|verification code|passcode)\D{0,12}(?<!\d)\d{4,8}(?!\d)"
    r"|(?<!\d)\d{4,8}(?!\d)\D{0,12}(?:验证码|校验码|动态码|动态密码|驗證碼|verification code|passcode)",
    re.IGNORECASE,
)
_LURE = re.compile(r"https?://|www\.|优惠|折扣|抽奖|中奖|贷款|额度|促销|红包|退订|拒收")

NO_MODEL: Final = "no model"
"""Content version of decisions while the content model is missing or damaged."""

V = TypeVar("V")

Judge = Callable[[str], Content]


class Reading(msgspec.Struct, frozen=True):
    """What is read of one text, whoever sends it.

    Attributes:
        works: the way out that it tells is understood by our own reader of replies.
        folded: in the spelling in which names are compared, see `fold_signature`.
        key: what it shares with texts that say the same, see `content_key`.
    """

    content: Content
    works: bool
    folded: str
    key: bytes


def reader_of(judge: Judge, texts: int) -> Callable[[str], Reading]:
    """Read texts with this judge and remember so many; what raises is not remembered."""

    @lru_cache(maxsize=texts)
    def read(text: str) -> Reading:
        content = judge(text)
        works = content.offers_way_out and way_out_works(text)
        return Reading(content, works, fold_signature(text), content_key(text))

    return read


class Readers:
    """Texts read by the content model in force at a moment (按当时启用的模型读取).

    Args:
        judge: what reads instead of any model; None for models.
        version: what that judge goes by.
        folder: where the journal's files are; the models that were put in force are below it.
        texts: how many distinct texts are remembered for each model.
    """

    def __init__(self, judge: Judge | None, version: str, folder: Path | None, texts: int) -> None:
        self._folder = folder
        self._texts = texts
        self._version = version
        self._of: dict[str, tuple[Callable[[str], Reading], str]] = {}
        self._instead = None if judge is None else reader_of(judge, texts)

    def of(self, model: str) -> Callable[[str], Reading]:
        """What reads a text by that model.

        Raises:
            InvalidFile: the model's file is not what was put in force.
            OSError: it is missing.
        """
        return self._instead or self._loaded(model)[0]

    def version(self, model: str) -> str:
        """What decisions say their texts were read by: "no model" where it is missing or damaged."""
        if self._instead is not None:
            return self._version
        try:
            return self._version or self._loaded(model)[1]
        except (AnningError, OSError):
            return NO_MODEL

    def _loaded(self, model: str) -> tuple[Callable[[str], Reading], str]:
        found = self._of.get(model)
        if found is None:
            by = built_in() if model == BUILT_IN_MODEL else model_in_force(self._folder, model)
            found = self._of[model] = reader_of(partial(judge_by, model=by), self._texts), content_version(by)
        return found


CONTENT_FIELDS: Final = (
    "content_class",
    "commercial_score",
    "prohibited",
    "verification_code",
    "names_sender",
    "names_phone",
    "way_out",
    "way_out_one_step",
    "way_out_understood",
    "has_link",
    "length",
    "content_trade",
    "publicity_of_work",
)
"""What is unknown when the content rules fail."""


def content_facts(reading: Reading) -> dict[str, Any]:
    """The observations of content, but for the sender's name, which the register of signatures has a say in."""
    content = reading.content
    return {
        "content_class": str(content.klass),
        "commercial_score": content.commercial_score,
        "prohibited": content.klass is ContentClass.PROHIBITED,
        "verification_code": content.is_verification_code,
        "names_phone": content.names_phone,
        "way_out": content.offers_way_out,
        "way_out_one_step": content.way_out_one_step,
        "way_out_understood": reading.works,
        "has_link": content.has_link,
        "length": content.length,
        "content_trade": content.trade,
        "publicity_of_work": content.publicity_of_work,
    }


def bracketed(text: str) -> tuple[str, ...]:
    """The signatures as they stand, for when the content rules failed."""
    return tuple(re.findall(r"【([^【】]{2,24})】", text))


def alone(read: Callable[[str], V], text: str) -> V | None:
    """What can still be read of a text that the content rules could not; None when that fails too."""
    try:
        return read(text)
    except Exception:  # noqa: BLE001 - what raises is unknown (design, idea 6)
        return None


def code_alone(text: str) -> bool:
    """A one-time code and nothing that lures, told without the content rules."""
    return _CODE_ALONE.search(text) is not None and _LURE.search(text) is None
