"""The accounts of this machine's installation: asked of the server that runs, else opened here (本机帐户)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from anning.cli import here
from anning.cli.through import AccountsOfServer, server_here

if TYPE_CHECKING:
    from anning.accounts.open import Accounts


@contextmanager
def accounts_here() -> Iterator[Accounts | AccountsOfServer]:
    """The accounts, for one command."""
    settings = here.settings()
    server = server_here(settings)
    if server is None:
        from anning.accounts.open import open_accounts

        with open_accounts(settings) as accounts:
            yield accounts
        return
    with server:
        yield AccountsOfServer(server)
