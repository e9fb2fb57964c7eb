"""A process that is going to die: it writes and says on standard output what was acknowledged, one line each.

python -m journal_world.child notes URL COUNT       one after the other
python -m journal_world.child storm URL THREADS     from several threads, until killed
python -m journal_world.child segment URL FOLDER    one import of two batches
python -m journal_world.child sorted URL FOLDER     the same, put in order and with an index
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from anning.journal import Ack, SegmentWriter, Writer
from journal_world import AT, Note, create

ROWS = 70_000
PATIENCE = 60.0


def main(what: str, url: str, rest: str) -> None:
    if what == "notes":
        notes(url, int(rest))
    elif what == "storm":
        storm(url, int(rest))
    else:
        segment(url, Path(rest), sorted_by="number" if what == "sorted" else "")


def notes(url: str, count: int) -> None:
    with create(url) as store, Writer.acquire(store, wait=PATIENCE) as writer:
        for index in range(count):
            note = Note(f"name-{index}", "words", key=f"key-{index}")
            tell(note, writer.write(note, **note.say()))


def storm(url: str, threads: int) -> None:
    with create(url) as store, Writer.acquire(store, wait=PATIENCE) as writer:
        start = store.head().position

        def write_on(thread: int) -> None:
            for index in range(1_000_000):
                key = f"key-{start}-{thread}-{index}"
                note = Note(f"name-{index % 50}", key, key=key)
                tell(note, writer.write(note, **note.say()))

        running = [threading.Thread(target=write_on, args=(thread,), daemon=True) for thread in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()


def segment(url: str, folder: Path, *, sorted_by: str) -> None:
    with create(url, segments=folder) as store, Writer.acquire(store, wait=PATIENCE) as writer:
        event = SegmentWriter(store, writer).write(
            frames(), row_kind="number", source="a" * 64, tenant="cmcc", actor="ops", at=AT, sorted_by=sorted_by
        )
        sys.stdout.write(f"{event.key} {event.position}\n")


def frames() -> Iterator[pl.DataFrame]:
    for start in range(0, ROWS, 35_000):
        yield pl.DataFrame({"number": range(13_000_000_000 + start, 13_000_000_000 + start + 35_000)})


def tell(note: Note, ack: Ack) -> None:
    sys.stdout.write(f"{note.key} {ack.first}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
