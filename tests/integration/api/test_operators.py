"""Operators see and change their own subscribers alone; whole lists come over HTTP (R23b, X01)."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from anning.registers.events import NumberRangeServed
from api_server import Server
from gate_world import LONG_AGO

OWN = "17101230001"
THEIRS = "17201230002"
NOBODYS = "17301230003"


@pytest.fixture(scope="module")
def mvno(server: Server) -> Iterator[httpx2.Client]:
    """A reseller with its own range beside a carrier's."""
    for id, kind, prefix in (("mvno", "reseller", "1710"), ("telco", "carrier", "172")):
        server.house.accounts.make_tenant(id, id, kind, [], actor="test")  # type: ignore[arg-type]
        server.house.registers.write(NumberRangeServed(prefix=prefix, operator=id), actor="test", at=LONG_AGO)
    with server.client(server.key("say", "look-up", "register", "carry", tenant="mvno")) as client:
        yield client


def says(client: httpx2.Client, number: str) -> httpx2.Response:
    said = {"kind": "wish-stated", "number": number, "says": "decline"}
    return client.post("/v1/statements", json={"said": said})


def test_each_speaks_for_its_own(server: Server, mvno: httpx2.Client) -> None:
    assert says(mvno, OWN).status_code == 201
    for number in (THEIRS, NOBODYS):
        refused = says(mvno, number)
        assert (refused.status_code, refused.json()["rule"], refused.json()["field"]) == (
            403,
            "own-subscribers",
            "number",
        )
    with server.client(server.key("say")) as registry:
        assert says(registry, NOBODYS).status_code == 201


def test_what_another_operator_s_number_wishes_changes_no_answer(server: Server, mvno: httpx2.Client) -> None:
    with server.client(server.key("say")) as registry:
        assert says(registry, THEIRS).status_code == 201
    known = mvno.post("/v1/look-ups/wishes", json={"number": THEIRS})
    unknown = mvno.post("/v1/look-ups/wishes", json={"number": "17201239999"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert known.status_code == 403
    assert mvno.post("/v1/look-ups/wishes", json={"number": OWN}).status_code == 200
    refused = mvno.post("/v1/messages", json={"number": THEIRS, "to": "10086", "text": "XJLD"})
    assert (refused.status_code, refused.json()["rule"]) == (403, "own-subscribers")


def test_who_gains_a_number_says_so_and_has_it_from_then_on(server: Server, mvno: httpx2.Client) -> None:
    number = "17201230077"
    taken = {"said": {"kind": "number-ported", "number": number, "to": "mvno"}}
    with server.client(server.key("say", tenant="telco")) as telco:
        assert telco.post("/v1/statements", json=taken).json()["rule"] == "own-subscribers"
        assert says(telco, number).status_code == 201
        assert mvno.post("/v1/statements", json=taken).status_code == 201
        assert says(telco, number).status_code == 403
        assert mvno.post("/v1/look-ups/wishes", json={"number": number}).json()["statements"] != []
    lost = {"said": {"kind": "number-ported", "number": number, "to": "nobody-there"}}
    with server.client(server.key("say")) as registry:
        refused = registry.post("/v1/statements", json=lost)
        assert (refused.status_code, refused.json()["rule"]) == (404, "known-tenant")


def test_a_new_holder_told_and_asked_as_camara_does(server: Server, mvno: httpx2.Client) -> None:
    asked = {"phoneNumber": f"+86{OWN}", "specifiedDate": "2026-01-01"}
    assert mvno.post("/v1/number-recycling/check", json=asked).json() == {"phoneNumberRecycled": False}
    told = mvno.post("/v1/number-recycling/report", json={"phoneNumber": f"+86{OWN}"})
    assert told.status_code == 201, told.text
    assert mvno.post("/v1/number-recycling/check", json=asked).json() == {"phoneNumberRecycled": True}
    later = asked | {"specifiedDate": "2036-01-01"}
    assert mvno.post("/v1/number-recycling/check", json=later).json() == {"phoneNumberRecycled": False}
    standing = mvno.post("/v1/look-ups/wishes", json={"number": OWN}).json()["standing"]
    assert {one["state"] for one in standing} == {"none"}
    code = mvno.post("/v1/number-recycling/report", json={"phoneNumber": "95588"})
    assert (code.status_code, code.json()["rule"]) == (422, "subscriber-number")
    theirs = mvno.post("/v1/number-recycling/report", json={"phoneNumber": THEIRS})
    assert (theirs.status_code, theirs.json()["rule"]) == (403, "own-subscribers")


def test_a_whole_list_over_http(server: Server, mvno: httpx2.Client) -> None:
    rows = f"phone,says\n17101239001,decline\n{THEIRS},decline\n12,decline\n".encode()
    query = {"kind": "wish", "filename": "wishes.csv"}
    whole = mvno.post("/v1/imports", params=query, content=rows)
    assert (whole.status_code, whole.json()["rule"]) == (422, "atomic-import")
    good = mvno.post("/v1/imports", params=query | {"good_rows": "true"}, content=rows)
    assert good.status_code == 201, good.text
    assert (good.json()["rows"], [bad["row"] for bad in good.json()["bad"]]) == (1, [3, 4])
    again = mvno.post("/v1/imports", params=query | {"good_rows": "true"}, content=rows)
    assert again.json()["duplicate"]
    assert mvno.post("/v1/look-ups/wishes", json={"number": "17101239001"}).json()["statements"] != []
    recycled = mvno.post(
        "/v1/imports", params={"kind": "recycling", "filename": "r.csv"}, content="号码\n17101239001\n"
    )
    assert recycled.json()["rows"] == 1
    standing = mvno.post("/v1/look-ups/wishes", json={"number": "17101239001"}).json()["standing"]
    assert {one["state"] for one in standing} == {"none"}
    assert list((server.house.settings.data_dir / "uploads").iterdir()) == []


def test_a_sender_imports_its_own_consents_and_no_wishes(server: Server) -> None:
    server.house.accounts.make_tenant("importing", "x", "sender", ["bank"], actor="test")
    with server.client(server.key("register", tenant="importing")) as sender:
        rows = b"phone\n13700137551\n"
        refused = sender.post("/v1/imports", params={"kind": "wish", "says": "accept"}, content=rows)
        assert (refused.status_code, refused.json()["rule"]) == (403, "tenant-kind")
        refused = sender.post("/v1/imports", params={"kind": "consent", "org": "shop"}, content=rows)
        assert (refused.status_code, refused.json()["rule"]) == (403, "own-organisation")
        named = sender.post("/v1/imports", params={"kind": "consent"}, content=b"phone,to\n13700137551,shop\n")
        assert (named.status_code, named.json()["rule"]) == (422, "atomic-import")
        assert sender.post("/v1/imports", params={"kind": "consent", "org": "bank"}, content=rows).status_code == 201
