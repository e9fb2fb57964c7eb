"""The law, read by everybody: every instrument, article and obligation; what differs, in words and on a list."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from anning.api.scrubs import Scrub
from anning.law.articles import articles, obligations
from anning.portal.handlers.law import ALL
from pages_site import Site, come_in, visiting


def test_it_needs_no_sign_in_and_names_every_source_with_its_mark(site: Site) -> None:
    with site.client() as client:
        for name, each in ALL.items():
            page = client.get(f"/law/{name}")
            assert page.status_code == 200, name
            for rule in each.rules:
                assert f'id="{rule.name}"' in page.text
                assert page.text.count(f'class="cite {rule.citation.mark.value}"') >= 1
        for obligation in obligations():
            page = client.get(f"/law/obligations/{obligation.id}")
            assert page.status_code == 200, obligation.id


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_articles_say_where_each_stands(site: Site, language: str) -> None:
    with site.client() as client:
        text = client.get("/law/articles", headers={"Accept-Language": language}).text
    for article in articles():
        assert f'id="article-{article.number}"' in text
    for obligation in obligations():
        assert f"/law/obligations/{obligation.id}" in text
    shown = [id for article in articles() for id in article.obligations]
    shown += [each.id for each in obligations() if each.id not in shown]
    to_come = sum(not each.stands for id in shown for each in obligations() if each.id == id)
    assert text.count("尚未建成" if language == "zh" else "not built yet") == to_come


def test_what_is_none_of_the_law_is_told(site: Site) -> None:
    with site.client() as client:
        for address in ("/law/none", "/law/obligations/Z99", "/law/difference?first=none"):
            assert client.get(address).status_code in (404, 422), address


def test_the_difference_in_words(site: Site, browser: Browser) -> None:
    with visiting(browser, site) as page:
        page.goto("/law/difference")
        page.select_option("[name=first]", "cn-2018-plan")
        page.select_option("[name=second]", "cn-2020-draft")
        page.select_option("[name=channel]", "call")
        page.click("form.filters button")
        sentences = page.locator(".differences li").all_inner_texts()
        found = next(text for text in sentences if "R20a" in text)
        assert "平台类电话" in found
        assert re.search(r"cn-2018-plan\s*可以发", found)
        assert re.search(r"cn-2020-draft\s*不能发", found)


def test_the_difference_on_a_list(site: Site, browser: Browser, compared: tuple[Scrub, Scrub]) -> None:
    first, second = compared
    assert first.result is not None
    assert second.result is not None
    with visiting(browser, site, "en") as page:
        come_in(site, page.context, "zhou.min")
        page.goto(f"/law/difference/{first.id}/{second.id}")
        changed = int(page.inner_text("#moves").split()[0].replace(",", ""))
        assert changed == first.result["allow"] - second.result["allow"] > 1_000
        assert "R19a" in page.inner_text(".whys")


def test_a_list_is_judged_under_both_for_the_same_moment(site: Site, browser: Browser, judged: Scrub) -> None:
    with visiting(browser, site) as page:
        come_in(site, page.context)
        page.goto("/law/difference?first=in-force&second=house-policy&channel=sms")
        page.select_option("[name=list]", judged.id)
        page.click("main form[method=post] button")
        page.wait_for_selector(".sides", timeout=60_000)
        ids = page.url.rsplit("/", 2)[1:]
        jobs = [site.house.scrubs.one(id, "anning") for id in ids]
        assert [job.asked.under for job in jobs] == ["in-force", "house-policy"]
        assert jobs[0].asked.at == jobs[1].asked.at == judged.asked.at
        assert jobs[0].result is not None
        assert judged.result is not None
        assert jobs[0].result["allow"] == judged.result["allow"]
        expect(page.locator("#moves")).to_contain_text("个号码的结果不同")


def test_two_lists_that_have_nothing_to_do_with_each_other_are_not_compared(
    site: Site, browser: Browser, judged: Scrub, compared: tuple[Scrub, Scrub]
) -> None:
    with visiting(browser, site) as page:
        come_in(site, page.context)
        answer = page.goto(f"/law/difference/{judged.id}/{compared[1].id}")
        assert answer is not None
        assert answer.status == 422
