"""A column of moments read at once (时间列读取): the spellings that lists are full of, the others left to `columns`."""

from __future__ import annotations

from typing import Final

import polars as pl

from anning.registers.hours import SHANGHAI

_DAY: Final = "(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}"
_CLOCK: Final = "[0-9]{1,2}:[0-5][0-9](?::[0-5][0-9])?"
_LOCAL: Final = f"^{_DAY}[ T]{_CLOCK}$"
_ZONED: Final = r"^(?:19|20)[0-9]{2}(?:-[0-9]{2}){2}[ T][0-9]{2}(?::[0-5][0-9]){2}(?:\.[0-9]{6})?[+-][0-9]{2}:[0-9]{2}$"


def spelled_moments(texts: pl.Series) -> pl.Series:
    """Each moment in microseconds since 1970 UTC where a common spelling shows it, null for every other cell.

    A day and a clock, without a time zone in Chinese time, is what `anning.registers.columns.moment` reads in it.
    """
    text = pl.col("text")
    frame = texts.alias("text").to_frame().select(text.str.replace_all("/", "-", literal=True))
    shapes = frame.select(local=text.str.contains(_LOCAL), zoned=text.str.contains(_ZONED))
    found = pl.Series([None], dtype=pl.Int64).new_from_index(0, len(texts))
    if shapes["local"].any():
        clock = text.str.replace("T", " ", literal=True)
        seconds = clock.str.count_matches(":", literal=True) == 2
        with_seconds = pl.when(seconds).then(clock).otherwise(clock + ":00")
        local = with_seconds.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
        found = _taken(frame, shapes["local"], _utc(local), found)
    if shapes["zoned"].any():
        zoned = text.str.replace(" ", "T", literal=True).str.to_datetime(
            "%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", time_zone="UTC", strict=False
        )
        found = _taken(frame, shapes["zoned"], zoned.dt.timestamp("us"), found)
    return found


def _utc(local: pl.Expr) -> pl.Expr:
    """Chinese time as it was then, summer time and the time of the sun included; what a clock showed twice is left."""
    there = local.dt.replace_time_zone(SHANGHAI.key, ambiguous="null", non_existent="null")
    return there.dt.timestamp("us")


def _taken(frame: pl.DataFrame, shaped: pl.Series, read: pl.Expr, found: pl.Series) -> pl.Series:
    moments = frame.select(pl.when(shaped).then(pl.col("text")).alias("text")).select(read.alias("at")).to_series()
    return found.zip_with(~shaped, moments)
