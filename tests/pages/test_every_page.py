"""What is true of every page: read by everybody, on a phone and a desk, in both languages, by day and by night."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from anning.api.scrubs import Scrub
from pages_site import Site, visiting
from pages_tour import tour

VIEWS = [
    ("zh", "desk", "light"),
    ("zh", "phone", "dark"),
    ("en", "desk", "dark"),
    ("en", "phone", "light"),
]


@pytest.mark.parametrize(("language", "size", "scheme"), VIEWS)
def test_every_page(
    site: Site, browser: Browser, judged: Scrub, compared: tuple[Scrub, Scrub], language: str, size: str, scheme: str
) -> None:
    axe = Axe()
    with visiting(browser, site, language, size, color_scheme=scheme) as page:
        seen = []
        for name in tour(site, page, judged, compared):
            seen.append(name)
            found = axe.run(page)
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"
            html = page.content()
            assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", html), (
                f"{name}: something inline"
            )
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"{name} is {over} pixels wider than the window"
            assert page.locator("html").get_attribute("lang") == {"zh": "zh-Hans", "en": "en"}[language]
            words = page.inner_text("h1")
            assert bool(re.search("[一-鿿]", words)) or language == "en" or re.search(r"^[\w.@ /-]+$", words), name
            for form in page.locator("form[method=post]").all():
                assert form.locator("[name=csrf]").count() == 1, f"{name}: a form without its word"
        assert len(seen) == 24


def test_the_language_is_the_browser_s_until_it_is_chosen(site: Site, browser: Browser) -> None:
    with visiting(browser, site, "en") as page:
        page.goto("/law/cn-2018-plan")
        page.click("text=中文")
        assert page.url.endswith("/law/cn-2018-plan")
        assert page.locator("html").get_attribute("lang") == "zh-Hans"
        page.goto("/law")
        assert page.inner_text("h1") == "法规"
