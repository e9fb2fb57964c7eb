"""The front page, and the choice of language (首页与语言)."""

from __future__ import annotations

from typing import Any, Final

from anning.accounts.roles import Action
from anning.api.routes import PUBLIC
from anning.portal.language import COOKIE, LANGUAGES
from anning.portal.visit import Cookie, Goes, Page, Shown, Visit, own_path

_YEAR: Final = 365 * 86_400


def front(visit: Visit) -> Any:
    """What this is; whoever judges lists goes straight to them."""
    if visit.who.half:
        return Goes(to="/sign-in/code")
    if visit.signed_in and visit.may(Action.SCRUB):
        return Goes(to="/before-sending")
    return Shown(template="front.html")


def choose_language(visit: Visit) -> Any:
    """Remember it, and back."""
    asked = visit.form.get("to-language", "")
    kept = (Cookie(name=COOKIE, value=asked, lasting=_YEAR),) if asked in LANGUAGES else ()
    return Goes(to=own_path(visit.form.get("to", "/")), cookies=kept)


PAGES: Final = (
    Page(method="GET", path="/", action=PUBLIC, handler=front, zh="首页", en="What this is, and where to go from here"),
    Page(
        method="POST",
        path="/language",
        action=PUBLIC,
        handler=choose_language,
        zh="选择语言，记在 cookie 里",
        en="Choose the language; a cookie keeps it",
    ),
)
