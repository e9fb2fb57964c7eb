"""One site and one browser for all tests of the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from anning.api.scrubs import Scrub
from pages_site import Site, browser_at, browser_here, site_at
from pages_tour import TEXT_WITHOUT_PHONE


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages, with the demonstration's world."""
    with site_at(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser. `make test` installs Debian's chromium where it may."""
    path = browser_here()
    if path is None:
        pytest.skip("no chromium is installed, and make test could not install it: no page was tried in a browser")
    with browser_at(path) as browser:
        yield browser


@pytest.fixture(scope="session")
def judged(site: Site) -> Scrub:
    """The demonstration's campaign, judged."""
    job = site.outcome(site.judged())
    assert job.state == "done", job.problem
    return job


@pytest.fixture(scope="session")
def compared(site: Site, judged: Scrub) -> tuple[Scrub, Scrub]:
    """The campaign without its telephone, in force and under the draft: R19a makes the difference."""
    first, second = (site.judged(text=TEXT_WITHOUT_PHONE, under=under) for under in ("in-force", "cn-2020-draft"))
    return site.outcome(first), site.outcome(second)
