"""What every test may use: the third-party data beside the checkout, when it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["fixtures_db", "proof_report"]

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of third-party development data; tests that need it say so when it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the development data beside the checkout is not here: this test did not run")
    return SHARED
