"""The files a run leaves: the full result and, beside it, its rows by outcome (结果文件).

Nothing half-written is ever seen under its final name: all are written under other names and renamed at the end, the
full result last. What an earlier run of the same name left is taken away first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, Self

import polars as pl
from xlsxwriter.exceptions import FileCreateError

from anning.errors import InvalidFile
from anning.tables.block import Block
from anning.tables.writers import Added, Style, TableWriter, open_writer

SEND, STOP, HOLD, BAD_ROWS = "send", "stop", "hold", "bad"
PARTS: Final = (SEND, STOP, HOLD, BAD_ROWS)
"""Files by outcome: to be sent, not to be sent, to be looked at, no number."""

FULL: Final = ""


class Outputs:
    """The result files of one run, each opened when its first row comes.

    Args:
        out: the full result; a part's name is this and its own behind a dot.
        labels: columns of the full result and of the parts but the bad rows.
        bad_labels: columns of the bad rows.
    """

    def __init__(
        self,
        out: Path,
        style: Style,
        labels: Sequence[str],
        bad_labels: Sequence[str],
    ) -> None:
        self._out = out
        self.style = style
        self._labels = labels
        self._bad_labels = bad_labels
        self._writers: dict[str, TableWriter] = {}

    def path(self, part: str) -> Path:
        """Where a part will be."""
        return self._out if part == FULL else self._out.with_name(f"{self._out.name}.{part}")

    def open(self, part: str) -> TableWriter:
        """The writer of a part, made when it is asked for first."""
        writer = self._writers.get(part)
        if writer is None:
            labels = self._bad_labels if part == BAD_ROWS else self._labels
            writer = self._writers[part] = open_writer(self._unfinished(part), labels, self.style)
        return writer

    def append(self, part: str, block: Block, added: Added) -> None:
        """Append rows of a block to a part, with what is put to them.

        Raises:
            InvalidFile: the disk does not take them.
        """
        with self.writing():
            self.open(part).append(block, added)

    def writing(self) -> AbstractContextManager[None]:
        """What the disk does not take within is an error of ours.

        Raises:
            InvalidFile: it did not take something.
        """
        return _writing(self._out)

    def _unfinished(self, part: str) -> Path:
        final = self.path(part)
        return final.with_name(f".{final.name}.{os.getpid()}.part")

    def finish(self) -> dict[str, str]:
        """Complete the files and give them their names.

        Returns:
            By part the file's name, "all" for the full result; parts without rows have none.

        Raises:
            InvalidFile: the disk does not take them.
        """
        for writer in self._writers.values():
            with _writing(writer.path):
                writer.finish()
        written = [part for part in (*PARTS, FULL) if part in self._writers]
        for part in (FULL, *PARTS):
            self.path(part).unlink(missing_ok=True)
        for part in written:
            self._unfinished(part).replace(self.path(part))
        self._writers.clear()
        return {part or "all": str(self.path(part)) for part in sorted(written)}

    def clear_away(self) -> None:
        """Remove what runs to the same name left unfinished when they were killed."""
        for part in (FULL, *PARTS):
            final = self.path(part)
            named = re.compile(rf"\.{re.escape(final.name)}\.([0-9]+)\.part")
            for left in list(final.parent.iterdir()):
                found = named.fullmatch(left.name)
                if found and not _runs(int(found[1])):
                    left.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for part, writer in self._writers.items():
            try:
                writer.abandon()
            finally:
                self._unfinished(part).unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pl.exceptions.PolarsError, FileCreateError) as refused:
        raise InvalidFile(
            f"无法写入 {path}：{refused}", f"cannot write {path}: {refused}", thing=str(path)
        ) from refused


def refuse_the_registers(out: Path, database: Path | None, folders: Sequence[Path]) -> None:
    """A result must not be written over the registers, nor among their files.

    Args:
        database: the file of the system of record, when it is one.
        folders: the data directory and the folder of segments.

    Raises:
        InvalidFile: it would be.
    """
    names = {out.resolve(), *(out.with_name(f"{out.name}.{part}").resolve() for part in PARTS)}
    kept = {folder.resolve() for folder in folders}
    if (database is not None and database.resolve() in names) or any(kept & set(name.parents) for name in names):
        raise InvalidFile(
            f"结果文件 {out} 会写进登记数据里，请写到别处",
            f"the result {out} would be written among the registers' own files: write it elsewhere",
            thing=str(out),
            field="out",
        )


def refuse_to_overwrite(source: Path, out: Path) -> None:
    """A run must not write over what it reads.

    Raises:
        InvalidFile: the result, or one of its parts, would be the list itself or is a folder; or there is no such
            place.
    """
    names = {out, *(out.with_name(f"{out.name}.{part}") for part in PARTS)}
    for name in sorted(names):
        if name.is_dir():
            raise InvalidFile(
                f"{name} 是文件夹，请给出文件名", f"{name} is a folder: name a file", thing=str(name), field="out"
            )
    if any(name.exists() and name.samefile(source) for name in names):
        raise InvalidFile(
            f"结果文件 {out} 会覆盖名单 {source}",
            f"the result {out} would be written over the list {source}",
            thing=str(out),
            field="out",
        )
    if not out.parent.is_dir():
        raise InvalidFile(
            f"文件夹 {out.parent} 不存在", f"there is no folder {out.parent}", thing=str(out), field="out"
        )
