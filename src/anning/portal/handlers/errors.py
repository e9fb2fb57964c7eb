"""What each kind of error means (错误说明): where the `type` of a problem leads."""

from __future__ import annotations

import re
from typing import Final

from anning import errors
from anning.api.problems import OURS, problem_of
from anning.api.routes import PUBLIC
from anning.portal.visit import Page, Shown, Visit

_WORDS: Final = re.compile(r"(?P<en>.+?) \((?P<zh>[^)]*[\u4e00-\u9fff][^)]*)\)\.", re.DOTALL)


def show_errors(_: Visit) -> Shown:
    """All of them."""
    return Shown(template="errors.html", values={"kinds": _kinds()})


def _kinds() -> list[tuple[str, int, str, str]]:
    """By kind: its name in an address, its status, its words."""
    kinds = []
    for kind in _family(errors.AnningError):
        said = _WORDS.match(kind.__doc__ or "")
        if said is not None:
            problem = problem_of(kind("", ""))
            kinds.append((problem.type.partition("#")[2], problem.status, said["zh"], said["en"]))
    return [*kinds, (OURS.type.partition("#")[2], OURS.status, OURS.zh, OURS.detail)]


def _family(kind: type[errors.AnningError]) -> list[type[errors.AnningError]]:
    return [each for below in kind.__subclasses__() for each in (below, *_family(below))]


PAGES: Final = (
    Page(
        method="GET",
        path="/docs/errors",
        action=PUBLIC,
        handler=show_errors,
        zh="各种错误的含义",
        en="What each kind of error means",
    ),
)
