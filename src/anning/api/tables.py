"""The doors' tables in the running state (接口运行状态表)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from anning.journal import Statements

FOLDER: Final = Path(__file__).parent
STATE_MIGRATIONS: Final = FOLDER / "migrations"
QUERIES: Final = Statements(FOLDER / "sql")
