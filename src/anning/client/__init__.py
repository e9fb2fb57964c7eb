"""The Python client of the API (接口客户端)::

    with Client("https://anning.example.cn", key="ank_...") as anning:
        asked = DecideRequest(sender="bank", provider="cpaas", code="106600001111", number="13800138000")
        answer = anning.decide(asked)

`Client` has one typed method for each route, made from the same table as the server's OpenAPI. A problem raises the
error of the family it is; what is busy or away is asked again a few times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anning.client.operations import Client

__all__ = ["Client"]


def __getattr__(name: str) -> Any:
    """`Client`, loaded when it is wanted: the command line speaks to a server without all the types."""
    if name == "Client":
        from anning.client.operations import Client

        return Client
    raise AttributeError(name)
