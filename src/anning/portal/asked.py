"""From a form's fields to what is asked of the gate (表单读取): lists and single communications."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from anning.api.decide import not_its_own
from anning.api.models import DecideRequest
from anning.api.scrubs import ScrubRequest
from anning.errors import InvalidInput
from anning.law.instrument import SHANGHAI
from anning.law.instruments.registry import IN_FORCE, instrument
from anning.portal.language import Language
from anning.portal.visit import Visit

_FIELD_WORDS = {
    "sender": ("发送者", "the sender"),
    "provider": ("承运方", "the provider"),
    "code": ("码号", "the code"),
    "text": ("短信正文", "the text"),
    "number": ("号码", "the number"),
    "filename": ("名单文件", "the list"),
    "at": ("时刻", "the moment"),
    "under": ("规定", "the instrument"),
}


def list_asked(form: Mapping[str, str], filename: str, language: Language) -> ScrubRequest:
    """How a list is to be judged.

    Raises:
        InvalidInput: a field cannot be meant; it is named.
    """
    _must_have(form, "sender", "provider", "code")
    if not filename:
        raise _missing("filename")
    call = form.get("channel") == "call"
    if not call:
        _must_have({"text": form.get("text", "") or form.get("text_column", "")}, "text")
    fields: dict[str, Any] = _sending(form) | {
        "filename": filename,
        "output": form.get("output", ""),
        "language": language,
    }
    for name in ("text_column", "number_column", "sheet"):
        if form.get(name, "").strip():
            fields[name] = form[name].strip()
    if not call and "text_column" not in fields:
        fields["text"] = form["text"]
    if call and form.get("platform_call"):
        fields["platform_call"] = form["platform_call"] == "yes"
    asked: ScrubRequest = _converted(fields, ScrubRequest)
    return asked


def one_asked(form: Mapping[str, str]) -> DecideRequest:
    """One communication.

    Raises:
        InvalidInput: a field cannot be meant; it is named.
    """
    _must_have(form, "number", "sender", "provider", "code")
    call = form.get("channel") == "call"
    if not call:
        _must_have(form, "text")
    fields = _sending(form) | {
        "number": form["number"].strip(),
        "text": "" if call else form.get("text", ""),
        "platform_call": call and form.get("platform_call", "yes") == "yes",
        "caller_identity": form.get("caller_identity", "") or "verified",
    }
    asked: DecideRequest = _converted(fields, DecideRequest)
    return asked


def must_speak_for(visit: Visit, sender: str) -> None:
    """Nothing, when the visitor's tenant may ask on behalf of this organisation.

    Raises:
        NotAllowed: it may not.
    """
    if not visit.tenant.speaks_for(sender):
        raise not_its_own(sender)


def _sending(form: Mapping[str, str]) -> dict[str, Any]:
    under = form.get("under", "").strip() or IN_FORCE
    if under != IN_FORCE:
        instrument(under)
    fields: dict[str, Any] = {
        "sender": form["sender"].strip(),
        "provider": form["provider"].strip(),
        "code": form["code"].strip(),
        "via": form.get("via", "").strip(),
        "channel": form.get("channel", "") or "sms",
        "purpose": form.get("purpose", "") or "commercial",
        "under": under,
        "charged": bool(form.get("charged")),
    }
    at = moment_asked(form.get("at", ""))
    return fields if at is None else fields | {"at": at}


def moment_asked(text: str) -> datetime | None:
    """A moment as a browser's field has it, Beijing time; None for now.

    Raises:
        InvalidInput: it is none.
    """
    if not text.strip():
        return None
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            f"时间“{text[:40]}”应写作 2026-11-11T10:00",
            f"a time is written 2026-11-11T10:00, not {text[:40]!r}",
            thing=text[:40],
            field="at",
            rule="moment",
        ) from None
    return read if read.tzinfo is not None else read.replace(tzinfo=SHANGHAI)


def _converted(fields: dict[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$.")
        field = path.rstrip("`")
        zh, en = _FIELD_WORDS.get(field, (field, field))
        raise InvalidInput(
            f"{zh}填得不对", f"{en} cannot be meant: {what}", thing="form", field=field, rule="schema"
        ) from None


def _must_have(form: Mapping[str, str], *names: str) -> None:
    for name in names:
        if not form.get(name, "").strip():
            raise _missing(name)


def _missing(name: str) -> InvalidInput:
    zh, en = _FIELD_WORDS[name]
    return InvalidInput(f"请填写{zh}", f"{en} is missing", thing="form", field=name, rule="missing")
