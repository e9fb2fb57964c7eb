"""What a message is and carries, and what a reply means, as frozen values (内容观察结果). No law is in here."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ContentClass(StrEnum):
    """The apparent class of a message (内容类别), from its words alone; what the sender declares is another matter."""

    SERVICE = "service"
    COMMERCIAL = "commercial"
    PUBLIC_INTEREST = "public-interest"
    PROHIBITED = "prohibited"


class Reply(StrEnum):
    """Whether a subscriber's answer refuses (回复含义)."""

    REFUSAL = "refusal"
    NO_REFUSAL = "no-refusal"
    UNCLEAR = "unclear"


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the rules observe in one text.

    Attributes:
        text_hash: SHA-256 of the original text as UTF-8, hexadecimal.
        signature: the SMS signature (短信签名) without brackets, folded by `fold_signature`; empty if none.
        other_signatures: further bracketed names found elsewhere in the text, in order.
        names_sender: the message says who sends it, by a signature or in words ("安宁银行提醒您").
        names_phone: it names a telephone number to reach (an order number is none).
        phones: those numbers, plain digits without +86, in order.
        offers_way_out: it tells a way to refuse (退订方式).
        way_out_keyword: the word to send back, upper case for letters; empty when the way is a call, a link, or none.
        way_out_one_step: one reply, one short call or one tap, free of charge and with nothing else to do.
        has_link: it carries a web address, a short link or a mini-program link.
        links: those links with disguised dots restored, in order.
        length: UTF-16 code units, as the carriers count.
        segments: billed parts: 1 up to 70 units, else 67 a part.
        klass: the apparent class.
        score: confidence in `klass`, 0 to 1.
        commercial_score: how likely it is that the text is commercial or prohibited, 0 to 1, as fitted on hands from
            which the model was not made.
        deciding: the words and patterns that decided, strongest first.
        trade: finance, property, health, recruitment, travel, education, retail, government, other, or
            empty.
        prohibited_kind: fraud, phishing, gambling, porn, drugs, weapons, fake-invoice, fake-certificate, exam-cheating,
            illegal-goods, cult (邪教), or empty.
        obfuscated: the text hides its words: invisible characters, look-alikes, inserted signs, sound-alikes.
        is_verification_code: it hands over a one-time code (验证码).
        promotional_tail: a service message with an offer appended.
        publicity_of_work: an agency praising its own work (工作宣传), no public interest (2020 draft, art. 27).
    """

    text_hash: str
    signature: str
    other_signatures: tuple[str, ...]
    names_sender: bool
    names_phone: bool
    phones: tuple[str, ...]
    offers_way_out: bool
    way_out_keyword: str
    way_out_one_step: bool
    has_link: bool
    links: tuple[str, ...]
    length: int
    segments: int
    klass: ContentClass
    score: float
    commercial_score: float
    deciding: tuple[str, ...]
    trade: str
    prohibited_kind: str
    obfuscated: bool
    is_verification_code: bool
    promotional_tail: bool
    publicity_of_work: bool


class WayOut(msgspec.Struct, frozen=True, kw_only=True):
    """The way to refuse that a message tells (退订方式)."""

    offered: bool
    keyword: str = ""
    one_step: bool = False


class ReplyReading(msgspec.Struct, frozen=True, kw_only=True):
    """A subscriber's answer, read (回复解读).

    Attributes:
        reply: refusal, no-refusal or unclear. Unclear is to be treated as a refusal until a person has read it.
        why: the words that decided, or what is missing.
        normalised: the text as it was read.
    """

    reply: Reply
    why: str
    normalised: str
