"""Contacts and volumes remembered one by one and counted by looking at all: what the compact ones must equal."""

from __future__ import annotations

from typing import NamedTuple

from anning.gate.counts.contacts import HORIZON_SECONDS, KEPT, SECOND, ContentKind, Volume


class Contact(NamedTuple):
    """One contact; its moment in microseconds."""

    sender: str
    number: str
    channel: str
    kind: ContentKind
    moment: int


class PlainContacts:
    """A list."""

    def __init__(self) -> None:
        self.all: list[Contact] = []

    def of(self, sender: str, number: str, channel: str) -> list[Contact]:
        return [each for each in self.all if each[:3] == (sender, number, channel)]

    def ages(
        self, sender: str, number: str, channel: str, moment: int, since: int | None = None
    ) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], int | None]:
        now, there = moment // SECOND, self.of(sender, number, channel)
        first = now - HORIZON_SECONDS if since is None else max(now - HORIZON_SECONDS, since // SECOND)

        def listed(*kinds: str) -> tuple[int, ...]:
            seconds = [each.moment // SECOND for each in there if each.kind in kinds]
            return tuple(sorted(now - second for second in seconds if first <= second <= now)[:KEPT])

        coming = [each.moment // SECOND * SECOND for each in there if each.moment // SECOND > now]
        return listed("commercial", "code", "service"), listed("commercial"), listed("code"), min(coming, default=None)

    def volume(self, sender: str, channel: str, moment: int, days: int) -> Volume:
        hour, counted = moment // SECOND // 3600, dict[int, int]()
        for each in self.all:
            if (each.sender, each.channel, each.kind) == (sender, channel, "service") and channel != "call":
                of = each.moment // SECOND // 3600
                counted[of] = counted.get(of, 0) + 1
        peak = max((count for of, count in counted.items() if hour - days * 24 <= of < hour), default=0)
        return Volume(counted.get(hour, 0), peak)
