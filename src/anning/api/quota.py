"""How much an outsider may ask in a day (外部租户额度): what bounds the reading of a registry by asking.

What is used is on disk before it is answered. Single questions are taken in portions, so that not each of them waits
for the disk: a server that dies forgets what is left of a portion, and never what was used.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Literal, TypeAlias

from anning.api.tables import QUERIES
from anning.errors import TooMany
from anning.journal import Clock
from anning.law.instrument import SHANGHAI
from anning.state import State

What: TypeAlias = Literal["questions", "consents"]
PORTION: Final = 1_000


class Quotas:
    """What outsiders have left today, Beijing time.

    Args:
        questions: numbers an outsider may ask about in a day.
        consents: one-sided consents an outsider may record in a day: each may tell of one wish, see ADR 0016.
    """

    def __init__(self, state: State, clock: Clock, *, questions: int, consents: int) -> None:
        self._state = state
        self._clock = clock
        self._most: dict[What, int] = {"questions": questions, "consents": consents}
        self._at_hand: dict[tuple[str, str], int] = {}
        self._mutex = Lock()

    def take(self, tenant: str, what: What, many: int = 1) -> None:
        """Use some.

        Raises:
            TooMany: fewer are left today; nothing is used.
        """
        day = self._today()
        with self._mutex:
            left = self._at_hand.get((tenant, day), 0) if what == "questions" else 0
            if many <= left:
                self._at_hand[tenant, day] = left - many
                return
            if what == "questions" and many < PORTION and self._reserved(tenant, what, day, PORTION):
                self._at_hand = {(tenant, day): left + PORTION - many} | {
                    key: kept for key, kept in self._at_hand.items() if key[1] == day and key[0] != tenant
                }
                return
            if self._reserved(tenant, what, day, many - left if what == "questions" else many):
                if left:
                    self._at_hand[tenant, day] = 0
                return
        raise self._exhausted(tenant, what, day, many)

    def left(self, tenant: str, what: What) -> int:
        """How many are left today."""
        day = self._today()
        with self._state.read() as connection:
            used = QUERIES.value(connection, "quota_used", tenant=tenant, what=what, day=day)
        at_hand = self._at_hand.get((tenant, day), 0) if what == "questions" else 0
        return max(0, self._most[what] - int(used or 0)) + at_hand

    def sweep(self) -> None:
        """Forget days long gone."""
        before = (self._clock() - timedelta(days=40)).astimezone(SHANGHAI).date().isoformat()
        with self._state.write() as connection:
            QUERIES.change(connection, "sweep_quotas", before=before)

    def _reserved(self, tenant: str, what: What, day: str, many: int) -> bool:
        named = {"tenant": tenant, "what": what, "day": day}
        with self._state.write() as connection:
            QUERIES.change(connection, "begin_quota", **named)
            return QUERIES.change(connection, "take_quota", many=many, most=self._most[what], **named) > 0

    def _exhausted(self, tenant: str, what: What, day: str, many: int) -> TooMany:
        left = self.left(tenant, what)
        now = self._clock().astimezone(SHANGHAI)
        tomorrow = datetime.fromisoformat(day).replace(tzinfo=SHANGHAI) + timedelta(days=1)
        words = {"questions": ("询问号码", "numbers asked about"), "consents": ("登记单方同意", "consents recorded")}
        zh, en = words[what]
        return TooMany(
            f"外部租户当日{zh}的额度为 {self._most[what]:,}，还剩 {left:,}，此次需要 {many:,}",
            f"an outsider's quota of {en} is {self._most[what]:,} a day: {left:,} are left, {many:,} are needed",
            thing=what,
            field="numbers" if what == "questions" else "said",
            rule="quota",
            retry_after=(tomorrow - now).total_seconds(),
        )

    def _today(self) -> str:
        return self._clock().astimezone(SHANGHAI).date().isoformat()
