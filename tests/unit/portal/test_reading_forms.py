"""What a browser sends, read: its language, a form however its bytes are cut, fields that cannot be meant."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from anning.errors import InvalidInput
from anning.portal import language
from anning.portal.asked import list_asked, moment_asked, one_asked
from anning.portal.forms import LONGEST, FormWithFile, read_fields
from anning.portal.visit import own_path

BOUNDARY = "----quiet"


def run(reading: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: what drives the browser of other tests keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, reading).result()


@pytest.mark.parametrize(
    ("kept", "accepted", "chosen"),
    [
        ("", "", "zh"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "en;q=0.3, zh-Hant;q=0.7", "zh"),
        ("", "fr, en;q=0.5", "en"),
        ("", "fr", "zh"),
        ("", "en;q=nonsense, zh;q=0.1", "zh"),
        ("en", "zh-CN", "en"),
        ("xx", "en", "en"),
    ],
)
def test_the_language(kept: str, accepted: str, chosen: str) -> None:
    assert language.chosen(kept, accepted) == chosen


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/law?x=1", "/law?x=1"),
        ("//example.org", "/"),
        ("/\\example.org", "/"),
        ("https://example.org", "/"),
        ("/law\nSet-Cookie: x", "/"),
        ("", "/"),
    ],
)
def test_only_own_paths_are_gone_back_to(text: str, path: str) -> None:
    assert own_path(text) == path


def request_of(body: bytes, pieces: list[int], kind: str) -> Request:
    """A request whose body comes cut at these places."""
    cuts = sorted({0, len(body), *(cut % (len(body) + 1) for cut in pieces)})
    parts = [body[start:end] for start, end in pairwise(cuts)] or [b""]

    async def receive() -> dict[str, object]:
        part = parts.pop(0) if parts else b""
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
    return Request(scope, receive)


def multipart(fields: dict[str, str], filename: str | None, content: bytes) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if filename is not None:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="list"; filename="{filename}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def read(request: Request) -> tuple[dict[str, str], str, bytes]:
    form = FormWithFile(request)
    fields = await form.leading()
    upload = form.upload
    content = b"".join([chunk async for chunk in upload.chunks]) if upload is not None else b""
    await form.rest()
    return fields, "" if upload is None else upload.filename, content


values = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30)


@given(
    fields=st.dictionaries(st.sampled_from(["csrf", "text", "sender", "at"]), values, max_size=4),
    content=st.binary(max_size=2_000).filter(lambda content: BOUNDARY.encode() not in content),
    pieces=st.lists(st.integers(0, 5_000), max_size=12),
)
def test_a_form_with_a_list_is_read_the_same_however_it_is_cut(
    fields: dict[str, str], content: bytes, pieces: list[int]
) -> None:
    body = multipart(fields, "名单.csv", content)
    found = run(read(request_of(body, pieces, f"multipart/form-data; boundary={BOUNDARY}")))
    assert found == (fields, "名单.csv", content)


def test_a_form_without_a_list_and_one_with_a_path_in_its_name() -> None:
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    assert run(read(request_of(multipart({"a": "1"}, None, b""), [], kind))) == ({"a": "1"}, "", b"")
    found = run(read(request_of(multipart({}, "C:/Users/li/名单.csv", b"x"), [], kind)))
    assert found == ({}, "名单.csv", b"x")


def test_a_list_that_ends_half_way_is_none() -> None:
    body = multipart({"a": "1"}, "a.csv", b"138,139")[:-20]
    with pytest.raises(InvalidInput, match="half-way"):
        run(read(request_of(body, [], f"multipart/form-data; boundary={BOUNDARY}")))


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data"])
def test_what_is_no_form_is_told(kind: str) -> None:
    with pytest.raises(InvalidInput, match="no form of ours"):
        run(read(request_of(b"{}", [], kind)))


def test_fields_without_end_are_not_kept() -> None:
    body = multipart({"text": "x" * (LONGEST + 10)}, "a.csv", b"1")
    request = request_of(body, list(range(0, LONGEST, 65_536)), f"multipart/form-data; boundary={BOUNDARY}")
    with pytest.raises(InvalidInput, match="too long"):
        run(read(request))
    plain = request_of(b"a=" + b"x" * LONGEST, [], "application/x-www-form-urlencoded")
    with pytest.raises(InvalidInput, match="too long"):
        run(read_fields(plain))


ASKED = {"sender": "books", "provider": "cpaas", "code": "106600008888", "text": "【青禾书店】你好"}


@pytest.mark.parametrize("lacking", ["sender", "provider", "code", "text"])
def test_what_a_list_lacks_is_named(lacking: str) -> None:
    with pytest.raises(InvalidInput) as told:
        list_asked({**ASKED, lacking: " "}, "a.csv", "zh")
    assert told.value.field == lacking


def test_a_list_is_read_as_it_was_meant() -> None:
    asked = list_asked({**ASKED, "at": "2026-11-11T10:00", "output": ".xlsx", "purpose": "service"}, "a.csv", "en")
    assert asked.at is not None
    assert asked.at.isoformat() == "2026-11-11T10:00:00+08:00"
    assert (asked.output, asked.purpose.value, asked.language, asked.under) == (".xlsx", "service", "en", "in-force")
    own = list_asked({**ASKED, "text_column": "短信"}, "a.csv", "zh")
    assert (own.text, own.text_column) == (None, "短信")
    call = list_asked({**ASKED, "channel": "call", "text": "", "platform_call": "no"}, "a.csv", "zh")
    assert (call.text, call.platform_call) == (None, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [("under", "no-such-law"), ("channel", "fax"), ("purpose", "fun"), ("output", ".exe"), ("at", "x")],
)
def test_what_cannot_be_meant_is_named(field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as told:
        list_asked({**ASKED, field: value}, "a.csv", "zh")
    assert told.value.field == field


def test_one_communication() -> None:
    asked = one_asked({**ASKED, "number": " 13800138000 "})
    assert (asked.number, asked.channel.value, asked.platform_call) == ("13800138000", "sms", False)
    assert one_asked({**ASKED, "number": "1", "channel": "call"}).platform_call
    with pytest.raises(InvalidInput):
        one_asked(ASKED)


def test_a_moment_without_a_zone_is_beijing_s() -> None:
    assert moment_asked("") is None
    read = moment_asked("2026-11-11T10:00")
    assert read is not None
    assert read.utcoffset() is not None
