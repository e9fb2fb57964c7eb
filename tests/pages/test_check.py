"""One communication explained, in a browser."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from anning.cli.demo.run import JOB
from pages_site import Site, come_in, visiting
from pages_tour import ask


def test_why_not_and_what_would_let_it(site: Site, browser: Browser) -> None:
    with visiting(browser, site) as page:
        come_in(site, page.context)
        page.goto("/check")
        ask(page)
        assert page.url == f"{site.address}/check", "no number in an address"
        assert "13900139000" not in page.inner_text(".verdict")
        expect(page.locator(".verdict h1")).to_have_text("不能发")
        reasons = page.locator(".reasons .cite").all_inner_texts()
        assert any(text.startswith("O02") for text in reasons)
        assert "明示同意" in page.inner_text(".ways-out")


def test_the_other_language_says_the_same_without_asking_anew(site: Site, browser: Browser) -> None:
    with visiting(browser, site) as page:
        come_in(site, page.context)
        page.goto("/check")
        ask(page)
        page.click("text=English")
        expect(page.locator(".verdict h1")).to_have_text("May not go")
        page.click("text=Ask again")
        expect(page.locator("form.stack [name=number]")).to_have_value("13900139000")


def test_it_may_go_to_whom_consented(site: Site, browser: Browser) -> None:
    with visiting(browser, site, "en", "phone") as page:
        come_in(site, page.context, "zhou.min")
        page.goto("/check")
        ask(page, "138 0013 8000")
        expect(page.locator(".verdict h1")).to_have_text("May go")
        assert page.locator(".ways-out").count() == 0
        page.click("text=Everything that was seen")
        facts = page.locator(".facts div").all_inner_texts()
        assert next(text.split("\n")[1] for text in facts if text.startswith("Consented at")) == "2026-08-13 10:00"


def test_a_number_that_is_none_is_told_and_the_form_stays(site: Site, browser: Browser) -> None:
    with visiting(browser, site) as page:
        come_in(site, page.context)
        page.goto("/check")
        page.fill("[name=number]", "1380013")
        page.fill("[name=text]", JOB.text)
        page.select_option("[name=sender]", "books")
        page.select_option("[name=provider]", "cpaas")
        page.fill("[name=code]", JOB.code)
        page.click("form.stack button.main")
        expect(page.locator(".wrong")).to_contain_text("位数不足")
        expect(page.locator("form.stack [name=text]")).to_have_value(JOB.text)
        expect(page.locator(".wrong .other")).to_have_attribute("lang", "en")
