"""The pages as a visitor meets them: a real server with the demonstration's world, a real browser (网页测试)."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from uuid_utils import uuid7

from anning.api.house import House
from anning.api.scrubs import Scrub, ScrubRequest
from anning.api.server import listen
from anning.cli.demo import people, world
from anning.cli.demo.run import JOB, SENDER
from anning.portal.pages import routes
from anning.registers.events import ConsentGiven
from anning.registers.open import open_registers
from anning.settings import read_settings
from api_server import PASSWORD, Server

ROWS: Final = 2_000
WORDS: Final = "我愿意接收会员优惠短信，可随时退订。"
NOW: Final = people.NOW + timedelta(minutes=5)
SIZES: Final[dict[str, ViewportSize]] = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LANGUAGES: Final = {"zh": "zh-CN", "en": "en-GB"}
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AGENT: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser_here() -> str | None:
    """Where a browser is installed; the download of Playwright's own is not relied on."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


class Site(Server):
    """The pages on a port of their own, with a world and people.

    Attributes:
        folder: where its files are; `campaign`: the member list of the demonstration.
    """

    def __init__(self, house: House, folder: Path) -> None:
        super().__init__(house, more=routes(house))
        self.folder = folder
        self.campaign = folder / "campaign.csv"
        self._phones = itertools.count(13_900_700_000)

    def phone(self) -> str:
        """A number nobody used yet, whose holder the demonstration's sender says consented."""
        number = f"+86{next(self._phones)}"
        said = ConsentGiven(number=number, to=SENDER, channel="sms", purpose="会员优惠", trade="retail", door="page")
        self.house.wishes.recording.record(
            said, words=WORDS, tenant="anning", actor=SENDER, confirm_at=JOB.code.removeprefix("+86")
        )
        return number

    def sms(self, number: str) -> str:
        """The SMS that came to a number last."""
        texts = [each.text for each in self.house.outbox.take("anning", 1000, "test") if each.number == number]
        return texts[-1]

    @property
    def address(self) -> str:
        """As browsers write it: by name."""
        return self.house.origin

    def judged(self, source: Path | None = None, **asked: Any) -> Scrub:
        """A list judged, as if it had been uploaded."""
        source = source or self.campaign
        fields: dict[str, Any] = {
            "sender": JOB.sender,
            "provider": JOB.provider,
            "code": JOB.code,
            "filename": source.name,
            "text": JOB.text,
            "at": JOB.at,
            "output": ".xlsx",
        }
        scrubs = self.house.scrubs
        tenant = asked.pop("tenant", "anning")
        job = scrubs.ask(str(uuid7()), tenant, "test", ScrubRequest(**(fields | asked)))
        shutil.copyfile(source, scrubs.place_of_list(job))
        scrubs.uploaded(job)
        self.house.wake.set()
        return job

    def outcome(self, job: Scrub) -> Scrub:
        """The job once it is over."""
        import time

        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            found = self.house.scrubs.one(job.id, job.tenant)
            if found.state not in ("uploading", "waiting", "running"):
                return found
            time.sleep(0.1)
        raise AssertionError(f"{job.id} is not over")


@contextmanager
def site_at(folder: Path) -> Iterator[Site]:
    """A site with the demonstration's world, its list and two people: li.na administers, zhou.min operates."""
    settings = read_settings(data_dir=folder / "var", database_url="", segments_dir=None)
    crowd = people.people(int(ROWS * 0.95))
    wishes, consents = folder / "wishes.csv", folder / "consents.csv"
    people.write_wishes(wishes, crowd)
    people.write_consents(consents, crowd, SENDER, "mall")
    people.write_campaign(folder / "campaign.csv", crowd, ROWS)
    with open_registers(settings, clock=lambda: people.NOW) as registers:
        world.register(registers)
        registers.take(wishes, "wish", actor=world.ACTOR)
        registers.take(consents, "consent", actor=world.ACTOR)
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    chosen = settings.model_copy(update={"port": port, "public_url": f"http://localhost:{port}"})
    house = House(chosen, clock=lambda: NOW)
    with Site(house, folder) as site:
        for id, name, role in (("li.na", "李娜", "admin"), ("zhou.min", "周敏", "operator")):
            accounts = house.accounts
            accounts.accept_invitation(accounts.add_person(id, name, "anning", (role,), actor="test"), PASSWORD)
        yield site


@contextmanager
def browser_at(path: str) -> Iterator[Browser]:
    """A browser that keeps to itself, with a user's folder of its own that goes away."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(browser: Browser, site: Site, language: str = "zh", size: str = "desk", **more: Any) -> Iterator[Page]:
    """A page of a visitor who is not signed in. What goes to another host, or fails in a script, fails the test."""
    context = browser.new_context(
        base_url=site.address, locale=LANGUAGES[language], viewport=SIZES[size], reduced_motion="reduce", **more
    )
    context.set_default_timeout(20_000)
    try:
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("request", lambda asked: None if asked.url.startswith(site.address) else wrong.append(asked.url))
        yield page
        assert wrong == []
    finally:
        context.close()


def sign_in(page: Page, name: str = "li.na", to: str = "") -> None:
    """Come in by name and password."""
    page.goto(f"/sign-in?to={to}" if to else "/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button.main")
    page.wait_for_selector(".me")


def come_in(site: Site, context: BrowserContext, name: str = "li.na") -> None:
    """Signed in already, as with a session of before."""
    begun = site.house.accounts.signing_in.by_password(name, PASSWORD, AGENT)
    context.add_cookies([{"name": "anning_session", "value": begun.token, "url": site.address, "httpOnly": True}])


def at_field(at: datetime) -> str:
    """A moment as a browser's field takes it."""
    return f"{at:%Y-%m-%dT%H:%M}"


def prove(site: Site, page: Page, number: str) -> None:
    """Come in as the person who holds a number."""
    page.goto("/my")
    page.fill("[name=number]", number.removeprefix("+86"))
    page.click("form[action='/my/code'] button")
    found = re.search(r"验证码是(\d{6})", site.sms(number))
    assert found is not None
    page.fill("[name=code]", found[1])
    page.click("form[action='/my/proof'] button")
    page.wait_for_selector("[name=calls]")


def link_of(site: Site, number: str) -> str:
    """The path of the link by which a number is asked to confirm."""
    found = re.search(r"(/c/\S+)", site.sms(number))
    assert found is not None
    return found[1]
