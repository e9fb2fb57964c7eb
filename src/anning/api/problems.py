"""Errors of the family as problem details of one shape (RFC 9457; 错误应答), at this door and nowhere below it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from anning import errors
from anning.errors import AnningError
from anning.logs import mask

CONTENT_TYPE: Final = "application/problem+json"
_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

_STATUS: Final[tuple[tuple[type[AnningError], int], ...]] = (
    (errors.SignInNeeded, 401),
    (errors.NotAllowed, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.TooMany, 429),
    (errors.Unpublished, 422),
    (errors.InvalidInput, 422),
    (errors.Unavailable, 503),
    (errors.NotTheWriter, 503),
)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong (RFC 9457).

    Attributes:
        type: the kind of error, an address within the reference.
        title, status: the kind in words, and the HTTP status.
        detail: what is wrong, English; `zh`: the same in Chinese.
        thing, field, rule: what it is about, which field of it, which rule it breaks.
    """

    type: str
    title: str
    status: int
    detail: str
    zh: str
    thing: str = ""
    field: str = ""
    rule: str = ""


def problem_of(error: AnningError) -> Problem:
    """The problem details of an error."""
    kind = type(error)
    status = next((number for each, number in _STATUS if isinstance(error, each)), 500)
    slug = _WORDS.sub("-", kind.__name__).lower()
    return Problem(
        type=f"/docs/errors#{slug}",
        title=_WORDS.sub(" ", kind.__name__).capitalize(),
        status=status,
        detail=mask(error.en),
        zh=mask(error.zh),
        thing=mask(error.thing),
        field=error.field,
        rule=error.rule,
    )


def headers_of(error: AnningError) -> dict[str, str]:
    """Headers that go with it: when to come again, how to sign in."""
    if isinstance(error, errors.TooMany):
        return {"Retry-After": str(max(1, round(error.retry_after)))}
    if isinstance(error, errors.Unavailable | errors.NotTheWriter):
        return {"Retry-After": "1"}
    if isinstance(error, errors.SignInNeeded):
        return {"WWW-Authenticate": 'Bearer realm="anning"'}
    return {}


OURS: Final = Problem(
    type="/docs/errors#internal",
    title="Internal error",
    status=500,
    detail="something went wrong here, not with what you asked; it is logged",
    zh="服务端出错，与您的请求无关；已记录",
    rule="internal",
)
