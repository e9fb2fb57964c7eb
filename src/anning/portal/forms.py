"""Forms as browsers send them (表单): small ones whole, those with a list field by field and the list as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import parse_qsl

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from anning.errors import InvalidInput
from anning.portal.visit import Upload

LONGEST: Final = 1 << 20
"""Bytes of all fields together, a list apart."""

MOST_FIELDS: Final = 200


async def read_fields(request: Request) -> dict[str, str]:
    """The fields of a form without a file.

    Raises:
        InvalidInput: it is too long, or no form.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            raise _too_long()
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, strict_parsing=bool(body))
    except (UnicodeDecodeError, ValueError) as error:
        raise _no_form() from error
    return dict(pairs)


class FormWithFile:
    """A form whose last field is a file (multipart/form-data, RFC 7578).

    Raises:
        InvalidInput: it is no such form.
    """

    def __init__(self, request: Request) -> None:
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise _no_form()
        self._stream = request.stream()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_part_data": self._data,
                "on_part_end": self._end,
            },
        )
        self._kept = 0
        self._name = ""
        self._filename: str | None = None
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._value = bytearray()
        self._waiting: list[bytes] = []
        self._fields: dict[str, str] = {}
        self._file_ended = False

    async def leading(self) -> dict[str, str]:
        """The fields before the file.

        Raises:
            InvalidInput: they are too long, or it is no form.
        """
        while self._filename is None and await self._more():
            pass
        return self._fields

    @property
    def upload(self) -> Upload | None:
        """The file; None when none was chosen."""
        if not self._filename:
            return None
        return Upload(filename=self._filename.replace("\\", "/").rsplit("/", 1)[-1], chunks=self._chunks())

    async def rest(self) -> None:
        """Let the rest of the form come and go: a browser listens only when it has said everything."""
        while await self._more():
            self._waiting.clear()

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            for chunk in self._waiting:
                yield chunk
            self._waiting.clear()
            if self._file_ended or not await self._more():
                break
        for chunk in self._waiting:
            yield chunk
        self._waiting.clear()
        if not self._file_ended:
            raise InvalidInput("名单未传完", "the list ended half-way", thing="list", rule="whole-body")

    async def _more(self) -> bool:
        """The next bytes of the body, taken apart; False when there are no more."""
        try:
            chunk = await anext(self._stream)
        except StopAsyncIteration:
            return False
        try:
            self._parser.write(chunk)
        except MultipartParseError as error:
            raise _no_form() from error
        return True

    # --- what the parser finds ----------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._name, self._value = "", bytearray()
        self._header = (bytearray(), bytearray())

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._keep(self._header[0], data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._keep(self._header[1], data[start:end])

    def _header_end(self) -> None:
        name, value = self._header
        self._header = (bytearray(), bytearray())
        if name.lower() != b"content-disposition":
            return
        _, options = parse_options_header(bytes(value))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options and self._filename is None:
            self._filename = options[b"filename"].decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._filename is not None:
            if not self._file_ended:
                self._waiting.append(data[start:end])
            return
        self._keep(self._value, data[start:end])

    def _keep(self, where: bytearray, part: bytes) -> None:
        self._kept += len(part)
        if self._kept > LONGEST:
            raise _too_long()
        where += part

    def _end(self) -> None:
        if self._filename is not None:
            self._file_ended = True
            return
        if len(self._fields) >= MOST_FIELDS:
            raise _too_long()
        self._fields[self._name] = self._value.decode("utf-8", "replace")


def _too_long() -> InvalidInput:
    return InvalidInput("表单过长", "the form is too long", thing="form", rule="body-size")


def _no_form() -> InvalidInput:
    return InvalidInput("这不是本站的表单", "this is no form of ours", thing="form", rule="form")
