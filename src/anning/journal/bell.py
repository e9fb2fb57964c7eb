"""Bells by which the writer wakes followers on its machine (门铃): a named pipe each, in a folder beside the database.

A bell only wakes. It may be lost, rung for nothing, or by a stranger: what there is to hear stands in the database.
A follower that dies leaves its pipe behind; the writer finds nobody listening and takes it away.
"""

from __future__ import annotations

import errno
import os
import secrets
import select
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

_SUFFIX: Final = ".bell"


class Bell:
    """One follower's own bell; gone when closed."""

    def __init__(self, folder: Path) -> None:
        """Hang it up.

        Raises:
            OSError: this system has no named pipes, or the folder is not ours to write: there is only polling then.
        """
        if not hasattr(os, "mkfifo"):
            raise OSError(errno.ENOSYS, "no named pipes")
        folder.mkdir(exist_ok=True)
        name = f"{os.getpid()}-{secrets.token_hex(4)}"
        unready = folder / name
        os.mkfifo(unready)
        # Both ways, so that a writer that hangs up is no end of file; named only once somebody listens.
        self._pipe = os.open(unready, os.O_RDWR | os.O_NONBLOCK)
        self._path = unready.rename(folder / f"{name}{_SUFFIX}")
        self._poll = select.poll()
        self._poll.register(self._pipe, select.POLLIN)

    def wait(self, timeout: float) -> bool:
        """Whether it rang since the last call, waiting up to ``timeout`` seconds for it."""
        if not self._poll.poll(max(0, round(timeout * 1000))):
            return False
        with suppress(BlockingIOError):
            os.read(self._pipe, 65_536)
        return True

    def close(self) -> None:
        """Take it down."""
        self._path.unlink(missing_ok=True)
        os.close(self._pipe)


def ring(folder: Path) -> None:
    """Ring every bell in the folder; never waits, never raises for a bell that is broken."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_SUFFIX):
                _ring(entry.path)


def _ring(path: str) -> None:
    try:
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as refused:
        if refused.errno == errno.ENXIO:
            with suppress(OSError):
                Path(path).unlink()
        return
    try:
        if stat.S_ISFIFO(os.fstat(pipe).st_mode):
            os.write(pipe, b"\0")
    except OSError:
        pass  # full: it rang and was not heard yet; broken: nobody listens any more
    finally:
        os.close(pipe)
