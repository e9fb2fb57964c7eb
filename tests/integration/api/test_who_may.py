"""Every route, every role, own tenant and another's: who gets in and who does not (权限矩阵).

The table below is written by hand and says what is meant; the server is asked what it does. A route that is not in the
table fails, and so does a role that can do more or less than the table says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest

from anning.accounts.events import TenantMade
from anning.accounts.may import LOCAL, NOBODY, Denied, Granted, Principal, may
from anning.accounts.roles import KEY_SCOPES, ROLES, ROOT, Action
from anning.api.handlers import ROUTES
from anning.api.routes import HALF, PUBLIC, SUBSCRIBER, Route
from api_server import Server

EVERY = frozenset({"viewer", "desk", "operator", "auditor", "admin", "supervisor", "registrar"})
WORKING = frozenset({"operator", "admin", "registrar"})
MANAGING = frozenset({"admin", "registrar"})

PROVED = "who proved the number"

MEANT: dict[str, frozenset[str] | str] = {
    "GET /v1/openapi.json": "everybody",
    "GET /metrics": frozenset({"auditor", "admin", "registrar"}),
    "GET /healthz": "everybody",
    "GET /readyz": "everybody",
    "POST /v1/session": "everybody",
    "POST /v1/session/second-factor": "half",
    "GET /v1/session": "everybody",
    "DELETE /v1/session": "everybody",
    "GET /v1/sessions": EVERY,
    "DELETE /v1/sessions/{id}": EVERY,
    "POST /v1/decide": WORKING,
    "POST /v1/decide/batch": WORKING,
    "POST /v1/explain": WORKING,
    "GET /v1/holds": WORKING,
    "GET /v1/holds/{id}": WORKING,
    "POST /v1/holds/{id}/reveal": frozenset({"desk", "auditor", "admin", "supervisor", "registrar"}),
    "POST /v1/scrubs": WORKING,
    "PUT /v1/scrubs/{id}/list": WORKING,
    "GET /v1/scrubs": WORKING,
    "GET /v1/scrubs/{id}": WORKING,
    "GET /v1/scrubs/{id}/files/{part}": WORKING,
    "DELETE /v1/scrubs/{id}": WORKING,
    "POST /v1/statements": WORKING | {"desk"},
    "POST /v1/statements/batch": WORKING | {"desk"},
    "POST /v1/registrations": WORKING,
    "POST /v1/look-ups/wishes": WORKING | {"desk", "auditor", "supervisor"},
    "POST /v1/look-ups/consents": WORKING | {"desk", "auditor", "supervisor"},
    "GET /v1/organisations/{id}": EVERY,
    "GET /v1/codes/{code}": EVERY,
    "GET /v1/signatures": EVERY,
    "POST /v1/subscriber/codes": "everybody",
    "POST /v1/subscriber/sessions": "everybody",
    "DELETE /v1/subscriber/sessions": PROVED,
    "GET /v1/subscriber/wishes": PROVED,
    "PUT /v1/subscriber/wishes": PROVED,
    "GET /v1/subscriber/consents": PROVED,
    "POST /v1/subscriber/refusals": PROVED,
    "GET /v1/subscriber/export": PROVED,
    "GET /v1/confirmations/{token}": "everybody",
    "POST /v1/confirmations/{token}": "everybody",
    "POST /v1/desk/look-up": WORKING | {"desk"},
    "PUT /v1/desk/wishes": WORKING | {"desk"},
    "POST /v1/subscriber/forgetting": PROVED,
    "POST /v1/desk/forgetting": WORKING | {"desk"},
    "POST /v1/local/forgetting": frozenset(),
    "GET /v1/erasures/due": frozenset({"registrar"}),
    "POST /v1/erasures": frozenset({"registrar"}),
    "POST /v1/legal-holds": frozenset({"supervisor", "registrar"}),
    "GET /v1/legal-holds": frozenset({"supervisor", "registrar"}),
    "POST /v1/consents": WORKING | {"desk"},
    "POST /v1/evidence": WORKING | {"desk"},
    "GET /v1/evidence/{sha256}": frozenset({"desk", "auditor", "admin", "supervisor", "registrar"}),
    "POST /v1/words": WORKING | {"desk"},
    "GET /v1/words/{sha256}": EVERY,
    "POST /v1/messages": MANAGING,
    "POST /v1/outbox/take": MANAGING,
    "POST /v1/outbox/{id}": MANAGING,
    "POST /v1/number-recycling/check": WORKING | {"desk", "auditor", "supervisor"},
    "POST /v1/number-recycling/report": WORKING | {"desk"},
    "POST /v1/imports": WORKING,
    "GET /v1/law": "everybody",
    "GET /v1/law/{name}": "everybody",
    "GET /v1/reasons": "everybody",
    "GET /v1/reasons/{obligation}": "everybody",
    "POST /v1/webhooks": WORKING,
    "GET /v1/webhooks": WORKING,
    "DELETE /v1/webhooks/{id}": WORKING,
    "POST /v1/webhooks/{id}/ping": WORKING,
    "GET /v1/webhooks/{id}/deliveries": WORKING,
    "POST /v1/webhooks/{id}/deliveries/{delivery}/retry": WORKING,
    "GET /v1/due": EVERY,
    "GET /v1/shadow/report": EVERY,
    "POST /v1/tenants": frozenset({"registrar"}),
    "GET /v1/tenants": EVERY,
    "GET /v1/tenant": EVERY,
    "DELETE /v1/tenants/{id}": frozenset({"registrar"}),
    "GET /v1/acts": MANAGING | {"auditor", "supervisor"},
    "POST /v1/people": MANAGING,
    "GET /v1/people": MANAGING,
    "PUT /v1/people/{id}/roles": MANAGING,
    "POST /v1/people/{id}/invitation": MANAGING,
    "DELETE /v1/people/{id}": MANAGING,
    "POST /v1/invitations": "everybody",
    "PUT /v1/me/password": EVERY,
    "POST /v1/me/second-factor": EVERY,
    "PUT /v1/me/second-factor": EVERY,
    "POST /v1/me/second-factor/removal": EVERY,
    "GET /v1/me/passkeys": EVERY,
    "POST /v1/me/passkeys/asked": EVERY,
    "POST /v1/me/passkeys": EVERY,
    "DELETE /v1/me/passkeys/{id}": EVERY,
    "DELETE /v1/me/outside": EVERY,
    "POST /v1/session/passkey/asked": "everybody",
    "POST /v1/session/passkey": "everybody",
    "GET /v1/session/oidc": "everybody",
    "GET /v1/session/oidc/return": "everybody",
    "POST /v1/keys": MANAGING,
    "GET /v1/keys": MANAGING,
    "DELETE /v1/keys/{id}": MANAGING,
    "POST /v1/local/imports": frozenset(),
    "DELETE /v1/local/people/{id}": frozenset(),
    "DELETE /v1/local/keys/{id}": frozenset(),
}

OWN_ACCOUNT = {f"{route.method} {route.path}" for route in ROUTES if route.action is Action.OWN_ACCOUNT}
NAMES = [f"{route.method} {route.path}" for route in ROUTES]


def test_every_route_is_in_the_table_and_nothing_else() -> None:
    assert sorted(NAMES) == sorted(MEANT)
    assert len(set(NAMES)) == len(NAMES)


class Doors:
    """People in every role, at home in the tenant or in another, and what they are let in to."""

    def __init__(self, server: Server) -> None:
        self.server = server
        for id, organisation in (("own", "bank"), ("other", "shop")):
            server.house.accounts.make_tenant(id, id, "sender", [organisation], actor="test")
        self.clients: dict[tuple[str, str], httpx2.Client] = {}

    def client(self, role: str, home: str) -> httpx2.Client:
        """Somebody in that role; what reaches everywhere is held in the root tenant."""
        found = self.clients.get((role, home))
        if found is None:
            everywhere = role in ROLES and ROLES[role].everywhere
            tenant = ROOT if everywhere else home
            name = f"{role}.{home}"
            self.server.person(name, role, tenant=tenant)
            found = self.clients[role, home] = self.server.client()
            answer = found.post("/v1/session", json={"name": name, "password": "correct horse battery"})
            found.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return found

    def lets_in(self, client: httpx2.Client, route: Route) -> bool:
        """Whether the door opens: whatever comes of the request then."""
        path = re.sub(r"\{\w+\}", "nothing", route.path)
        body = b"{}" if route.takes is not None or route.hot else b""
        answer = client.request(
            route.method, path, content=body, headers={"Anning-Tenant": "own"}, follow_redirects=False
        )
        assert answer.status_code != 500, answer.text
        refused = answer.status_code in (401, 403)
        return not (
            refused
            and answer.json()["rule"] in ("sign-in", "role", "scope", "tenant", "second-factor", "one-time-code")
        )


@pytest.fixture(scope="module")
def doors(server: Server) -> Iterator[Doors]:
    doors = Doors(server)
    yield doors
    for client in doors.clients.values():
        client.close()


@pytest.mark.parametrize("role", sorted(EVERY))
@pytest.mark.parametrize("home", ["own", "other"])
def test_a_role_opens_what_is_meant(doors: Doors, role: str, home: str) -> None:
    client = doors.client(role, home)
    wrong = []
    for route in ROUTES:
        name = f"{route.method} {route.path}"
        if name in ("DELETE /v1/session", "DELETE /v1/me/outside", "POST /v1/session/second-factor"):
            continue
        meant = MEANT[name]
        there = home == "own" or ROLES[role].everywhere or name in OWN_ACCOUNT
        expected = meant == "everybody" or (meant != PROVED and there and role in meant)
        if doors.lets_in(client, route) is not expected:
            wrong.append((name, expected))
    assert not wrong


def test_nobody_opens_only_what_is_everybodys(doors: Doors) -> None:
    with doors.server.client() as client:
        opened = {f"{route.method} {route.path}" for route in ROUTES if doors.lets_in(client, route)}
    assert opened == {name for name, meant in MEANT.items() if meant == "everybody"} - {"GET /v1/session"}


@pytest.mark.parametrize("scope", sorted(KEY_SCOPES))
def test_a_key_opens_its_scope_in_its_own_tenant(doors: Doors, scope: Action) -> None:
    meant = {f"{route.method} {route.path}" for route in ROUTES if route.action is scope}
    meant |= {name for name, who in MEANT.items() if who == "everybody"}
    with doors.server.client(doors.server.key(scope, tenant="own")) as client:
        opened = {f"{route.method} {route.path}" for route in ROUTES if doors.lets_in(client, route)}
    assert opened == meant
    with doors.server.client(doors.server.key(scope, tenant="other")) as client:
        opened = {f"{route.method} {route.path}" for route in ROUTES if doors.lets_in(client, route)}
    assert opened == {name for name, who in MEANT.items() if who == "everybody"}


def test_the_table_of_roles_is_the_one_that_is_asked() -> None:
    """The decision itself, for every action, role and tenant, without a server."""
    for action in Action:
        for role, what in ROLES.items():
            home = ROOT if what.everywhere else "own"
            who = Principal(kind="person", id="x", tenant=home, roles=((home, role),))
            allowed = action in what.actions or action is Action.READ_LAW
            assert isinstance(may(who, action, "own"), Granted) is allowed, (role, action)
            elsewhere = (allowed and what.everywhere) or action in (Action.OWN_ACCOUNT, Action.READ_LAW)
            assert isinstance(may(who, action, "other"), Granted) is elsewhere, (role, action)
        assert isinstance(may(NOBODY, action, ROOT), Denied) is (action is not Action.READ_LAW)
        assert isinstance(may(LOCAL, action, "own"), Granted)


def test_a_role_that_reaches_everywhere_counts_only_from_the_installation() -> None:
    who = Principal(kind="person", id="x", tenant="own", roles=(("own", "registrar"),))
    assert isinstance(may(who, Action.KEYS, "own"), Denied)
    assert isinstance(may(who, Action.KEYS, "other"), Denied)


def test_half_a_sign_in_opens_nothing(doors: Doors) -> None:
    half = Principal(kind="person", id="x", tenant="own", roles=(("own", "admin"),), half=True)
    for action in Action:
        if action is not Action.READ_LAW:
            assert isinstance(may(half, action, "own"), Denied)


def test_every_route_names_what_it_asks_for() -> None:
    for route in ROUTES:
        assert route.action in (PUBLIC, HALF, SUBSCRIBER) or isinstance(route.action, Action), route.path


def test_nobody_gives_a_role_beyond_their_own(doors: Doors) -> None:
    admin = doors.client("admin", "own")
    asked = {"id": "new.person", "name": "新人", "roles": ["registrar"]}
    refused = admin.post("/v1/people", json=asked, headers={"Anning-Tenant": "own"})
    assert (refused.status_code, refused.json()["rule"]) == (403, "no-more-than-own")


def test_a_closed_tenant_is_served_no_more(server: Server) -> None:
    accounts = server.house.accounts
    accounts.make_tenant("brief", "短", "sender", ["bank"], actor="test")
    key = server.key("decide", "read-law", tenant="brief")
    server.person("brief.admin", "admin", tenant="brief")
    with server.client(key) as client, server.signed_in("brief.admin") as person:
        assert client.get("/v1/holds").status_code == 200
        accounts.close_tenant("brief", actor="test")
        assert client.get("/v1/holds").status_code == 401
        assert person.get("/v1/keys").status_code == 401


def test_the_command_is_what_the_journal_remembers() -> None:
    assert TenantMade(id="a", name="b", tenant_kind="sender").organisations == ()
