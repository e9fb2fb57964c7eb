"""A request for a page that was let in, and what a page may answer (访问与应答)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from anning.accounts.may import Granted, Principal, may
from anning.accounts.model import Tenant
from anning.accounts.roles import Action
from anning.api.house import House
from anning.api.routes import Asks
from anning.portal.language import Language


class Fields(dict[str, str]):
    """What was typed, by field; nothing where nothing was."""

    def __missing__(self, name: str) -> str:
        return ""


class Visit(msgspec.Struct, kw_only=True):
    """A request that was let in.

    Attributes:
        path: as asked; `address`: with its query, to come back to.
        params: of the path; `query`: of the address; `form`: the fields of a form.
        csrf: what every form of the page brings along.
        file: of a form with a file, its name and bytes as they come.
        secure: the browser came by HTTPS.
        number: of a person who proved it, E.164; `proved`: the token that does.
        network: the address the request came from.
    """

    house: House
    who: Principal
    tenant: Tenant
    name: str
    language: Language
    path: str
    address: str
    params: Mapping[str, str]
    query: Fields
    form: Fields
    csrf: str
    agent: str
    secure: bool
    number: str = ""
    proved: str = ""
    network: str = ""
    file: Any = None

    def may(self, action: Action) -> bool:
        """Whether the visitor may do this in their tenant."""
        return isinstance(may(self.who, action, self.tenant.id), Granted)

    @property
    def signed_in(self) -> bool:
        """Whether it is a person who came in whole."""
        return self.who.kind == "person" and not self.who.half

    def words(self, zh: str, en: str) -> str:
        """In the visitor's language."""
        return zh if self.language == "zh" else en


class Upload(msgspec.Struct, kw_only=True):
    """A file that comes with a form: read `chunks` once."""

    filename: str
    chunks: AsyncIterator[bytes]


class Cookie(msgspec.Struct, frozen=True, kw_only=True):
    """A cookie to be set; for `lasting` seconds, for the session when None, taken away when 0."""

    name: str
    value: str
    lasting: int | None = None
    strict: bool = False


class Shown(msgspec.Struct, kw_only=True):
    """A page to be shown.

    Attributes:
        again: the fields to send once more when only the language changes; None for pages that have an address.
        address: where the page is found again, when that is not where it was asked for.
    """

    template: str
    values: dict[str, Any] = {}
    status: int = 200
    again: Mapping[str, str] | None = None
    address: str = ""
    cookies: tuple[Cookie, ...] = ()


class Goes(msgspec.Struct, kw_only=True):
    """On to another page (303)."""

    to: str
    cookies: tuple[Cookie, ...] = ()


class Sent(msgspec.Struct, kw_only=True):
    """A file that is made for this answer."""

    content: bytes
    filename: str
    media: str


class Sends(msgspec.Struct, kw_only=True):
    """A file to keep."""

    path: Path
    filename: str


Handler: TypeAlias = Callable[[Visit], Any]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page, or one act of a page.

    Attributes:
        action: what leave it asks for; `also`: and besides.
        handler: called in a thread of its own, or awaited when it is a coroutine.
        uploads: its form carries a file, which the handler reads as it comes.
    """

    method: str
    path: str
    action: Asks
    handler: Handler
    zh: str
    en: str
    also: Action | None = None
    uploads: bool = False


HOME: Final = "/"


def own_path(text: str) -> str:
    """A path of this site to go back to; the home page instead of anything that leads elsewhere."""
    if not text.startswith("/") or text.startswith(("//", "/\\")) or any(ord(each) < 33 for each in text):
        return HOME
    return text
