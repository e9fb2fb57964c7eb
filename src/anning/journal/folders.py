"""Folders that survive a power cut (目录落盘): a new name is safe only when the folder that holds it is flushed."""

from __future__ import annotations

import os
from pathlib import Path

from anning.errors import Unavailable


def make_folder(folder: Path) -> None:
    """Make a folder with its parents, each new name flushed into the folder above it.

    Raises:
        Unavailable: the system does not let us.
    """
    try:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for made in reversed(missing):
            flush(made.parent)
    except OSError as error:
        raise Unavailable(
            f"无法建立目录 {folder}：{error.strerror}",
            f"the folder {folder} cannot be made: {error.strerror}",
            thing=str(folder),
        ) from error


def flush(path: Path) -> None:
    """Have a file or a folder on disk (fsync)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
