"""Every page and act, every role: who gets in; and no act without the word that only our own pages have."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest

from anning.accounts.roles import ROLES
from anning.api.scrubs import Scrub
from anning.portal.pages import PAGES
from anning.portal.render import POLICY
from anning.portal.visit import Page
from api_server import PASSWORD
from pages_site import Site

EVERY = frozenset(ROLES)
WORKING = frozenset({"operator", "admin", "registrar"})

PROVED = "who proved the number"

MEANT: dict[str, frozenset[str] | str] = {
    "GET /": "everybody",
    "POST /language": "everybody",
    "GET /sign-in": "everybody",
    "POST /sign-in": "everybody",
    "GET /sign-in/code": "half",
    "POST /sign-in/code": "half",
    "POST /sign-out": "everybody",
    "GET /invitation": "everybody",
    "POST /invitation": "everybody",
    "GET /account": EVERY,
    "POST /account/password": EVERY,
    "POST /account/second-factor": EVERY,
    "POST /account/second-factor/first-code": EVERY,
    "POST /account/second-factor/removal": EVERY,
    "POST /account/passkeys/{id}/removal": EVERY,
    "POST /account/outside/removal": EVERY,
    "POST /account/sessions/{id}/end": EVERY,
    "GET /before-sending": WORKING,
    "POST /before-sending": WORKING,
    "GET /before-sending/{id}": WORKING,
    "GET /before-sending/{id}/files/{part}": WORKING,
    "POST /before-sending/{id}/removal": WORKING,
    "GET /before-sending/{id}/rows": WORKING,
    "GET /before-sending/{id}/rows/{row}": WORKING,
    "POST /before-sending/{id}/rows/{row}/number": frozenset({"admin", "registrar"}),
    "GET /check": WORKING,
    "POST /check": WORKING,
    "POST /law/difference": WORKING,
    "GET /law/difference/{first}/{second}": WORKING,
    "GET /my": "everybody",
    "POST /my/code": "everybody",
    "POST /my/proof": "everybody",
    "POST /my/wishes": PROVED,
    "POST /my/refusals": PROVED,
    "GET /my/export": PROVED,
    "POST /my/forgetting": PROVED,
    "POST /my/leave": "everybody",
    "GET /c/{token}": "everybody",
    "POST /c/{token}": "everybody",
    "GET /hotline": WORKING | {"desk"},
    "POST /hotline": WORKING | {"desk"},
    "POST /hotline/wishes": WORKING | {"desk"},
    "GET /consents": WORKING | {"desk", "auditor", "supervisor"},
    "POST /consents": WORKING | {"desk", "auditor", "supervisor"},
    "GET /law": "everybody",
    "GET /law/articles": "everybody",
    "GET /law/difference": "everybody",
    "GET /law/obligations/{id}": "everybody",
    "GET /law/{name}": "everybody",
    "GET /docs/errors": "everybody",
}
"""Written by hand: what is meant."""


def named(page: Page) -> str:
    return f"{page.method} {page.path}"


def test_every_page_is_in_the_table() -> None:
    assert {named(page) for page in PAGES} == MEANT.keys()


@pytest.fixture(scope="module")
def clients(site: Site) -> Iterator[dict[str, httpx2.Client]]:
    """Somebody of each role, signed in, and nobody."""
    found: dict[str, httpx2.Client] = {"nobody": site.client()}
    accounts = site.house.accounts
    for role in ROLES:
        name = f"a.{role}"
        accounts.accept_invitation(accounts.add_person(name, role, "anning", (role,), actor="test"), PASSWORD)
        found[role] = site.client()
        found[role].cookies.set("anning_session", accounts.signing_in.by_password(name, PASSWORD).token)
    for client in found.values():
        client.headers["X-Csrf"] = word(client)
    yield found
    for client in found.values():
        client.close()


def word(client: httpx2.Client) -> str:
    """What forms of this visitor bring along."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/law").text)
    assert found is not None
    return found[1]


def send(client: httpx2.Client, page: Page, judged: Scrub, csrf: str, **headers: str) -> httpx2.Response:
    """An act or a look, with ids of things that are not there where acting would do harm."""
    id = judged.id if page.method == "GET" else "none"
    path = page.path.format(id=id, part="none", row="2", first=id, second=id, name="cn-2018-plan", token="none")
    if page.method == "GET":
        return client.get(path, headers=headers)
    if page.uploads:
        return client.post(path, data={"csrf": csrf}, files={"list": ("a.csv", b"x")}, headers=headers)
    return client.post(path, data={"csrf": csrf}, headers=headers)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_who_gets_in(clients: dict[str, httpx2.Client], judged: Scrub, page: Page) -> None:
    meant = MEANT[named(page)]
    for role, client in clients.items():
        if named(page) == "POST /sign-out" and role != "nobody":
            continue
        answer = send(client, page, judged, client.headers["X-Csrf"])
        sent_to_sign_in = answer.status_code == 303 and (
            answer.headers["location"].startswith("/sign-in?to=")
            or (meant == PROVED and answer.headers["location"] == "/my")
        )
        refused = answer.status_code in (401, 403) or sent_to_sign_in
        if meant == "half":
            assert refused or named(page) == "POST /sign-in/code", (role, answer.status_code)
        elif meant == PROVED:
            assert refused, (role, answer.status_code)
        elif meant == "everybody":
            assert not refused or named(page) == "POST /sign-in", (role, answer.status_code)
        else:
            assert refused == (role not in meant), (role, answer.status_code)
        assert answer.status_code != 500


@pytest.mark.parametrize("page", [page for page in PAGES if page.method == "POST"], ids=named)
def test_no_act_without_the_word_of_our_own_pages(clients: dict[str, httpx2.Client], judged: Scrub, page: Page) -> None:
    for role in ("nobody", "admin"):
        client = clients[role]
        for csrf in ("", "guessed"):
            answer = send(client, page, judged, csrf)
            assert answer.status_code == 403, (role, csrf, answer.status_code)
            assert "csrf" in answer.text
        elsewhere = send(client, page, judged, client.headers["X-Csrf"], **{"Sec-Fetch-Site": "cross-site"})
        assert elsewhere.status_code == 403


def test_an_api_key_opens_no_page(site: Site, judged: Scrub) -> None:
    with site.client(site.key("scrub", "decide")) as client:
        assert client.get(f"/before-sending/{judged.id}").status_code == 303


def test_every_answer_carries_the_strict_policy(site: Site, clients: dict[str, httpx2.Client], judged: Scrub) -> None:
    for address in ("/", "/nowhere", "/account", f"/before-sending/{judged.id}", "/static/anning.css"):
        answer = clients["admin"].get(address)
        assert answer.headers["content-security-policy"] == POLICY, address
        assert answer.headers["x-content-type-options"] == "nosniff", address
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert POLICY.startswith("default-src 'none'")


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(site: Site) -> None:
    with site.client() as client:
        assert client.get("/nowhere").headers["content-type"].startswith("text/html")
        assert client.get("/v1/nowhere").headers["content-type"] == "application/problem+json"
        assert client.post("/v1/healthz").status_code in (404, 405)


def test_static_files_change_their_address_with_their_content(site: Site) -> None:
    with site.client() as client:
        named_in_page = re.search(r"/static/anning\.css\?v=\w+", client.get("/").text)
        assert named_in_page is not None
        assert "immutable" in client.get(named_in_page[0]).headers["cache-control"]
        assert client.get("/static/anning.css?v=old").headers["cache-control"] == "no-cache"
