"""Which owner counts which number (分片): by a hash of the number, the volume by one of its sender."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from anning.errors import Conflict, JournalError
from anning.gate.counts.keys import mobile

_MIX: Final = 0x9E3779B97F4A7C15
_NAME: Final = re.compile(r"shard-(\d+)-of-(\d+)")


def foreign_counts(have: str, wanted: str) -> JournalError:
    """Counts that have contacts of another journal than the one at hand."""
    return JournalError(
        f"联系计数属于事件库 {have}，而非 {wanted}",
        f"the counts are those of the journal {have}, not of {wanted}",
        thing="counts",
        rule="foreign-counts",
    )


def shard_of_number(number: str, shards: int) -> int:
    """The shard whose owner counts a number's contacts."""
    if shards == 1:
        return 0
    value = mobile(number)
    return shard_of_text(number, shards) if value is None else ((value * _MIX >> 24) & 0xFFFF_FFFF) % shards


def shard_of_text(text: str, shards: int) -> int:
    """The shard of a sender, or of a number that is no mobile number."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % shards


def shard_folders(folder: Path, shards: int) -> Sequence[Path]:
    """The folders of all shards of an installation's counts.

    Raises:
        Conflict: the counts that lie there were cut into another number of shards.
    """
    there = {int(found[2]) for path in folder.glob("shard-*-of-*") if (found := _NAME.fullmatch(path.name))}
    if there - {shards}:
        raise Conflict(
            f"计数目录 {folder} 按 {min(there)} 个分片建立，设置却为 {shards} 个",
            f"the counts in {folder} were cut into {min(there)} shards, and the setting says {shards}",
            thing=str(folder),
            field="counts_shards",
            rule="counts-shards",
        )
    return [folder / f"shard-{shard}-of-{shards}" for shard in range(shards)]
