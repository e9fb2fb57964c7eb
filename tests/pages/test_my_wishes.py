"""What a person does on a phone, and what an operator does for a caller (我的意愿、热线)."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser

from anning.wishes.rules import Rule
from pages_site import WORDS, Site, come_in, link_of, prove, visiting


def test_switches_say_what_stands(site: Site, browser: Browser) -> None:
    number = site.phone()
    with visiting(browser, site, size="phone", java_script_enabled=False) as page:
        prove(site, page, number)
        assert page.is_checked("[name=calls]") is False
        page.check("[name=calls]")
        page.locator("[name=trade-property]").check(force=True)
        page.click("details.card summary")
        page.fill("[name=from]", "10:00")
        page.fill("[name=until]", "12:00")
        page.fill("[name=prefixes]", "0755")
        page.click("form[action='/my/wishes'] button.main")
        assert "已在所有关口生效" in page.inner_text(".done")
        assert page.is_checked("[name=calls]")
        assert page.input_value("[name=from]") == "10:00"
        assert page.input_value("[name=prefixes]") == "0755"
        assert site.house.wishes.dealing.rules(number) == (
            Rule(channel="call"),
            Rule(trades=("property",)),
            Rule(hours=(720, 600)),
            Rule(channel="call", code_prefixes=("0755",)),
        )
        assert "您的意愿已更新" in site.sms(number)
        page.fill("[name=until]", "")
        page.click("form[action='/my/wishes'] button.main")
        assert "两个不同的时刻" in page.inner_text(".wrong")
        assert len(site.house.wishes.dealing.rules(number)) == 4
        page.uncheck("[name=calls]")
        page.fill("[name=from]", "")
        page.fill("[name=until]", "")
        page.fill("[name=prefixes]", "")
        page.locator("[name=trade-property]").uncheck(force=True)
        page.click("form[action='/my/wishes'] button.main")
        assert site.house.wishes.dealing.rules(number) == ()


def test_one_tap_stops_a_sender_and_all_can_be_taken_along(site: Site, browser: Browser, tmp_path: Path) -> None:
    number = site.phone()
    with visiting(browser, site, size="phone") as page:
        prove(site, page, number)
        assert WORDS in page.inner_text(".consents")
        assert "没有在手机上确认过" in page.inner_text(".consents")
        page.click(".consents button")
        page.wait_for_selector(".done")
        assert "已拒绝" in page.inner_text(".consents")
        with page.expect_download() as taken:
            page.click("a[download]")
        taken.value.save_as(tmp_path / "mine.json")
        mine = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
        assert (mine["number"], mine["consents"][0]["event"]["event_state"]) == (number, "consent_withdrawn")
        page.click("form[action='/my/leave'] button")
        page.wait_for_selector("form[action='/my/code']")


def test_everything_is_forgotten_only_when_it_is_said_plainly(site: Site, browser: Browser) -> None:
    number = site.phone()
    with visiting(browser, site, size="phone") as page:
        prove(site, page, number)
        page.check("[name=calls]")
        page.click("form[action='/my/wishes'] button.main")
        page.click("details:has([name=what]) summary")
        page.click("form[action='/my/forgetting'] button")
        assert "依法留存至" in page.inner_text(".done")
        assert page.locator(".consents").count() == 0
        assert page.is_checked("[name=calls]")
        page.click("details:has([name=what]) summary")
        page.locator("[name=what][value=everything]").check(force=True)
        page.click("form[action='/my/forgetting'] button")
        assert "请勾选确认" in page.inner_text(".wrong")
        page.click("details:has([name=what]) summary")
        page.locator("[name=what][value=everything]").check(force=True)
        page.check("[name=sure]")
        page.click("form[action='/my/forgetting'] button")
        page.wait_for_selector(".done")
        assert not page.is_checked("[name=calls]")
        assert site.house.wishes.dealing.rules(number) == ()


def test_a_wrong_code_opens_nothing_and_keeps_the_number(site: Site, browser: Browser) -> None:
    number = site.phone()
    with visiting(browser, site, "en", "phone") as page:
        page.goto("/my")
        page.fill("[name=number]", "95588")
        page.click("form[action='/my/code'] button")
        assert "not a subscriber" in page.inner_text(".wrong")
        page.fill("[name=number]", number.removeprefix("+86"))
        page.click("form[action='/my/code'] button")
        page.fill("[name=code]", "12")
        page.click("form[action='/my/proof'] button")
        assert "not the code that was sent" in page.inner_text(".wrong")
        assert page.locator("form[action='/my/proof']").count() == 1
        page.goto("/my/export")
        assert page.url.endswith("/my")


def test_a_link_confirms_once(site: Site, browser: Browser) -> None:
    number = site.phone()
    path = link_of(site, number)
    with visiting(browser, site, size="phone") as page:
        page.goto(path)
        assert WORDS in page.inner_text("blockquote")
        page.click("[name=agrees][value=yes]")
        assert "您同意了" in page.inner_text("h1")
        page.goto(path)
        assert "已经答复过" in page.inner_text("main")
        prove(site, page, number)
        assert "在本人手机上确认过" in page.inner_text(".consents")


def test_the_desk_acts_for_a_caller_and_the_page_holds_no_whole_number(site: Site, browser: Browser) -> None:
    number = site.phone()
    with visiting(browser, site) as page:
        come_in(site, page.context)
        page.goto("/hotline")
        page.fill("[name=number]", number)
        page.click("form[action='/hotline'] button")
        page.check("[name=sms]")
        page.locator("[name=proof][value=asked]").check(force=True)
        page.click("form[action='/hotline/wishes'] button.main")
        assert "已登记" in page.inner_text(".done")
        assert number.removeprefix("+86") not in page.content()
    event = list(site.house.registers.store.events())[-1]
    assert (event.actor, event.payload["door"], event.payload["proof"]) == ("person:li.na", "hotline", "asked")
    assert "谢绝营销短信" in site.sms(number)
