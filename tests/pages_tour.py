"""Every page once, as it looks with something on it: for the tests of what is true of all, and for the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from playwright.sync_api import Page

from anning.api.scrubs import Scrub
from anning.cli.demo.run import JOB
from pages_site import Site, at_field, come_in, link_of, prove

TEXT_WITHOUT_PHONE: Final = "【青禾书店】双十一会员图书五折，满100元再减20，拒收请回复R"
"""May go today; under the draft it names no telephone (R19a)."""


def tour(site: Site, page: Page, judged: Scrub, compared: tuple[Scrub, Scrub]) -> Iterator[str]:
    """Open one page after another and say its name.

    Args:
        judged: a list that is done; `compared`: the same under two instruments.
    """
    for name, address in (
        ("front", "/"),
        ("sign-in", "/sign-in"),
        ("invitation", "/invitation"),
        ("problem", "/nowhere"),
        ("law", "/law"),
        ("instrument", "/law/cn-2026-sms"),
        ("articles", "/law/articles"),
        ("obligation", "/law/obligations/O01"),
        ("errors", "/docs/errors#invalid-input"),
        ("difference", "/law/difference?first=in-force&second=cn-2020-draft&channel=call"),
    ):
        page.goto(address)
        yield name
    number = site.phone()
    page.goto(link_of(site, number))
    yield "confirm"
    page.goto("/my")
    yield "my-number"
    prove(site, page, number)
    for name in ("calls", "trade-property", "trade-education"):
        page.locator(f"[name={name}]").set_checked(True, force=True)
    page.click("form[action='/my/wishes'] button.main")
    page.wait_for_selector(".done")
    yield "my"
    come_in(site, page.context)
    here = f"/before-sending/{judged.id}"
    for name, address in (
        ("before-sending", "/before-sending"),
        ("list", here),
        ("rows", f"{here}/rows?outcome=refuse"),
        ("compared", f"/law/difference/{compared[0].id}/{compared[1].id}"),
        ("account", "/account"),
        ("consents", "/consents"),
    ):
        page.goto(address)
        yield name
    page.goto(f"{here}/rows?outcome=refuse")
    page.click("table.list .num a >> nth=0")
    for summary in page.locator("details.seen > summary").all():
        summary.click()
    yield "row"
    page.goto("/hotline")
    page.fill("[name=number]", number)
    page.click("form[action='/hotline'] button")
    page.wait_for_selector("[name=calls]")
    yield "hotline"
    page.goto("/check")
    yield "check"
    ask(page)
    yield "explained"
    page.goto("/account")
    page.click("form[action='/account/second-factor'] button")
    yield "enrolment"


def ask(page: Page, number: str = "13900139000", text: str = JOB.text) -> None:
    """Ask about one message to somebody who answered 退订."""
    page.fill("[name=number]", number)
    page.fill("[name=text]", text)
    page.select_option("[name=sender]", JOB.sender)
    page.select_option("[name=provider]", JOB.provider)
    page.fill("[name=code]", JOB.code)
    if not page.is_visible("[name=at]"):
        page.click("form.stack summary")
    page.fill("[name=at]", at_field(JOB.at))
    page.click("form.stack button.main")
    page.wait_for_selector(".verdict")
