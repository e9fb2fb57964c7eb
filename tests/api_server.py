"""A real server on a free port, with a small world in it, for the tests of the doors (测试服务)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from starlette.routing import BaseRoute

from anning.api.house import House
from anning.api.server import serve
from anning.registers.events import ConsentGiven
from anning.settings import Settings
from gate_world import LONG_AGO, WANG, WORLD

PASSWORD = "correct horse battery"


class Server:
    """A server within the test's process, its world said.

    Attributes:
        url: where it listens.
        house: its parts.
    """

    def __init__(self, house: House, more: Iterable[BaseRoute] = ()) -> None:
        self.house = house
        self._more = tuple(more)
        self.url = ""
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        serve(self.house, more=self._more, ready=self._begun, stop=self._stop)

    def _begun(self, url: str) -> None:
        self.url = url
        self._ready.set()

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)
        self.house.close()

    def key(self, *scopes: str, tenant: str = "anning", rate: float = 100_000, burst: int = 100_000) -> str:
        """A new key's text."""
        made = self.house.accounts.make_key(tenant, "test", scopes, actor="test", rate=rate, burst=burst)
        return made.secret

    def client(self, key: str = "", **more: Any) -> httpx2.Client:
        """A bare HTTP client that shows this key."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=30, **more)

    def person(self, name: str, *roles: str, tenant: str = "anning") -> None:
        """Somebody with a password."""
        accounts = self.house.accounts
        token = accounts.add_person(name, name, tenant, roles, actor="test")
        accounts.accept_invitation(token, PASSWORD)

    @contextmanager
    def signed_in(self, name: str) -> Iterator[httpx2.Client]:
        """A client in the person's session, with what changes must bring along."""
        with self.client() as client:
            answer = client.post("/v1/session", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 201, answer.text
            client.headers["X-CSRF-Token"] = answer.json()["csrf"]
            yield client


@contextmanager
def running(folder: Path, database: str = "", *, shadow: bool = False, **more: Any) -> Iterator[Server]:
    """A server with the gate tests' world, and one person's consent to the bank."""
    settings = Settings(data_dir=folder, database_url=database, port=0, **more)
    house = House(settings, shadow=shadow)
    for said in (*WORLD, ConsentGiven(number=WANG, to="bank", channel="sms")):
        house.registers.write(said, actor="test", at=LONG_AGO)
    with Server(house) as server:
        yield server
