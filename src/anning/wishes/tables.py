"""What is under way between the registry and a person: tables of the running state (办理中状态)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from anning.journal import Statements

FOLDER: Final = Path(__file__).parent
STATE_MIGRATIONS: Final = FOLDER / "migrations"
QUERIES: Final = Statements(FOLDER / "sql")
