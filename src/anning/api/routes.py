"""Every route of the API: what it takes, what it answers, what it asks leave for (路由表). Nothing else is served.

A route without an action does not exist: `PUBLIC` is an action like any other, and is written where it is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec

from anning.accounts.may import Principal
from anning.accounts.model import Tenant
from anning.accounts.roles import Action
from anning.api.identify import Holder

if TYPE_CHECKING:
    from anning.api.house import House

PUBLIC: Final = "public"
HALF: Final = "half"
"""For whoever has shown the first factor, and may show the second."""

SUBSCRIBER: Final = "subscriber"
"""For whoever proved a number with a one-time code, on what is that number's own."""

Asks: TypeAlias = Action | Literal["public", "half", "subscriber"]


class Call(msgspec.Struct, kw_only=True):
    """A request that was let in.

    Attributes:
        who: who asks; `tenant`: in whose name.
        params: of the path; `query`: of the address.
        body: as typed by the route, None when it takes none.
        key: the idempotency key, empty when there is none.
        agent: what the browser calls itself; `cookies`: the header as it came.
        address: where the request came from on the network.
        number: of a person who proved it, E.164; empty for everybody else. `token`: what they showed.
        described: the OpenAPI description, as JSON.
        stream: of a route that streams, the body as it comes.
    """

    house: House
    who: Principal
    tenant: Tenant
    holder: Holder | None
    params: Mapping[str, str]
    query: Any
    body: Any
    key: str = ""
    agent: str = ""
    cookies: bytes = b""
    address: str = ""
    number: str = ""
    token: str = ""
    described: Callable[[], str]
    stream: Any = None


class Answer(msgspec.Struct, kw_only=True):
    """What is answered: a value as JSON, a file, text, or bytes."""

    value: Any = None
    status: int = 200
    headers: dict[str, str] = {}
    file: Any = None
    filename: str = ""
    text: str | None = None
    content: bytes | None = None
    media: str = "text/plain; charset=utf-8"


Handler: TypeAlias = Callable[[Call], Any]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One route.

    Attributes:
        action: what leave it asks for.
        handler: called in a thread of its own, or awaited when it is a coroutine.
        takes: the type of the body; `query`: of the address's parameters; `answers`: of what comes back.
        status: when all is well; `more`: other statuses that are no errors, and their types.
        streams: the body is a file and is read by the handler as it comes.
        hot: served by raw ASGI before everything else.
        example: a body as somebody would send it.
        on_root: it is about the installation, so leave is asked of the root tenant, whichever one asks in.
        idempotent: whether an `Idempotency-Key` makes the same twice once: by the answer that is kept, or by the
            journal, which keeps its keys for ever.
    """

    method: str
    path: str
    action: Asks
    handler: Handler | None
    zh: str
    en: str
    tag: str
    takes: Any = None
    query: Any = None
    answers: Any = None
    status: int = 200
    more: Mapping[int, Any] = {}
    streams: bool = False
    hot: bool = False
    example: Any = None
    media: str = "application/json"
    idempotent: Literal["", "answer", "journal"] = ""
    on_root: bool = False

    @property
    def name(self) -> str:
        """As the client and OpenAPI call it."""
        handler = self.handler
        return "" if handler is None else handler.__name__
