"""A process that owns counts, or a gate that dispatches by them.

python -m counts_world.child own SHARD SMALLEST_LOG     until killed
python -m counts_world.child gate FOLDER SHARDS         what standard input asks, a line of JSON each, until it ends
"""

from __future__ import annotations

import sys
from pathlib import Path

from anning.gate.counts.ledger import Ledger
from anning.gate.counts.owner import Owner
from counts_world import NOW, ready


def main(what: str, folder: str, rest: str) -> None:
    if what == "own":
        own(Path(folder), int(rest))
    else:
        from counts_world.gates import gate

        gate(Path(folder), int(rest))


def own(shard: Path, smallest_log: int) -> None:
    with Ledger(shard, clock=lambda: NOW, smallest_log=smallest_log, recent=8) as ledger:
        owner = Owner(shard, ledger)
        ready()
        owner.serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
