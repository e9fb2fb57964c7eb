"""The demonstration told to a compliance officer (演示讲述)."""

from __future__ import annotations

from typing import Any, Final

from anning.cli import scrub, show
from anning.cli.demo.run import JOB, Story
from anning.law.decision import Decision, Outcome
from anning.law.instruments.registry import IN_FORCE
from anning.numbers import mask

_STYLES: Final = {Outcome.ALLOW: "green", Outcome.LABEL: "yellow", Outcome.HOLD: "yellow", Outcome.REFUSE: "red"}


def plainly(story: Story, seconds: float) -> None:
    """The campaign, the dozen, the files, and what to try next."""
    show.say(
        "自律限度（行业惯例，非法律）在本演示中已开启。",
        "The operator's own limits (practice, not law) are switched on in this demonstration.",
    )
    rows = story.result.rows
    _heading(f"一、一份 {rows:,} 行的会员名单", f"1. A member list of {rows:,} rows")
    show.say(JOB.text, JOB.text)
    scrub.tell(story.campaign, story.result, JOB, IN_FORCE)
    _heading("二、十余条短信与电话", "2. Single messages and calls")
    _singles(story)
    _heading("三、接下来可以试试", "3. What to try next")
    _next(story)
    show.say(f"用时 {seconds:.0f} 秒。", f"It took {seconds:.0f} seconds.")


def how_to_serve(story: Story) -> None:
    """How to open the pages of this world."""
    show.say("打开网页：", "its pages:")
    command = f"ANNING_DATA_DIR={story.folder / 'var'} .venv/bin/anning serve"
    show.say(f"    {command}", f"    {command}")
    who_signs_in(story, "http://127.0.0.1:8700")


def who_signs_in(story: Story, url: str) -> None:
    """The page to open, and with what name and password."""
    person = story.person
    show.say(
        f"打开 {url}/ ，登录名 {person.name}，口令 {person.password}",
        f"open {url}/ and sign in as {person.name} with the password {person.password}",
    )
    data = story.folder / "var"
    show.say(
        f"本人的页面是 {url}/my ；验证码在发件箱里：anning --data {data} sms outbox",
        f"a person's own page is {url}/my ; the code that is sent lies in the outbox: anning --data {data} sms outbox",
    )


def as_values(story: Story) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "folder": str(story.folder),
        "person": {"name": story.person.name, "password": story.person.password},
        "statements": story.statements,
        "wishes": story.wishes,
        "consents": story.consents,
        "campaign": scrub.as_plain(story.result),
        "singles": [
            {
                "zh": single.zh,
                "en": single.en,
                "outcome": decision.outcome.word,
                "reasons": list(decision.obligations()),
                "advisories": [reason.obligation for reason in decision.advisories],
            }
            for single, decision in story.singles
        ],
    }


def _singles(story: Story) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160
    for place, (single, decision) in enumerate(story.singles, start=1):
        outcome = decision.outcome
        console.print()
        console.print(Text(f"{place:>2}. {show.both(single.zh, single.en)}", style="bold"))
        who = f"{single.communication.code} → {mask(single.communication.number)}"
        at = f"{single.communication.at:%m-%d %H:%M}"
        console.print(
            Text(f"    {who}  {at}   "),
            Text(show.both(outcome.zh, outcome.en), style=_STYLES[outcome]),
            sep="",
            end="\n",
        )
        for zh, en in _why(decision):
            console.print(Text(f"      · {show.both(zh, en)}"))


def _why(decision: Decision) -> list[tuple[str, str]]:
    reasons = [(f"{r.obligation} {r.zh}〔{r.citation.zh()}〕", f"{r.en} [{r.citation.en()}]") for r in decision.reasons]
    advice = [
        (
            f"提示：{r.obligation} 若经确认将予拒绝（{r.zh}）",
            f"advisory: {r.obligation}, as reported, would refuse this",
        )
        for r in decision.advisories
    ]
    return reasons + advice


def _next(story: Story) -> None:
    folder = story.folder
    job = (
        f"--sender {JOB.sender} --provider {JOB.provider} --from {JOB.code} --text '{JOB.text}'"
        f" --at {JOB.at.isoformat()} --data {folder / 'var'}"
    )
    for zh, en, command in (
        (
            "一条短信为何不能发，改哪里才能发：",
            "why one message may not go, and what would have to differ:",
            f"anning check --channel sms --to 13900139000 --purpose commercial {job}",
        ),
        (
            "换一部规定再判：",
            "the same list under the draft of 2020:",
            f"anning scrub {folder / 'campaign.csv'} --under cn-2020-draft -o {folder / 'draft.xlsx'} {job}",
        ),
        ("规定逐条：", "the law, article by article:", "anning law articles"),
        ("规则的证明：", "its proof:", "anning law prove"),
    ):
        show.say(zh, en)
        show.say(f"    .venv/bin/{command}", f"    .venv/bin/{command}")


def _heading(zh: str, en: str) -> None:
    show.say("", "")
    show.say(f"—— {zh} ——" if show.language() != "both" else f"—— {zh}", f"{en} ——")
