"""HTML out of templates (渲染): escaped, both languages at hand, nothing inline that the policy forbids."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jinja2
from markupsafe import Markup

from anning.accounts.roles import Action
from anning.gate.wording import Words
from anning.law.citation import Mark
from anning.law.instrument import SHANGHAI
from anning.law.instruments.registry import IN_FORCE, INSTRUMENTS
from anning.portal import pictures
from anning.portal.visit import Shown, Visit

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""What a page may load and do (Content Security Policy): its own stylesheet, script and pictures, and nothing else."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cache-Control": "no-store",
}
"""What goes with every page."""

STATIC: Final = files("anning.portal").joinpath("static")

OUTCOME_WORDS: Final[dict[str, Words]] = {
    "allow": ("可以发", "May go"),
    "label": ("标注后接通", "Goes, labelled"),
    "hold": ("要等", "Must wait"),
    "refuse": ("不能发", "May not go"),
    "bad": ("读不懂", "Cannot be read"),
}
"""Outcomes as pages say them; short, for they stand beside figures."""


def law_words(under: str) -> Words:
    """What is judged under, by its name."""
    if under == IN_FORCE:
        return "现行规定", "what is in force"
    found = INSTRUMENTS.get(under)
    return (under, under) if found is None else (found.zh, found.en)


@cache
def version(name: str) -> str:
    """What changes in a static file's address when the file does."""
    return hashlib.sha256(STATIC.joinpath(name).read_bytes()).hexdigest()[:12]


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("anning.portal"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"figure": figure, "share": share, "moment": moment, "day": day, "spaced": spaced}
    environment.globals |= {
        "asset": lambda name: f"/static/{name}?v={version(name)}",
        "strip": pictures.strip,
        "bar": pictures.bar,
        "outcome_words": OUTCOME_WORDS,
        "marks": {mark.value: (mark.zh, mark.en) for mark in Mark},
        "Action": Action,
        "law_words": law_words,
        "calm": pictures.calm,
    }
    return environment


def html(visit: Visit, shown: Shown) -> str:
    """The page."""

    def both(zh: str, en: str) -> str:
        return zh if visit.language == "zh" else en

    def of(words: Any) -> str:
        """Of a pair, or of anything that has both languages."""
        if isinstance(words, tuple):
            return str(words[0 if visit.language == "zh" else 1])
        return str(words[visit.language] if isinstance(words, dict) else getattr(words, visit.language))

    csrf = Markup('<input type="hidden" name="csrf" value="{}">').format(visit.csrf)
    return (
        _environment()
        .get_template(shown.template)
        .render(
            shown.values,
            visit=visit,
            language=visit.language,
            again=shown.again,
            address=shown.address or visit.address,
            _=both,
            of=of,
            csrf=csrf,
            may=visit.may,
        )
    )


def figure(value: float) -> str:
    """A count with its thousands apart."""
    return f"{value:,.0f}"


def share(part: float, whole: float) -> str:
    """A part of a whole in per cent; a small part is never shown as none, nor nearly all as all."""
    if not whole or not part:
        return "0%"
    per_cent = 100 * part / whole
    if per_cent < 0.1:
        return "<0.1%"
    if 99.9 < per_cent < 100:
        return ">99.9%"
    return f"{per_cent:.1f}%".replace(".0%", "%")


def moment(at: datetime) -> str:
    """A moment as it is read in Beijing, to the minute."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def day(each: date | None) -> str:
    """A day, or nothing."""
    return "" if each is None else each.isoformat()


def spaced(code: str) -> str:
    """A long code in groups of four, to be read aloud."""
    digits = code.removeprefix("+86")
    if not digits.isdigit() or len(digits) < 9:
        return code
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))
