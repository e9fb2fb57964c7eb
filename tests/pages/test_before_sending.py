"""Before sending, as the compliance officer does it: a list in, the picture, the rows, two Excel files out."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from anning.api.scrubs import Scrub
from anning.cli.demo.run import JOB
from anning.numbers import parse
from pages_site import Site, at_field, come_in, sign_in, visiting

LIST = "手机号,姓名\n13800138000,李\n13900139000,王\n18800000000,无\n1.39E+10,坏\n"
"""Li consented to the bookshop; Wang answered 退订; the third never said anything; the fourth is damaged."""


def fill(page: Page, **changed: str) -> None:
    """The form of a new list."""
    fields = {"text": JOB.text, "code": JOB.code, **changed}
    page.fill("[name=text]", fields["text"])
    page.select_option("[name=sender]", "books")
    page.select_option("[name=provider]", "cpaas")
    page.fill("[name=code]", fields["code"])
    if not page.is_visible("[name=at]"):
        page.click("form[data-upload] summary")
    page.fill("[name=at]", at_field(JOB.at))


def choose(page: Page, name: str, content: bytes) -> None:
    page.set_input_files("[name=list]", {"name": name, "mimeType": "text/csv", "buffer": content})


def rows_of(path: Path) -> list[list[str]]:
    """A workbook's rows as texts, the heading left out."""
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return [
            ["" if cell is None else str(cell) for cell in row]
            for row in book.active.iter_rows(min_row=2, values_only=True)
        ]
    finally:
        book.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_list_in_and_two_files_out(site: Site, browser: Browser, tmp_path: Path, scripts: bool) -> None:
    with visiting(browser, site, java_script_enabled=scripts) as page:
        sign_in(page, "zhou.min", to="/before-sending")
        fill(page) if scripts else without_scripts(page)
        choose(page, "members.csv", LIST.encode())
        page.click("form[data-upload] button.main")
        page.wait_for_url(re.compile("/before-sending/[0-9a-f-]+$"))
        page.wait_for_selector(".ledger", timeout=60_000)
        told = page.inner_text(".ledger")
        assert re.findall(r"(可以发|要等|不能发|读不懂)\s+(\d+)", told) == [
            ("可以发", "1"),
            ("要等", "0"),
            ("不能发", "2"),
            ("读不懂", "1"),
        ]
        files = {}
        for part, words in (("send", "下载可以发的"), ("stop", "下载不能发的")):
            with page.expect_download() as download:
                page.click(f"text={words}")
            files[part] = tmp_path / download.value.suggested_filename
            download.value.save_as(files[part])
        assert [path.name for path in files.values()] == ["members.send.xlsx", "members.stop.xlsx"]
        assert [row[:3] for row in rows_of(files["send"])] == [["13800138000", "李", "allow"]]
        stopped = rows_of(files["stop"])
        assert [row[1] for row in stopped] == ["王", "无"]
        assert all("O01" in row[3] for row in stopped)


def without_scripts(page: Page) -> None:
    """The same form where no script opens anything."""
    page.fill("[name=text]", JOB.text)
    page.select_option("[name=sender]", "books")
    page.select_option("[name=provider]", "cpaas")
    page.fill("[name=code]", JOB.code)
    page.click("form[data-upload] summary")
    page.fill("[name=at]", at_field(JOB.at))


def test_the_picture_adds_up_and_every_figure_leads_to_its_rows(site: Site, browser: Browser, judged: Scrub) -> None:
    assert judged.result is not None
    with visiting(browser, site) as page:
        come_in(site, page.context)
        page.goto(f"/before-sending/{judged.id}")
        figures = [int(text.replace(",", "")) for text in page.locator(".ledger dd a").all_inner_texts()]
        assert sum(figures) == judged.result["rows"]
        assert figures[0] == judged.result["allow"]
        carriers = page.locator(".carriers .count").all_inner_texts()
        assert sum(int(text.replace(",", "")) for text in carriers) == judged.result["allow"]
        for link in (".ledger .refuse a", ".whys a.said", ".causes a"):
            page.goto(f"/before-sending/{judged.id}")
            part = page.locator(link).first
            shown = part.inner_text() if "refuse" in link else part.locator("xpath=..").locator(".count").inner_text()
            part.click()
            expect(page.locator("h1")).to_have_text(f"{shown} 行")


def test_no_whole_number_is_on_any_page_of_a_list(site: Site, browser: Browser, judged: Scrub) -> None:
    with visiting(browser, site) as page:
        come_in(site, page.context)
        for address in ("", "/rows", "/rows?outcome=bad", "/rows?outcome=refuse&page=2", "/rows/7"):
            page.goto(f"/before-sending/{judged.id}{address}")
            for digits in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", page.content()):
                raise AssertionError(f"{address or 'the picture'} shows {digits}")


def test_a_row_is_found_by_its_last_digits_and_explained(site: Site, browser: Browser, judged: Scrub) -> None:
    rows = site.house.scrubs.rows(judged)
    place = next(place for place in range(len(rows)) if rows.verdicts[rows.places[place]].outcome == "refuse")
    number = rows.number(place)
    with visiting(browser, site, "en") as page:
        come_in(site, page.context)
        page.goto(f"/before-sending/{judged.id}")
        page.fill("[name=ending]", number[-4:])
        page.click(".find button")
        page.click(f"a[href$='/rows/{place + 1}']")
        expect(page.locator(".verdict h1")).to_have_text("May not go")
        assert f"{number[3:6]}****{number[-4:]}" in page.inner_text(".verdict")
        assert page.locator(".reasons .cite").count() >= 1
        assert page.locator(".points .ok").count() >= 3


def test_last_digits_that_are_none_are_refused_in_both_languages(site: Site, browser: Browser, judged: Scrub) -> None:
    with visiting(browser, site) as page:
        come_in(site, page.context)
        page.goto(f"/before-sending/{judged.id}/rows?ending=12")
        assert "请输入号码的后四位" in page.inner_text("h1")
        assert "last four digits" in page.inner_text("[lang=en].other")


def test_a_whole_number_is_shown_for_a_purpose_that_the_journal_keeps(
    site: Site, browser: Browser, judged: Scrub
) -> None:
    number = site.house.scrubs.rows(judged).number(1)
    assert parse(number).valid

    def revealed() -> list[dict[str, object]]:
        with site.house.registers.store.read():
            pass
        return [event.payload for event in site.house.registers.store.events(0) if event.kind == "number-revealed"]

    before = len(revealed())
    with visiting(browser, site) as page:
        come_in(site, page.context)
        page.goto(f"/before-sending/{judged.id}/rows/2")
        page.click("text=查看完整号码")
        page.select_option("[name=purpose]", "complaint")
        page.fill("[name=note]", " ")
        page.click("form[action$='/number'] button")
        expect(page.locator(".wrong").first).to_contain_text("写明是哪一件事")
        assert len(revealed()) == before
        page.select_option("[name=purpose]", "complaint")
        page.fill("[name=note]", "12321 工单 20261111-7")
        page.click("form[action$='/number'] button")
        expect(page.locator(".whole")).to_have_text(re.sub(r"(\d{4})(?=\d)", r"\1 ", number.removeprefix("+86")))
    said = revealed()
    assert len(said) == before + 1
    assert said[-1]["number"] == number
    assert "20261111-7" in str(said[-1]["purpose"])


def test_who_may_not_see_whole_numbers_is_not_offered_them(site: Site, browser: Browser, judged: Scrub) -> None:
    with visiting(browser, site) as page:
        come_in(site, page.context, "zhou.min")
        page.goto(f"/before-sending/{judged.id}/rows/2")
        expect(page.locator(".verdict")).to_be_visible()
        assert page.locator("form[action$='/number']").count() == 0


def test_what_is_missing_is_said_and_what_was_typed_stays(site: Site, browser: Browser) -> None:
    with visiting(browser, site, "en") as page:
        come_in(site, page.context)
        page.goto("/before-sending")
        fill(page, text="", code="106600009999")
        choose(page, "members.csv", LIST.encode())
        page.click("form[data-upload] button.main")
        wrong = page.locator(".wrong")
        expect(wrong).to_contain_text("the text is missing")
        expect(wrong).to_contain_text("请填写短信正文")
        expect(page.locator("[name=code]")).to_have_value("106600009999")


def test_a_file_that_is_none_is_told_as_such(site: Site, browser: Browser) -> None:
    with visiting(browser, site) as page:
        come_in(site, page.context)
        page.goto("/before-sending")
        fill(page)
        choose(page, "members.xlsx", b"this is no workbook")
        page.click("form[data-upload] button.main")
        page.wait_for_selector("text=没有检查成", timeout=60_000)
        assert "members.xlsx is called xlsx but is none" in page.inner_text(".wrong .other")
        assert str(site.folder) not in page.content()
        page.click("text=删除")
        page.wait_for_url("**/before-sending")


def test_another_tenants_list_is_not_there(site: Site, browser: Browser) -> None:
    site.house.accounts.make_tenant("orchard", "果园", "provider", (), actor="test")
    theirs = site.judged(tenant="orchard")
    with visiting(browser, site) as page:
        come_in(site, page.context)
        answer = page.goto(f"/before-sending/{theirs.id}")
        assert answer is not None
        assert answer.status == 404
        assert "没有这个名单任务" in page.inner_text("h1")
    site.house.scrubs.forget(site.outcome(theirs))


def test_rows_that_bring_their_own_text_are_explained_by_it(site: Site, browser: Browser, tmp_path: Path) -> None:
    source = tmp_path / "texts.csv"
    bare = "【青禾书店】双十一会员图书五折，满100元再减20，快来选购"
    source.write_text(f"手机号,短信\n13800138000,{JOB.text}\n13800138000,{bare}\n", encoding="utf-8")
    job = site.outcome(site.judged(source, text=None, text_column="短信"))
    with visiting(browser, site) as page:
        come_in(site, page.context)
        page.goto(f"/before-sending/{job.id}/rows/2")
        assert page.inner_text(".sms") == bare
        assert "没有写明怎样拒收" in page.inner_text(".points")
