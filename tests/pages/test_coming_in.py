"""Coming in and going out: password, second factor, passkey, invitation; one's own account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from api_server import PASSWORD
from pages_site import NOW, Site, come_in, sign_in, visiting


@pytest.fixture
def somebody(site: Site) -> Iterator[str]:
    """A person of their own for each test, who may operate."""
    name = f"person-{len(somebodies)}"
    somebodies.append(name)
    accounts = site.house.accounts
    accounts.accept_invitation(accounts.add_person(name, "某人", "anning", ("operator",), actor="test"), PASSWORD)
    yield name
    accounts.disable_person(name, actor="test")


somebodies: list[str] = []


def test_a_wrong_password_lets_nobody_in_and_tells_nobody_s_name(site: Site, browser: Browser) -> None:
    with visiting(browser, site) as page:
        told = []
        for name in ("zhou.min", "nobody.at.all"):
            page.goto("/sign-in")
            page.fill("[name=name]", name)
            page.fill("[name=password]", "wrong as can be")
            page.click("main form button.main")
            told.append(page.inner_text(".wrong"))
            expect(page.locator("[name=name]")).to_have_value(name)
        assert told[0] == told[1]
        assert "the name, password or code is not right" in told[0]


def test_who_came_for_a_page_is_led_to_it(site: Site, browser: Browser) -> None:
    with visiting(browser, site, "en") as page:
        page.goto("/before-sending?x=1")
        assert page.url.startswith(f"{site.address}/sign-in?to=")
        page.fill("[name=name]", "zhou.min")
        page.fill("[name=password]", PASSWORD)
        page.click("main form button.main")
        page.wait_for_url("**/before-sending?x=1")
        page.click("text=Sign out")
        page.wait_for_url(f"{site.address}/")
        page.goto("/account")
        assert "/sign-in" in page.url


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:1"])
def test_nobody_is_led_elsewhere(site: Site, browser: Browser, somebody: str, elsewhere: str) -> None:
    with visiting(browser, site) as page:
        sign_in(page, somebody, to=elsewhere)
        assert page.url.startswith(site.address)


def test_the_second_factor(site: Site, browser: Browser, somebody: str) -> None:
    with visiting(browser, site) as page:
        sign_in(page, somebody)
        page.goto("/account")
        page.click("form[action='/account/second-factor'] button")
        secret = parse_qs(urlsplit(page.input_value("[name=uri]")).query)["secret"][0]
        assert page.inner_text(".secret").replace(" ", "") == secret
        page.fill("[name=code]", "000000")
        page.click("form[action$='first-code'] button")
        expect(page.locator(".wrong")).to_be_visible()
        page.fill("[name=code]", pyotp.TOTP(secret).at(NOW))
        page.click("form[action$='first-code'] button")
        expect(page.locator(".done")).to_contain_text("动态口令已启用")
        page.click("text=退出")
        page.goto("/sign-in")
        page.fill("[name=name]", somebody)
        page.fill("[name=password]", PASSWORD)
        page.click("main form button.main")
        page.wait_for_url("**/sign-in/code**")
        page.goto("/before-sending")
        assert "/sign-in/code" in page.url, "half in is not in"
        page.fill("[name=code]", pyotp.TOTP(secret).at(NOW + timedelta(seconds=30)))
        page.click("main form button.main")
        page.wait_for_url("**/before-sending")
        page.goto("/account")
        page.fill("form[action$='removal'] [name=current]", PASSWORD)
        page.click("form[action='/account/second-factor/removal'] button")
        expect(page.locator(".done")).to_contain_text("动态口令已移除")


@contextmanager
def authenticator(page: Page) -> Iterator[None]:
    """A phone that the browser holds to be touched by its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.send("WebAuthn.disable")


def test_a_passkey(site: Site, browser: Browser, somebody: str) -> None:
    with visiting(browser, site) as page, authenticator(page):
        sign_in(page, somebody)
        page.goto("/account")
        page.fill("[name=label]", "手机")
        page.click("form[data-passkey] button")
        expect(page.locator(".done")).to_contain_text("通行密钥已添加")
        page.click("text=退出")
        page.goto("/sign-in?to=/account")
        page.click("[data-passkey] button")
        page.wait_for_url("**/account")
        expect(page.locator("h1")).to_have_text("某人")
        page.click("form[action^='/account/passkeys/'] button")
        expect(page.locator(".done")).to_contain_text("通行密钥已移除")
        page.click("text=退出")
        page.goto("/sign-in")
        page.click("[data-passkey] button")
        expect(page.locator("[data-passkey] .wrong")).to_be_visible()


def test_an_invitation_sets_a_password_once(site: Site, browser: Browser) -> None:
    token = site.house.accounts.add_person("new.comer", "新人", "anning", ("viewer",), actor="test")
    with visiting(browser, site, "en", "phone") as page:
        for again, told in (("another sentence", "the two passwords differ"), ("a quiet sentence", "")):
            page.goto("/invitation")
            page.fill("[name=code]", token)
            page.fill("[name=password]", "a quiet sentence")
            page.fill("[name=again]", again)
            page.click("main form button.main")
            if told:
                expect(page.locator(".wrong")).to_contain_text(told)
        page.wait_for_url("**/sign-in?name=new.comer")
        page.fill("[name=password]", "a quiet sentence")
        page.click("main form button.main")
        expect(page.locator(".me")).to_have_text("新人")
        assert page.locator(".ways a").all_inner_texts() == ["The law"]
        page.goto("/invitation?code=" + token)
        page.fill("[name=password]", "a quiet sentence")
        page.fill("[name=again]", "a quiet sentence")
        page.click("main form button.main")
        expect(page.locator(".wrong")).to_contain_text("opens nothing")


def test_a_new_password_ends_the_other_sessions(site: Site, browser: Browser, somebody: str) -> None:
    with visiting(browser, site) as here, visiting(browser, site) as there:
        come_in(site, there.context, somebody)
        sign_in(here, somebody)
        here.goto("/account")
        assert here.locator("form[action^='/account/sessions/']").count() >= 1
        for current in ("not this one", PASSWORD):
            here.fill("form[action='/account/password'] [name=current]", current)
            here.fill("[name=password]", "a new quiet sentence")
            here.fill("[name=again]", "a new quiet sentence")
            here.click("form[action='/account/password'] button")
        expect(here.locator(".done")).to_contain_text("口令已更改")
        there.goto("/account")
        assert "/sign-in" in there.url


def test_a_session_is_ended_from_another(site: Site, browser: Browser, somebody: str) -> None:
    with visiting(browser, site) as here, visiting(browser, site) as there:
        come_in(site, there.context, somebody)
        sign_in(here, somebody)
        here.goto("/account")
        here.click("form[action^='/account/sessions/'] button >> nth=0")
        expect(here.locator(".done")).to_contain_text("会话已结束")
        there.goto("/account")
        assert "/sign-in" in there.url
