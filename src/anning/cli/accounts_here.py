"""The accounts of this machine's installation: opened here, or asked of the server that runs (本机帐户)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from anning.accounts.open import Accounts, open_accounts
from anning.cli import here


@contextmanager
def accounts_here() -> Iterator[Accounts]:
    """The accounts, for one command."""
    with open_accounts(here.settings()) as accounts:
        yield accounts
