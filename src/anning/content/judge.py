"""Everything observed in one text, at once (内容观察): the same text and model always give the same."""

from __future__ import annotations

import hashlib
import unicodedata
from importlib.metadata import version
from importlib.resources import files
from typing import NamedTuple

from anning.content import skim
from anning.content.length import segments
from anning.content.lexicon import lexicon
from anning.content.links import read_links
from anning.content.model import Content
from anning.content.normalise import Normalised, undisguise
from anning.content.phones import read_phones
from anning.content.rules import is_agency
from anning.content.signature import Signature, read_signature, without_signature
from anning.content.trained import Model, built_in
from anning.content.verdict import Circumstances, decide, rules_logit
from anning.content.wayout import NO_WAY_OUT, way_out_of

LINK = "链接"


class _Read(NamedTuple):
    """What is read of a text before it is judged."""

    plain: Normalised
    signature: Signature
    body: str
    around: Circumstances


def _read(text: str) -> _Read:
    plain = undisguise(text)
    bits = plain.bits
    links = read_links(plain.folded, bits) if bits & skim.LINKS else ()
    phones = read_phones(plain.numbers) if bits & skim.NUMBERS else ()
    signature = read_signature(plain.folded)
    body = without_signature(plain.words)
    around = Circumstances(
        sender=signature.named,
        way_out=way_out_of(plain, links, phones) if bits & skim.REFUSING else NO_WAY_OUT,
        links=links,
        phones=phones,
        obfuscated=plain.obfuscated,
        may_hand_a_code=bits & skim.CODES != 0,
    )
    return _Read(plain, signature, _without_links(body, links) if links else body, around)


def words_of(text: str) -> str:
    """The words that are judged: normalised, without the signature, links as one word."""
    return _read(text).body


def speaks_for_agency(text: str) -> bool:
    """Whether the sender that a text names is an authority or public body."""
    return is_agency(_read(text).around.sender)


def rules_of(text: str) -> float:
    """The log-odds of the rules alone that a text is commercial."""
    read = _read(text)
    return rules_logit(read.body, read.around)


def content_version(model: Model | None = None) -> str:
    """What texts are judged by, for decisions (内容判断的版本): the model's name and version, then one hash.

    The hash is SHA-256 over that of the rules and that of the model file; either cannot change unseen.

    Args:
        model: by default the one that ships.

    Raises:
        InvalidFile: the model that ships is damaged.
        OSError: it is missing.
    """
    by = built_in() if model is None else model
    return f"{by.named} {hashlib.sha256(f'{RULES_HASH} {by.hash}'.encode()).hexdigest()}"


def judge(text: str, model: Model | None = None) -> Content:
    """What a message is and carries. Takes any string, and raises only where the model that ships cannot be had.

    Args:
        model: by default the one that ships.

    Raises:
        InvalidFile: the model that ships is damaged.
        OSError: it is missing.

    Source: 2020 draft art. 18 and 19 (what port SMS must carry), 27 (public interest), 42 (what is commercial).
    """
    plain, signature, body, around = _read(text)
    verdict = decide(body, around, built_in() if model is None else model)
    links, phones, way_out = around.links, around.phones, around.way_out
    return Content(
        text_hash=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        signature=signature.text,
        other_signatures=signature.others,
        names_sender=bool(signature.named),
        names_phone=bool(phones),
        phones=phones,
        offers_way_out=way_out.offered,
        way_out_keyword=way_out.keyword,
        way_out_one_step=way_out.one_step,
        has_link=bool(links),
        links=links,
        length=plain.units,
        segments=segments(plain.units),
        klass=verdict.klass,
        score=verdict.score,
        commercial_score=verdict.commercial_score,
        deciding=verdict.deciding,
        trade=verdict.trade,
        prohibited_kind=verdict.prohibited_kind,
        obfuscated=plain.obfuscated,
        is_verification_code=verdict.is_verification_code,
        promotional_tail=verdict.promotional_tail,
        publicity_of_work=verdict.publicity_of_work,
    )


def _without_links(words: str, links: tuple[str, ...]) -> str:
    """The words with each link as one word, so that what stands inside an address is not read as language."""
    for link in sorted(links, key=len, reverse=True):
        words = words.replace(link.lower(), LINK)
    return words


def _source_hash(*modules: str) -> str:
    """SHA-256 over the rules' own source, the word lists, and the tables that decide how a text is folded."""
    digest = hashlib.sha256(lexicon().sha256.encode())
    for module in sorted((*modules, "lexicon/__init__")):
        digest.update(module.encode() + b"\0" + files("anning.content").joinpath(f"{module}.py").read_bytes() + b"\0")
    digest.update(f"{unicodedata.unidata_version} {version('opencc')}".encode())
    return digest.hexdigest()


_READERS = ("normalise", "phrases", "skim")
_JUDGES = (
    "judge", "verdict", "rules", "trained", "features", "modelfile", "private", "patterns", "signature", "phones",
    "links", "wayout", "length", "reply",
)  # fmt: skip
RULES_HASH = _source_hash(*_READERS, *_JUDGES)
REPLY_HASH = _source_hash(*_READERS, "reply")
