"""Which version of the program decided: the source of all that stands between a statement and a verdict (程序版本)."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

DECIDING: Final = (
    "law/algebra.py",
    "law/calendar.py",
    "law/observations.py",
    "law/parameters.py",
    "law/predicates",
    "law/regime.py",
    "law/rules.py",
    "law/tri.py",
    "registers/hours.py",
    "registers/standing.py",
    "registers/statements.py",
    "gate/counts/cells.py",
    "gate/counts/contacts.py",
    "gate/counts/job.py",
    "gate/counts/kernels.py",
    "gate/counts/kept.py",
    "gate/counts/keys.py",
    "gate/counts/runs.py",
    "gate/counts/sought.py",
    "gate/counts/volumes.py",
    "gate/directory.py",
    "gate/handovers.py",
    "gate/history.py",
    "gate/index/histories.py",
    "gate/observe.py",
    "gate/past_volume.py",
    "gate/texts.py",
)
"""The values of logic and the reading of predicates, what settles one person's statements, and what observes; a
folder stands for its modules. What instruments say and how texts are read have hashes of their own."""


@lru_cache(maxsize=1)
def our_code_hash() -> str:
    """`code_hash` of the program that runs."""
    return code_hash(files("anning"))


def code_hash(package: Traversable) -> str:
    """SHA-256 hex over these modules of the package, by path."""
    digest = hashlib.sha256()
    for path in DECIDING:
        for name, module in _modules(package, path):
            digest.update(name.encode() + b"\0" + module.read_bytes() + b"\0")
    return digest.hexdigest()


def _modules(package: Traversable, path: str) -> list[tuple[str, Traversable]]:
    place = package.joinpath(path)
    if place.is_file():
        return [(path, place)]
    within = sorted((module.name, module) for module in place.iterdir() if module.name.endswith(".py"))
    return [(f"{path}/{name}", module) for name, module in within]
