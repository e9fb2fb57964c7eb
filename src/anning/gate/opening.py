"""A gate from the system of record (由事件库建立闸口)."""

from __future__ import annotations

from pathlib import Path

from anning.gate.gate import Gate
from anning.journal import Store
from anning.registers.open import must_exist
from anning.registers.views import MIGRATIONS, RegisterView


def open_gate(url: str, segments: Path | None = None) -> Gate:
    """A gate that has followed the whole journal of a database.

    Args:
        url: ``sqlite:///path`` or ``postgresql://...``.
        segments: the folder of import segments, where it is not beside the database.

    Raises:
        Unavailable: there is no such database, or it cannot be reached.
        SchemaMismatch: its tables are not those of this code.
    """
    must_exist(url)
    with Store.open(url, [RegisterView()], migrations=MIGRATIONS, segments=segments) as store:
        folder = store.database.segments
        return Gate.of(store.events(), segments=folder)
