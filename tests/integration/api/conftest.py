"""One server for the tests that do not change what others rest on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api_server import Server, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on SQLite with the gate tests' world."""
    with running(tmp_path_factory.mktemp("server"), webhooks_to_private=True) as server:
        yield server
