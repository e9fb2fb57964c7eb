"""How much memory a piece of code takes, in a process of its own (内存峰值)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_STATUS = Path("/proc/self/status")
_THEN_TELL = f"""
for line in open({str(_STATUS)!r}):
    if line.startswith("VmHWM"):
        print(line.split()[1])
"""


def run_alone(code: str, *arguments: object) -> tuple[list[str], int]:
    """Run code in a process of its own.

    Its peak is that of its own address space: `ru_maxrss` would begin with what this process has.

    Returns:
        The words it printed, and the most megabytes it had.
    """
    if not _STATUS.exists():
        pytest.skip("this system does not tell what memory a process of its own took")
    done = subprocess.run(
        [sys.executable, "-c", code + _THEN_TELL, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    *printed, kilobytes = done.stdout.split()
    return printed, int(kilobytes) >> 10
