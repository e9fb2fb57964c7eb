"""Named steps at which a test may kill the process (故障注入点).

A test facility, off unless asked for: with ``ANNING_FAIL_AT=writer.before-commit`` in the environment the process dies
by SIGKILL, as from a power cut, the first time that step is reached; ``writer.before-commit:3`` means the third time.
"""

from __future__ import annotations

import os
import signal
from typing import Final

STEPS: Final = (
    "writer.before-begin",
    "writer.after-begin",
    "writer.after-views",
    "writer.after-append",
    "writer.before-commit",
    "writer.after-commit",
    "writer.before-ack",
    "segment.before-write",
    "segment.after-temp-write",
    "segment.after-fsync",
    "segment.after-rename",
    "segment.after-event",
    "erasing.before-write",
    "erasing.after-temp-write",
    "erasing.after-fsync",
    "erasing.after-rename",
    "erasing.after-event",
    "erasing.after-unlink",
    "erasing.after-purge",
    "snapshot.before-write",
    "snapshot.after-write",
    "snapshot.after-fsync",
    "snapshot.after-rename",
)
"""Every step, in the order a write passes them."""

_name, _, _count = os.environ.get("ANNING_FAIL_AT", "").partition(":")
_left = int(_count or 1)


def reached(step: str) -> None:
    """Die here if a test asked for it; otherwise one comparison of strings."""
    if step == _name:
        _die_when_counted_down()


def _die_when_counted_down() -> None:
    global _left  # noqa: PLW0603 - the countdown belongs to the process, as its death does
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
