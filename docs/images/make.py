"""Draw the pictures of the documentation from real runs. `python docs/images/make.py`, from anywhere.

A small world in a folder that goes away; what `anning` prints there is drawn as SVG by rich. No picture names an
outside font.
"""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

HERE: Final = Path(__file__).parent
LISTS: Final = HERE.parents[1] / "tests" / "data" / "campaigns"
ANNING: Final = Path(sys.executable).with_name("anning")
NARROWEST, WIDEST = 90, 132
AT: Final = "2026-11-11T10:00:00+08:00"
SINCE: Final = "2026-06-01"
TEXT: Final = "【兔子商城】双十一会员专享，全场五折，详询4001234567，拒收请回复R"
_FACES: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_WIDENED: Final = re.compile(r"\s*font-variant-east-asian: full-width;")
FONTS: Final = "Menlo, Consolas, DejaVu Sans Mono, Noto Sans Mono CJK SC, monospace"
_ASIDE: Final = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_DONE: Final = ("可以发送", "may go", "✓")

JOB: Final = (
    *("--sender", "rabbit", "--provider", "cloud", "--from", "106600005678", "--purpose", "commercial"),
    *("--text", TEXT, "--at", AT),
)
WORLD: Final = (
    ("sender", "add", "cloud", "--name", "云信通"),
    ("sender", "licence", "cloud", "--kind", "sms", "--from", "2024-01-01", "--until", "2028-12-31"),
    ("sender", "add", "rabbit", "--name", "兔子商城", "--trade", "retail"),
    ("sender", "verify", "cloud"),
    ("sender", "verify", "rabbit"),
    ("code", "add", "106600005678", "--holder", "cloud", "--user", "rabbit", "--use", "commercial"),
    ("signature", "add", "兔子商城", "--owner", "rabbit"),
)
LATER: Final = ("wish", "state", "13196581408", "--channel", "sms", "--trade", "retail", "--at", "2026-08-01")


def run(folder: Path, *words: str) -> str:
    """What `anning` prints in the folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANNING_")}
    done = subprocess.run([ANNING, *words], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def lists() -> Iterator[tuple[str, list[tuple[str, ...]], tuple[str, ...]]]:
    """Who consented and who took it back, as the list of members says in two of its columns."""
    with (LISTS / "members.utf8bom.tsv").open(encoding="utf-8-sig", newline="") as file:
        members = list(csv.DictReader(file, delimiter="\t"))
    consents = [(row["联系电话"],) for row in members if row["来源"] == "官网注册"]
    refusals = [(row["联系电话"], SINCE, "2026-09-01") for row in members if row["备注"] == "已退订"]
    to = ("--to", "rabbit", "--channel", "sms")
    yield "consents.csv", [("手机号",), *consents], (*to, "--at", SINCE)
    yield "refusals.csv", [("手机号", "登记时间", "撤回时间"), *refusals], to


def draw(name: str, command: str, output: str) -> None:
    """One picture: the command and what it printed."""
    shown = [f"$ {command}", *output.rstrip().splitlines()]
    width = min(max(map(cell_len, map(str.rstrip, shown)), default=0), WIDEST)
    console = Console(
        record=True, width=max(width, NARROWEST), file=io.StringIO(), force_terminal=True, highlight=False
    )
    for line in shown:
        console.print(Text(line.rstrip(), style=_style(line)))
    svg = console.export_svg(title="anning", unique_id=name)
    for unwanted in (_FACES, _ASIDE, _WIDENED):
        svg = unwanted.sub("", svg)
    svg = svg.replace("Fira Code, monospace", FONTS)
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")


def _style(line: str) -> str:
    if line.startswith("$ "):
        return "bold"
    if line.startswith(("✗", "不得发送", "may not go")):
        return "red"
    return "green" if line.startswith(_DONE) else ""


def shortened(output: str, until: str) -> str:
    """The lines before the first that begins so."""
    lines = output.splitlines()
    return "\n".join(lines[: next(place for place, line in enumerate(lines) if line.startswith(until))])


def main() -> None:
    """Make every picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for words in WORLD:
            run(folder, *words, "--at", SINCE)
        for name_, rows, more in lists():
            with (folder / name_).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
            run(folder, "import", "consents", name_, *more, "--good-rows")
        run(folder, *LATER)
        for language, until in (("zh", "观察到的事实"), ("en", "what was observed")):
            told = run(folder, "--lang", language, "check", "--to", "13196581408", *JOB)
            shown = "anning check --to 13196581408 --sender rabbit --provider cloud --from 106600005678 --text …"
            draw(f"check-{language}", shown, shortened(told, until))
            told = run(folder, "--lang", language, "scrub", str(LISTS / "members.xlsx"), *JOB, "-o", "result.xlsx")
            shown = (
                "anning scrub members.xlsx --sender rabbit --provider cloud --from 106600005678 --text … -o result.xlsx"
            )
            draw(f"scrub-{language}", shown, told)


if __name__ == "__main__":
    main()
