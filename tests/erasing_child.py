"""A process that is going to die while it erases: a bank's list and single consents, half of them withdrawn.

python -m erasing_child prepare URL FOLDER      what is due on the day of `NOW`
python -m erasing_child erase URL FOLDER        the run
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from anning.registers import events as reg
from anning.registers.erasing import Eraser
from anning.registers.open import Registers, open_store
from anning.registers.suppression import Marks

BEGIN = datetime(2026, 1, 10, 3, tzinfo=UTC)
NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
IMPORTED = [f"+86138{place:08}" for place in range(120)]
SINGLE = [f"+86139{place:08}" for place in range(6)]
GONE = IMPORTED[::2] + SINGLE[::2]


def opened(url: str, folder: Path, now: datetime) -> Registers:
    store = open_store(url, folder / "segments")
    return Registers(store, writer_wait=60, group_commit_max=64, clock=lambda: now, marks=Marks(folder / "seal.key"))


def prepare(url: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "list.csv"
    path.write_text("手机号,机构\n" + "".join(f"{number},bank\n" for number in IMPORTED), encoding="utf-8")
    with opened(url, folder, BEGIN) as registers:
        registers.write(reg.OrganisationRegistered(id="bank", name="安宁银行"), actor="test")
        registers.take(path, "consent", actor="test")
        for number in SINGLE:
            registers.write(reg.ConsentGiven(number=number, to="bank"), actor="test", key=f"consent of {number}")
        for number in GONE:
            registers.write(reg.ConsentWithdrawn(number=number, to="bank"), actor="test")
    path.unlink()


def erase(url: str, folder: Path) -> int:
    with opened(url, folder, NOW) as registers:
        return Eraser(registers).run().erased


if __name__ == "__main__":
    {"prepare": prepare, "erase": erase}[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
