"""Where the data of this run is: what `--data` and `--db` chose, above the environment (本次运行的数据所在)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anning.cli.through import RegistersOfServer
    from anning.registers.open import Registers
    from anning.settings import Settings

_chosen: dict[str, Any] = {}


def choose(data: Path | None, db: str) -> None:
    """Choose for the rest of this run; what is not given is as the environment says."""
    _chosen.clear()
    _chosen.update(_above(data, db))


def settings(data: Path | None = None, db: str = "", **more: Any) -> Settings:
    """The settings of this run, and the operational log begun as they say.

    Args:
        data, db: as a command's own options have them, above those of the whole run.
        more: other settings that a command has options for.

    Raises:
        InvalidInput: a setting has no such value.
    """
    from anning import logs
    from anning.settings import read_settings

    read = read_settings(**(_chosen | _above(data, db) | more))
    logs.configure(read.log_level)
    return read


def registers() -> Registers | RegistersOfServer:
    """The registers to write to: through the server that runs on them, else opened here, made when there are none."""
    from anning.cli.through import RegistersOfServer, server_here
    from anning.registers.open import open_registers

    chosen = settings()
    server = server_here(chosen)
    return open_registers(chosen) if server is None else RegistersOfServer(server)


def registers_to_read() -> Registers:
    """The registers to look something up in.

    Raises:
        Unavailable: there are none.
    """
    from anning.registers.open import open_to_read

    return open_to_read(settings())


def _above(data: Path | None, db: str) -> dict[str, Any]:
    """A data directory named by hand brings all that lies in it, whatever the environment says of that."""
    within: dict[str, Any] = {"database_url": "", "segments_dir": None, "counts_dir": None}
    chosen = {} if data is None else {"data_dir": data, **within}
    return chosen | ({"database_url": db} if db else {})
