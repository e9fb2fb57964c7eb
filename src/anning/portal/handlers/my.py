"""A person's own page (我的意愿): prove the number, switch, see who may come, stop them, take all along; and links."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Final

import msgspec

from anning.accounts.roles import ROOT
from anning.api.routes import PUBLIC, SUBSCRIBER
from anning.errors import AnningError, InvalidInput, SignInNeeded, TooMany
from anning.numbers import mask
from anning.portal.visit import Cookie, Goes, Page, Sent, Shown, Visit
from anning.portal.wish_forms import asked_rules, shown_switches
from anning.wishes.open import SUBSCRIBER as PERSON
from anning.wishes.proving import SESSION_LASTS, subscriber_number

COOKIE: Final = "anning_my"


def show_my(visit: Visit) -> Shown:
    """The switches; the form for a number when none is proved."""
    return _mine(visit) if visit.number else _number_form()


def send_my_code(visit: Visit) -> Shown:
    """Have a code sent."""
    typed = visit.form["number"]
    try:
        number = subscriber_number(typed)
        visit.house.addresses.take(visit.network, visit.house.settings.codes_per_address)
        visit.house.wishes.proving.send_code(number, ROOT)
    except (InvalidInput, TooMany) as wrong:
        return _number_form(typed=typed, wrong=wrong)
    return _number_form(number=number)


def show_my_code(visit: Visit) -> Any:
    """The code that came."""
    number = visit.form["number"]
    try:
        proved = visit.house.wishes.proving.prove(subscriber_number(number), visit.form["code"])
    except SignInNeeded as wrong:
        return _number_form(number=number, wrong=wrong)
    except (InvalidInput, TooMany) as wrong:
        return _number_form(wrong=wrong)
    lasting = int(SESSION_LASTS.total_seconds())
    return Goes(to="/my", cookies=(Cookie(name=COOKIE, value=proved.token, lasting=lasting, strict=True),))


def change_my_wishes(visit: Visit) -> Any:
    """Let it be so."""
    dealing = visit.house.wishes.dealing
    begun = perf_counter()
    try:
        changed = dealing.change(
            visit.number,
            asked_rules(visit.form, dealing.rules(visit.number)),
            door="page",
            proof="one-time-code",
            actor=PERSON,
            tenant=ROOT,
        )
    except AnningError as wrong:
        return _mine(visit, wrong)
    return Goes(to=f"/my?done={changed.ids[-1] if changed.ids else 'same'}&in={perf_counter() - begun:.2f}")


def stop_my_sender(visit: Visit) -> Any:
    """Hear no more of one organisation."""
    begun = perf_counter()
    try:
        ids = visit.house.wishes.dealing.refuse(
            visit.number,
            visit.form["to"],
            "both",
            door="page",
            proof="one-time-code",
            actor=PERSON,
            tenant=ROOT,
        )
    except AnningError as wrong:
        return _mine(visit, wrong)
    return Goes(to=f"/my?done={ids[-1]}&in={perf_counter() - begun:.2f}")


def forget_mine(visit: Visit) -> Any:
    """Be known no longer; everything only when it was said plainly."""
    everything = visit.form["what"] == "everything"
    try:
        if everything and not visit.form["sure"]:
            raise InvalidInput(
                "清除全部会连同谢绝一并清除；确要如此，请勾选确认",
                "everything takes your refusals along: tick the box if you are sure",
                thing="forgetting",
                field="sure",
                rule="said-plainly",
            )
        done = visit.house.wishes.forget(
            visit.number,
            "everything" if everything else "consents",
            door="page",
            proof="one-time-code",
            actor=PERSON,
            tenant=ROOT,
        )
    except AnningError as wrong:
        return _mine(visit, wrong)
    gone = "" if done.gone is None else f"&gone={done.gone.at.date().isoformat()}"
    return Goes(to=f"/my?done={done.ids[-1] if done.ids else 'same'}{gone}")


def export_mine(visit: Visit) -> Sent:
    """Everything on record, as a file."""
    content = msgspec.json.format(msgspec.json.encode(visit.house.wishes.export(visit.number)), indent=1)
    return Sent(content=content, filename="anning-my-wishes.json", media="application/json")


def leave_my(visit: Visit) -> Goes:
    """Known no longer."""
    visit.house.wishes.proving.end(visit.proved)
    return Goes(to="/my", cookies=(Cookie(name=COOKIE, value="", lasting=0, strict=True),))


def show_confirmation(visit: Visit) -> Shown:
    """What a one-time link asks."""
    return _link(visit)


def answer_confirmation(visit: Visit) -> Shown:
    """Yes or no."""
    asked = visit.house.wishes.confirming.shown(visit.params["token"])
    done = visit.house.wishes.confirming.by_link(visit.params["token"], agrees=visit.form["agrees"] == "yes")
    values = {"done": done, "asked": asked, "masked": "", "token": ""}
    return Shown(template="confirm.html", values=values, address="/my")


def _link(visit: Visit) -> Shown:
    token = visit.params["token"]
    asked = visit.house.wishes.confirming.shown(token)
    values = {"done": None, "asked": asked, "masked": mask(asked.consent.number), "token": token}
    return Shown(template="confirm.html", values=values)


def _mine(visit: Visit, wrong: AnningError | None = None) -> Shown:
    wishes = visit.house.wishes
    consents = [each for each in wishes.consents(visit.number) if each.place or each.refused]
    values = {
        **shown_switches(visit, wishes.dealing.rules(visit.number), {each.org: each.name for each in consents}),
        "masked": mask(visit.number),
        "consents": [each for each in consents if each.place],
        "wrong": wrong,
        "done": visit.query["done"],
        "place": "" if visit.query["done"] == "same" else visit.query["done"][:80],
        "seconds": visit.query["in"][:8],
        "gone": visit.query["gone"][:10],
    }
    return Shown(template="my.html", values=values, status=422 if wrong else 200, address="/my")


def _number_form(*, typed: str = "", number: str = "", wrong: AnningError | None = None) -> Shown:
    values = {"typed": typed, "number": number, "masked": mask(number) if number else "", "wrong": wrong}
    status = {SignInNeeded: 401, TooMany: 429}.get(type(wrong), 422) if wrong is not None else 200
    return Shown(template="my-number.html", values=values, status=status, address="/my")


PAGES: Final = (
    Page(method="GET", path="/my", action=PUBLIC, handler=show_my, zh="我的意愿", en="My wishes"),
    Page(
        method="POST",
        path="/my/code",
        action=PUBLIC,
        handler=send_my_code,
        zh="获取验证码",
        en="Have a code sent",
    ),
    Page(
        method="POST",
        path="/my/proof",
        action=PUBLIC,
        handler=show_my_code,
        zh="出示验证码",
        en="Show the code that came",
    ),
    Page(
        method="POST",
        path="/my/wishes",
        action=SUBSCRIBER,
        handler=change_my_wishes,
        zh="登记意愿",
        en="Let the switches be so",
    ),
    Page(
        method="POST",
        path="/my/refusals",
        action=SUBSCRIBER,
        handler=stop_my_sender,
        zh="不再接收一家机构",
        en="Hear no more of one organisation",
    ),
    Page(
        method="POST",
        path="/my/forgetting",
        action=SUBSCRIBER,
        handler=forget_mine,
        zh="清除本人的登记",
        en="Be known no longer",
    ),
    Page(
        method="GET",
        path="/my/export",
        action=SUBSCRIBER,
        handler=export_mine,
        zh="导出本人数据",
        en="Take one's data along",
    ),
    Page(method="POST", path="/my/leave", action=PUBLIC, handler=leave_my, zh="退出", en="Leave"),
    Page(
        method="GET",
        path="/c/{token}",
        action=PUBLIC,
        handler=show_confirmation,
        zh="一次性链接：是否同意",
        en="A one-time link: do you consent",
    ),
    Page(
        method="POST",
        path="/c/{token}",
        action=PUBLIC,
        handler=answer_confirmation,
        zh="答复是否同意",
        en="Answer it",
    ),
)
