"""A column of moments read at once (时间列读取): the spellings that lists are full of, the others left to `columns`."""

from __future__ import annotations

from typing import Final

import polars as pl

_DAY: Final = "(?:199[2-9]|20[0-9]{2})-[0-9]{1,2}-[0-9]{1,2}"
_CLOCK: Final = "[0-9]{1,2}:[0-5][0-9]"
_SECONDS: Final = ":[0-5][0-9]"
_ZONE: Final = r"(?:\.[0-9]{6})?[+-][0-9]{2}:[0-9]{2}"
_ZONED: Final = rf"^20[0-9]{{2}}(?:-[0-9]{{2}}){{2}}T[0-9]{{2}}(?::[0-5][0-9]){{2}}{_ZONE}$"
_EIGHT_HOURS: Final = 8 * 3_600_000_000
"""What Chinese time is ahead of UTC, in microseconds, since the last summer time ended in September 1991."""

_SHAPES: Final = (
    (f"^{_DAY} {_CLOCK}{_SECONDS}$", "%Y-%m-%d %H:%M:%S"),
    (f"^{_DAY} {_CLOCK}$", "%Y-%m-%d %H:%M"),
    (f"^{_DAY}T{_CLOCK}{_SECONDS}$", "%Y-%m-%dT%H:%M:%S"),
    (_ZONED, "%Y-%m-%dT%H:%M:%S%.f%z"),
)


def spelled_moments(texts: pl.Series) -> pl.Series:
    """Each moment in microseconds since 1970 UTC where a common spelling shows it, null for every other cell.

    A day and a clock, without a time zone in Chinese time, are what `anning.registers.columns.moment` reads in them.
    """
    column = texts.alias("text")
    if column.str.contains("/", literal=True).any():
        column = column.str.replace_all("/", "-", literal=True)
    found = pl.repeat(None, len(texts), dtype=pl.Int64, eager=True)
    left = len(texts)
    for shape, format in _SHAPES:
        shaped = column.str.contains(shape)
        count = int(shaped.sum())
        if count:
            chosen = (
                column if count == len(column) else column.to_frame().select(pl.when(shaped).then("text")).to_series()
            )
            found = found.fill_null(_read(chosen, format))
            left -= count
            if not left:
                break
    return found


def _read(texts: pl.Series, format: str) -> pl.Series:
    if format.endswith("%z"):
        zoned = texts.str.to_datetime(format, time_unit="us", time_zone="UTC", strict=False)
        return zoned.dt.timestamp("us")
    local = texts.str.to_datetime(format, time_unit="us", strict=False)
    return local.dt.timestamp("us") - _EIGHT_HOURS
