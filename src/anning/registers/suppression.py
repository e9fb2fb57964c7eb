"""Who is known no longer must not come back with an old list (抑制标记).

What is kept is a keyed mark of number and organisation: HMAC-SHA256 under a key that lies in a file outside the
database. Whoever has the database alone cannot tell whose mark it is, even by trying all numbers. A consent dated
before its mark is refused, one that is given afterwards is taken.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anning.errors import InvalidCommand, Unavailable
from anning.journal import Connection
from anning.journal.envelope import to_microseconds
from anning.registers.events import ConsentGiven, SuppressionKept, kind_of_type
from anning.registers.queries import QUERIES
from anning.registers.retention import SUPPRESSION_MONTHS, due
from anning.state import Seal

EVERY_ORGANISATION: Final = ""

_KIND: Final = kind_of_type(SuppressionKept)
_WORTH_COMPILING: Final = 20_000
_EVER: Final = -(2**62)


class Marks:
    """Makes marks. The key is read, or made, when the first one is needed.

    Args:
        key_file: where the key lies.
    """

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file

    @cached_property
    def _seal(self) -> Seal:
        return Seal.of(self._key_file)

    @cached_property
    def key(self) -> str:
        """Which key it is: the beginning of a mark of nothing."""
        return self._seal.mark("", "suppression-key")[:8].hex()

    def key_of(self, org: str) -> bytes:
        """The key under which numbers are marked for an organisation."""
        return self._seal.mark(org, "suppression")

    def mark(self, number: str, org: str) -> str:
        """The mark of a number, E.164, and an organisation, hexadecimal."""
        return hmac.digest(self.key_of(org), int(number[1:]).to_bytes(8, "big"), "sha256").hex()

    def kept(self, number: str, org: str, at: datetime) -> SuppressionKept:
        """A mark to be kept from this moment on."""
        until = due(at, SUPPRESSION_MONTHS).at
        return SuppressionKept(mark=self.mark(number, org), org=org, until=until, key=self.key)

    def must_be(self, keys: Iterable[str]) -> None:
        """Nothing, when marks that were made with these keys can be told.

        Raises:
            Unavailable: they were made with another key.
        """
        if not self._key_file.is_file() or any(key != self.key for key in keys):
            raise _no_key(str(self._key_file))


def must_not_be_suppressed(connection: Connection, marks: Marks | None, said: ConsentGiven, at: datetime) -> None:
    """Nothing, when a consent is not one that an erasure keeps away.

    Raises:
        InvalidCommand: it is dated before the mark of its number and organisation.
        Unavailable: there are marks, and the key to tell them is not here.
    """

    def keys() -> list[str]:
        return [row[0] for row in QUERIES.rows(connection, "suppression_keys", at=_EVER)]

    known = connection.remembered(_KIND, "keys", keys)
    if not known:
        return
    if marks is None:
        raise _no_key("")
    marks.must_be(known)
    own, every = marks.mark(said.number, said.to), marks.mark(said.number, EVERY_ORGANISATION)

    def since() -> list[int]:
        return [row[0] for row in QUERIES.rows(connection, "suppression_of", own=own, every=every)]

    moment = to_microseconds(at)
    if any(moment < begun for begun in connection.remembered(_KIND, (own, every), since)):
        raise InvalidCommand(
            "at：早于清除之日的同意不再恢复（抑制标记）；请重新取得同意",
            "at: a consent dated before the erasure does not come back (suppression mark): ask anew",
            thing="consent-given",
            field="at",
            rule="suppressed",
        )


class Suppressed:
    """All marks in force, to compare whole lists with. False when there is none."""

    def __init__(self, connection: Connection, marks: Marks | None, now: datetime) -> None:
        rows = QUERIES.rows(connection, "suppressions_in_force", at=to_microseconds(now))
        self._marks = marks
        self._latest = max((at for _, _, at, _ in rows), default=0)
        self._since: dict[str, dict[bytes, int]] = {}
        for mark, org, at, _ in rows:
            of_org = self._since.setdefault(org, {})
            digest = bytes.fromhex(mark)
            of_org[digest] = max(at, of_org.get(digest, at))
        if rows:
            if marks is None:
                raise _no_key("")
            marks.must_be({key for *_, key in rows})

    def __bool__(self) -> bool:
        return bool(self._since)

    def among(self, numbers: pl.Series, orgs: pl.Series | str, moments: pl.Series | int) -> list[int]:
        """The places of the rows that are kept away.

        Args:
            numbers: the integers of their digits in E.164.
            orgs, moments: by row, or for all.
        """
        old = _broadcast(moments, numbers.len()) < self._latest
        found: set[int] = set()
        for org in self._since:
            chosen = old
            if org != EVERY_ORGANISATION:
                chosen = old & ((orgs == org).to_numpy() if isinstance(orgs, pl.Series) else orgs == org)
            places = np.flatnonzero(chosen)
            if len(places):
                at = _broadcast(moments, numbers.len())[places]
                found.update(places[self._kept_away(org, numbers.to_numpy()[places], at)].tolist())
        return sorted(found)

    def _kept_away(self, org: str, numbers: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
        assert self._marks is not None
        since, key = self._since[org], self._marks.key_of(org)
        if len(numbers) < _WORTH_COMPILING:
            digests = {
                row: hmac.digest(key, number.to_bytes(8, "big"), "sha256")
                for row, number in enumerate(numbers.tolist())
            }
        else:
            from anning.journal.lanes import keyed_numbers

            words = keyed_numbers(key, numbers)
            known = np.array([int.from_bytes(mark[:4], "big") for mark in since], dtype=np.uint32)
            alike = np.flatnonzero(np.isin(words[:, 0], known)).tolist()
            digests = {row: words[row].astype(">u4").tobytes() for row in alike}
        away = [row for row, digest in digests.items() if at[row] < since.get(digest, _EVER)]
        return np.array(away, dtype=np.int64)


def _broadcast(values: pl.Series | int, length: int) -> NDArray[np.int64]:
    return values.to_numpy() if isinstance(values, pl.Series) else np.full(length, values, dtype=np.int64)


def _no_key(path: str) -> Unavailable:
    return Unavailable(
        f"抑制标记的密钥不在此处，或已更换（{path}）；不能核对同意，故不予登记",
        f"the key of the suppression marks is not here, or is another one ({path}): "
        "consents cannot be compared with them and are not taken",
        thing=path,
        field="key_file",
        rule="suppression-key",
    )
