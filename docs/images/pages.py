"""Photograph the pages for the documentation. `python docs/images/pages.py`, from anywhere; `make docs` does.

A real server with the demonstration's world at a fixed moment, and a real browser (Debian's chromium, with
fonts-noto-cjk and fonts-inter so that the letters are the same everywhere).
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from pages_site import browser_at, browser_here, site_at, visiting  # noqa: E402 - found beside the tests
from pages_tour import TEXT_WITHOUT_PHONE, tour  # noqa: E402

OUT: Final = Path(__file__).parent / "pages"
COLOURS: Final = 256
"""Enough for paper, ink and four quiet colours; a picture is then a third of its size."""


class View(NamedTuple):
    """How a page is photographed, and how much of its length."""

    page: str
    language: str
    size: str
    scheme: str = "light"
    length: int = 1500

    @property
    def name(self) -> str:
        dark = "-dark" if self.scheme == "dark" else ""
        return f"{self.page}-{self.language}-{self.size}{dark}.png"


VIEWS: Final = (
    View("front", "zh", "desk"),
    View("front", "en", "phone"),
    View("sign-in", "zh", "phone"),
    View("before-sending", "zh", "desk"),
    View("before-sending", "en", "phone", length=1400),
    View("list", "zh", "desk", length=2200),
    View("list", "en", "desk", length=2200),
    View("list", "zh", "phone", length=1900),
    View("list", "zh", "desk", "dark", 1200),
    View("rows", "zh", "desk", length=900),
    View("rows", "zh", "phone", length=900),
    View("explained", "zh", "desk", length=1300),
    View("explained", "en", "desk", length=1300),
    View("explained", "en", "phone", "dark", 1600),
    View("law", "zh", "desk", length=1100),
    View("articles", "zh", "desk", length=1100),
    View("difference", "zh", "desk", length=1000),
    View("compared", "en", "desk", length=1000),
    View("account", "zh", "desk", length=1300),
    View("my-number", "zh", "phone", length=844),
    View("my", "zh", "phone", length=1700),
    View("my", "en", "phone", "dark", 1700),
    View("confirm", "zh", "phone", length=844),
    View("hotline", "zh", "desk", length=1300),
    View("consents", "en", "desk", length=800),
)


def main() -> int:
    """Make every picture anew; those of pages that are gone go too."""
    path = browser_here()
    if path is None:
        sys.stderr.write("no chromium here: the pictures of the pages stay as they are\n")
        return 0
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, site_at(Path(folder)) as site, browser_at(path) as browser:
        judged = site.outcome(site.judged())
        first, second = (site.judged(text=TEXT_WITHOUT_PHONE, under=name) for name in ("in-force", "cn-2020-draft"))
        compared = site.outcome(first), site.outcome(second)
        for language, size, scheme in dict.fromkeys((view.language, view.size, view.scheme) for view in VIEWS):
            wanted = {view.page: view for view in VIEWS if view[1:4] == (language, size, scheme)}
            with visiting(browser, site, language, size, color_scheme=scheme) as page:
                for name in tour(site, page, judged, compared):
                    if name in wanted:
                        _keep(page.screenshot(full_page=True), wanted[name])
    return 0


def _keep(taken: bytes, view: View) -> None:
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, view.length)))
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(OUT / view.name, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
