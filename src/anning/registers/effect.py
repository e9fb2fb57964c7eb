"""What of all that was said about one number has no effect any more (失效的表示), and since when.

A statement is in force while leaving it out could change a decision, now or after anything that may yet be said:

- a consent or request that stands, on either channel; one that was ended by a general refusal and nothing else, since
  it tells that this sender was refused; one that nobody acted for, while it is the last word (S01);
- the last refusal to an organisation, until the person consents anew;
- a wish of which anything is left; the last recycling of a number; the last notice of charges by a sender.

What takes the effect from another statement stays as long as that one: what killed a consent must not go before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, Generic, NamedTuple, TypeVar

from anning.registers.retention import Reason
from anning.registers.statements import (
    ChargeNotice,
    Consent,
    Forgetting,
    Recycling,
    Refusal,
    ReplyCleared,
    Statement,
    Wish,
    WishEnd,
)

CHANNELS: Final = ("sms", "call")


class Lost(NamedTuple):
    """A statement has had no effect since."""

    since: datetime
    reason: Reason


class _Said(NamedTuple):
    """A statement by its place among those given."""

    place: int
    one: Statement


S = TypeVar("S", bound=Statement)


class _OfKind(NamedTuple, Generic[S]):
    """As `_Said`, of one kind."""

    place: int
    one: S


def without_effect(statements: Sequence[Statement], at: datetime) -> tuple[dict[int, Lost], dict[int, set[int]]]:
    """Which of these statements of one number have no effect at a moment, and what each of them hangs on.

    Returns:
        By place among the statements since when and why it has none; and by place the places of earlier statements
        that it keeps from having effect: as long as one of those is on record, so is this one.
    """
    return _Number(statements, at).found()


class _Number:
    def __init__(self, statements: Sequence[Statement], at: datetime) -> None:
        self._at = at
        said = [_Said(place, one) for place, one in enumerate(statements) if one.at <= at]
        self._said = sorted(said, key=lambda each: _order(each.one))
        self._lost: dict[int, Lost] = {}
        self._victims: dict[int, set[int]] = {}

    def found(self) -> tuple[dict[int, Lost], dict[int, set[int]]]:
        own = self._holders_own()
        self._wishes(own)
        for org in {each.one.to for each in own if isinstance(each.one, Consent | Refusal | ReplyCleared)}:
            self._dealings(own, org)
        self._notices(own)
        return self._lost, self._victims

    # --- the former holder, and what is forgotten -------------------------------------------------------------

    def _holders_own(self) -> list[_Said]:
        """What the present holder said and did not want forgotten."""
        recyclings = self._of(Recycling)
        for earlier, later in pairwise(recyclings):
            self._lose(earlier, later.one.at, "recycled")
        forgettings = self._of(Forgetting)
        for forgetting in forgettings:
            self._lose(forgetting, forgetting.one.at, "forgotten")
        own: list[_Said] = []
        for each in self._said:
            if isinstance(each.one, Recycling | Forgetting):
                continue
            ends: list[tuple[datetime, Reason]] = []
            by = next((forgetting for forgetting in forgettings if forgetting.one.ends(each.one)), None)
            if by is not None:
                self._keeps_down(by, each)
                ends.append((by.one.at, "forgotten"))
            since = next((r for r in recyclings if (r.one.at, r.one.position) > (each.one.at, each.one.position)), None)
            if since is not None:
                self._keeps_down(recyclings[-1], each)
                ends.append((since.one.at, "recycled"))
            if ends:
                self._lost[each.place] = Lost(*min(ends))
            else:
                own.append(each)
        return own

    # --- wishes -----------------------------------------------------------------------------------------------

    def _wishes(self, own: list[_Said]) -> None:
        said = [each for each in own if isinstance(each.one, Wish | WishEnd)]
        for place, each in enumerate(said):
            later = said[place + 1 :]
            if isinstance(each.one, WishEnd):
                self._lose(each, each.one.at, "taken-back")
                continue
            wish = each.one
            assert isinstance(wish, Wish)
            for end in later:
                if isinstance(end.one, WishEnd) and _touches(end.one, wish):
                    self._keeps_down(end, each)
            ends = [self._end_of_wish(each, wish, channel, later) for channel in CHANNELS if _on(wish, channel)]
            self._lose_if_all(each, ends)

    def _end_of_wish(self, each: _Said, wish: Wish, channel: str, later: list[_Said]) -> Lost | None:
        left = set(wish.trades)
        for other in later:
            one = other.one
            if isinstance(one, WishEnd) and _on(one, channel):
                if not one.trades:
                    return Lost(one.at, "taken-back")
                left.difference_update(one.trades)
                if wish.trades and not left:
                    return Lost(one.at, "taken-back")
            if isinstance(one, Wish) and _on(one, channel) and _replaces(one, wish):
                self._keeps_down(other, each)
                return Lost(one.at, "replaced")
        return None

    # --- dealings with one organisation ----------------------------------------------------------------------

    def _dealings(self, own: list[_Said], org: str) -> None:
        said = [each for each in own if getattr(each.one, "to", None) == org]
        endings = [
            each
            for each in own
            if isinstance(each.one, Wish)
            and each.one.ends_consents
            and not each.one.trades
            and org not in each.one.except_for
        ]
        partly = [
            each
            for each in own
            if isinstance(each.one, Wish)
            and each.one.ends_consents
            and each.one.trades
            and org not in each.one.except_for
        ]
        for place, each in enumerate(said):
            later = said[place + 1 :]
            one = each.one
            if isinstance(one, ReplyCleared):
                self._lose(each, one.at, "done")
                continue
            assert isinstance(one, Consent | Refusal)
            ends: list[Lost | None] = []
            for channel in (name for name in CHANNELS if _on(one, name)):
                on = [other for other in later if isinstance(other.one, ReplyCleared) or _on(other.one, channel)]
                if isinstance(one, Refusal):
                    ends.append(self._end_of_refusal(each, one, on))
                elif one.worthy:
                    general = [wish for wish in endings if _on(wish.one, channel) and _later(wish.one, one)]
                    for wish in partly:
                        if _on(wish.one, channel) and _later(wish.one, one):
                            self._keeps_down(wish, each)
                    ends.append(self._end_of_consent(each, one, on, general))
                else:
                    ends.append(self._end_of_no_act(each, on))
            self._lose_if_all(each, ends)

    def _end_of_refusal(self, each: _Said, refusal: Refusal, later: list[_Said]) -> Lost | None:
        """It stands until the person consents anew, refuses again, or it is read and was none."""
        for other in later:
            one = other.one
            if refusal.unclear and isinstance(one, ReplyCleared):
                self._keeps_down(other, each)
                return Lost(one.at, "done")
            if (isinstance(one, Consent) and one.worthy) or (isinstance(one, Refusal) and not one.unclear):
                self._keeps_down(other, each)
                return Lost(one.at, "replaced")
        return None

    def _end_of_consent(self, each: _Said, consent: Consent, later: list[_Said], endings: list[_Said]) -> Lost | None:
        """It stands until refused, ended, replaced by an explicit one, or run out."""
        ends: list[Lost] = []
        refused = self._refusal_among(later)
        if refused is not None:
            self._keeps_down(refused, each)
            ends.append(Lost(refused.one.at, "withdrawn"))
        replaced = next(
            (other for other in later if isinstance(other.one, Consent) and other.one.act == "explicit"), None
        )
        if replaced is not None:
            self._keeps_down(replaced, each)
            ends.append(Lost(replaced.one.at, "replaced"))
        if consent.expires is not None and consent.expires <= self._at:
            ends.append(Lost(consent.expires, "expired"))
        if endings:
            self._keeps_down(endings[0], each)
            anew = next((other for other in later if isinstance(other.one, Consent) and other.one.worthy), None)
            if anew is not None:
                self._keeps_down(anew, each)
            if ends or anew is not None:
                ends.append(Lost(endings[0].one.at if ends else anew.one.at, "ended"))  # type: ignore[union-attr]
        if not ends:
            return None
        if (
            endings
            and refused is None
            and not any(isinstance(other.one, Consent) and other.one.worthy for other in later)
        ):
            # Ended, and the last consent: that this sender was refused hangs on it, run out or not.
            return None
        return min(ends)

    def _end_of_no_act(self, each: _Said, later: list[_Said]) -> Lost | None:
        """What nobody acted for counts as the last word until there is another."""
        other = next((other for other in later if isinstance(other.one, Consent)), None)
        if other is None:
            return None
        self._keeps_down(other, each)
        return Lost(other.one.at, "replaced")

    @staticmethod
    def _refusal_among(said: list[_Said]) -> _Said | None:
        """The first refusal that counts: an unclear answer does, unless somebody read it as none."""
        for place, each in enumerate(said):
            if isinstance(each.one, Refusal):
                cleared = any(isinstance(other.one, ReplyCleared) for other in said[place + 1 :])
                if not (each.one.unclear and cleared):
                    return each
        return None

    # --- notices ----------------------------------------------------------------------------------------------

    def _notices(self, own: list[_Said]) -> None:
        latest: dict[str, _Said] = {}
        for each in own:
            if isinstance(each.one, ChargeNotice):
                before = latest.get(each.one.sender)
                if before is not None:
                    self._lose(before, each.one.at, "replaced")
                    self._keeps_down(each, before)
                latest[each.one.sender] = each

    # --- what they share --------------------------------------------------------------------------------------

    def _of(self, kind: type[S]) -> list[_OfKind[S]]:
        return [_OfKind(each.place, each.one) for each in self._said if isinstance(each.one, kind)]

    def _lose(self, each: _Said | _OfKind[S], since: datetime, reason: Reason) -> None:
        self._lost[each.place] = Lost(since, reason)

    def _lose_if_all(self, each: _Said, ends: list[Lost | None]) -> None:
        """It has no effect when it has none on any channel, since the last of them."""
        known = [end for end in ends if end is not None]
        if known and len(known) == len(ends):
            self._lost[each.place] = max(known)

    def _keeps_down(self, later: _Said | _OfKind[S], earlier: _Said) -> None:
        self._victims.setdefault(later.place, set()).add(earlier.place)


def erasable(lost: dict[int, Lost], victims: dict[int, set[int]], may_go: set[int]) -> set[int]:
    """Of those that may go, the ones that do: none goes before a statement that it keeps from having effect."""
    going = {place for place in may_go if place in lost}
    while True:
        stay = {place for place in going if not victims.get(place, set()) <= going}
        if not stay:
            return going
        going -= stay


def _order(one: Statement) -> tuple[datetime, int, int]:
    return one.at, one.position, one.protects


def _later(one: Statement, other: Statement) -> bool:
    return _order(one) > _order(other)


def _on(said: Statement, channel: str) -> bool:
    return getattr(said, "channel", "both") in ("both", channel)


def _touches(end: WishEnd, wish: Wish) -> bool:
    same_channel = any(_on(end, channel) and _on(wish, channel) for channel in CHANNELS)
    return same_channel and (not end.trades or not wish.trades or not set(end.trades).isdisjoint(wish.trades))


def _replaces(later: Wish, wish: Wish) -> bool:
    """Whether a later wish says all that the earlier did: as wide at least, at the same times, for the same codes."""
    wider = not later.trades or (bool(wish.trades) and set(wish.trades) <= set(later.trades))
    alike = (later.hours, later.weekdays, later.code_prefixes) == (wish.hours, wish.weekdays, wish.code_prefixes)
    if not wider or not alike:
        return False
    if not later.declines or not wish.declines:
        return True
    return later.except_for == wish.except_for and later.keeps_consents == wish.keeps_consents
