"""The same pages as plain requests: on both databases, for a sender's own people, with what only some lists show."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from anning.api.house import House
from anning.law.observations import Channel
from anning.portal.pages import routes
from anning.registers.events import ConsentGiven
from anning.settings import Settings
from api_server import PASSWORD, Server
from fixtures_db import KINDS, Kind
from gate_world import LI, LONG_AGO, MARKETING_PORT, OFFER, WANG, WORLD
from pages_site import Site

LIST = f"手机号\n{WANG}\n{LI}\n没有\n".encode()
ASKED = {"text": OFFER, "sender": "bank", "provider": "cpaas", "code": MARKETING_PORT}


@contextmanager
def pages_on(folder: Path, database: str) -> Iterator[Server]:
    """The pages over the gate tests' world."""
    house = House(Settings(data_dir=folder, database_url=database, port=0))
    for said in (*WORLD, ConsentGiven(number=WANG, to="bank", channel="sms")):
        house.registers.write(said, actor="test", at=LONG_AGO)
    with Server(house, more=routes(house)) as server:
        yield server


def word(page: str) -> str:
    """What the page's forms bring along."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@contextmanager
def visitor(server: Server, name: str) -> Iterator[httpx2.Client]:
    """Somebody who came in by the form."""
    with server.client(follow_redirects=True) as client:
        client.headers["Accept-Language"] = "zh"
        csrf = word(client.get("/sign-in").text)
        page = client.post("/sign-in", data={"csrf": csrf, "name": name, "password": PASSWORD, "to": "/before-sending"})
        assert page.url.path == "/before-sending", page.text
        yield client


def upload(client: httpx2.Client, content: bytes = LIST, **changed: str) -> httpx2.Response:
    """Send the form of a new list."""
    csrf = word(client.get("/before-sending").text)
    fields = {"csrf": csrf, "output": ".csv", **ASKED, **changed}
    return client.post("/before-sending", data=fields, files={"list": ("members.csv", content)})


def judged(client: httpx2.Client, page: httpx2.Response) -> str:
    """The page of a list once it is done."""
    assert page.url.path.startswith("/before-sending/"), page.text
    for _ in range(600):
        text = client.get(str(page.url)).text
        if 'id="live"' not in text:
            return text
        time.sleep(0.05)
    raise AssertionError(text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_on_either_database(tmp_path: Path, new_database: Callable[[Kind], str], kind: Kind) -> None:
    with pages_on(tmp_path, new_database(kind)) as server:
        server.person("li.na", "admin")
        with visitor(server, "li.na") as client:
            page = upload(client)
            text = judged(client, page)
            figures = re.findall(r"<dd><a[^>]*>([\d,]+)</a>|<dd>(0)<small|<dd>(0)\s", text)
            assert [int("".join(figure)) for figure in figures] == [1, 0, 1, 1]
            here = str(page.url)
            sent = client.get(f"{here}/files/send")
            assert "members.send.csv" in sent.headers["content-disposition"]
            assert sent.text.splitlines()[1].startswith(WANG)
            assert "138****8000" in client.get(f"{here}/rows?outcome=allow").text
            row = client.get(f"{here}/rows/2").text
            assert "139****9000" in row
            shown = client.post(
                f"{here}/rows/2/number", data={"csrf": word(row), "purpose": "evidence", "note": "案 1"}
            )
            assert "1390 0139 000" in shown.text
            assert client.post(f"{here}/removal", data={"csrf": word(row)}).url.path == "/before-sending"
            assert client.get(here).status_code == 404


def test_a_sender_s_people_speak_for_their_own_organisation_only(site: Site) -> None:
    accounts = site.house.accounts
    accounts.make_tenant("books", "青禾书店", "sender", ("books",), actor="test")
    accounts.accept_invitation(accounts.add_person("qin.he", "秦荷", "books", ("operator",), actor="test"), PASSWORD)
    with visitor(site, "qin.he") as client:
        page = client.get("/before-sending").text
        choices = re.search(r'<select name="sender">(.*?)</select>', page, re.DOTALL)
        assert choices is not None
        assert re.findall(r'value="([^"]+)"', choices[1]) == ["books"]
        refused = upload(client, sender="bank")
        assert refused.status_code == 422
        assert "本租户不得代表" in refused.text
        asked = {"csrf": word(page), "number": "13800138000", **ASKED}
        assert "本租户不得代表" in client.post("/check", data=asked).text
        taken = upload(client, sender="books", code="106600008888", text="【青禾书店】图书五折，拒收请回复R")
        judged(client, taken)
    with visitor(site, "li.na") as client:
        assert client.get(str(taken.url)).status_code == 404


def test_what_is_no_reason_yet_is_said_beside_the_verdicts(site: Site, tmp_path: Path) -> None:
    called = tmp_path / "calls.csv"
    called.write_text("手机号\n13700137000\n13800138000\n", encoding="utf-8")
    job = site.outcome(
        site.judged(
            called, channel=Channel.CALL, text=None, sender="bank", provider="anhu", code="95599", platform_call=True
        )
    )
    with visitor(site, "li.na") as client:
        page = client.get(f"/before-sending/{job.id}").text
        assert "提示，不作理由" in page
        assert "/law/obligations/T01" in page


def test_a_list_beyond_the_limit_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    house = House(Settings(data_dir=tmp_path, port=0, upload_max_bytes=2_000))
    with Server(house, more=routes(house)) as server:
        server.person("li.na", "operator")
        with visitor(server, "li.na") as client:
            for content, told in ((b"1" * 200_000, "2000"), (b"", "名单是空的")):
                answer = upload(client, content)
                assert answer.status_code == 422
                assert told in answer.text
        assert house.scrubs.of("anning", "", 10) == []
        assert not list((tmp_path / "scrubs").glob("*/*"))


def test_an_ending_that_no_list_has_is_told_with_those_that_do(site: Site) -> None:
    with visitor(site, "li.na") as client:
        csrf = word(client.get("/before-sending").text)
        answer = client.post("/before-sending", data={"csrf": csrf, **ASKED}, files={"list": ("a.doc", b"x")})
        assert answer.status_code == 422
        assert ".xlsx" in answer.text


def test_kinds_of_errors_are_where_problems_say(site: Site) -> None:
    with site.client() as client:
        page = client.get("/docs/errors").text
        kind = client.get("/v1/nowhere").json()["type"].partition("#")[2]
        assert f'id="{kind}"' in page
        for each in ("invalid-input", "not-found", "sign-in-needed", "conflict", "internal"):
            assert f'id="{each}"' in page
