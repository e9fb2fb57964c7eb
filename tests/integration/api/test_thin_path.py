"""One way through everything: a key decides, a person signs in, a list is judged, on either database."""

from __future__ import annotations

import time
from pathlib import Path

from api_server import Server, running
from gate_world import LI, MARKETING_PORT, OFFER, WANG

ASKED = {"sender": "bank", "provider": "cpaas", "code": MARKETING_PORT, "text": OFFER, "purpose": "commercial"}


def test_a_key_decides(server: Server) -> None:
    with server.client(server.key("decide")) as client:
        allowed = client.post("/v1/decide", json={**ASKED, "number": WANG})
        refused = client.post("/v1/decide", json={**ASKED, "number": LI})
    assert allowed.status_code == refused.status_code == 200
    assert allowed.json()["outcome"] == "allow"
    assert refused.json()["outcome"] == "refuse"
    assert refused.json()["reasons"][0]["citation"]["zh"]
    assert allowed.json()["id"] < refused.json()["id"]


def test_a_list_is_judged_as_a_job(server: Server) -> None:
    with server.client(server.key("scrub")) as client:
        asked = {name: value for name, value in ASKED.items() if name != "purpose"}
        job = client.post("/v1/scrubs", json={**asked, "filename": "members.csv"}).json()
        uploaded = client.put(
            f"/v1/scrubs/{job['id']}/list", content=f"手机号,姓名\n{WANG},王\n{LI},李\n没有,无\n".encode()
        )
        assert uploaded.status_code == 202
        done = finished(client, job["id"])
        assert done["state"] == "done", done
        assert (done["result"]["allow"], done["result"]["refuse"], done["result"]["bad"]) == (1, 1, 1)
        sent = client.get(f"/v1/scrubs/{job['id']}/files/send")
        assert "members.send.csv" in sent.headers["content-disposition"]
        assert sent.text.splitlines()[1].startswith(WANG)


def finished(client: object, id: str) -> dict[str, object]:
    """The job, once it is no longer under way."""
    for _ in range(600):
        job: dict[str, object] = client.get(f"/v1/scrubs/{id}").json()  # type: ignore[attr-defined]
        if job["state"] not in ("uploading", "waiting", "running"):
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def test_a_person_signs_in_and_out(server: Server) -> None:
    server.person("li.na", "viewer")
    with server.signed_in("li.na") as client:
        assert client.get("/v1/session").json()["roles"] == [{"tenant": "anning", "role": "viewer"}]
        assert client.delete("/v1/session").status_code == 204
        assert client.get("/v1/session").status_code == 401


def test_a_change_without_the_page_s_word_is_refused(server: Server) -> None:
    server.person("zhang.wei", "admin")
    with server.signed_in("zhang.wei") as client:
        del client.headers["X-CSRF-Token"]
        answer = client.post("/v1/keys", json={"name": "x", "scopes": ["decide"]})
        assert (answer.status_code, answer.json()["rule"]) == (403, "csrf")


def test_it_works_on_postgresql(tmp_path: Path, new_database: object) -> None:
    with running(tmp_path, new_database("postgresql")) as server:  # type: ignore[operator]
        test_a_key_decides(server)
        test_a_list_is_judged_as_a_job(server)
        test_a_person_signs_in_and_out(server)
