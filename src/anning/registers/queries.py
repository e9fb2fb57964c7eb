"""The named statements of the registers (登记库语句)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from anning.journal import Statements

QUERIES: Final = Statements(Path(__file__).parent / "sql")
