"""Everything the rules observe in one text, at once (内容观察): the same text always gives the same."""

from __future__ import annotations

import hashlib
import unicodedata
from importlib.metadata import version
from importlib.resources import files

from anning.content.classify import classify
from anning.content.length import segments, utf16_length
from anning.content.lexicon import lexicon
from anning.content.links import read_links
from anning.content.model import Content
from anning.content.normalise import undisguise
from anning.content.phones import read_phones
from anning.content.signature import read_signature, without_signature
from anning.content.wayout import way_out_of

LINK = "链接"


def judge(text: str) -> Content:
    """What a message is and carries. Never raises; takes any string.

    Source: 2020 draft art. 18 and 19 (what port SMS must carry), 27 (public interest), 42 (what is commercial).
    """
    plain = undisguise(text)
    links = read_links(plain.folded)
    phones = read_phones(plain.folded)
    signature = read_signature(plain.folded)
    way_out = way_out_of(plain, links, phones)
    verdict = classify(
        _without_links(without_signature(plain.words), links),
        sender=signature.named,
        pairs=None if links else plain.pairs,
        way_out=way_out,
        links=links,
        phones=phones,
        obfuscated=plain.obfuscated,
    )
    units = utf16_length(text)
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
        length=units,
        segments=segments(units),
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


_READERS = ("normalise", "phrases")
_JUDGES = ("judge", "classify", "private", "patterns", "signature", "phones", "links", "wayout", "length", "reply")
RULES_HASH = _source_hash(*_READERS, *_JUDGES)
REPLY_HASH = _source_hash(*_READERS, "reply")
