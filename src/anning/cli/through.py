"""The command line beside a running server (经由服务): the server has the journal's writer, so it is asked to write."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from anning.errors import Unavailable
from anning.journal import Ack
from anning.registers.commands import ReplyReceived, Said
from anning.registers.events import Payload, kind_of
from anning.registers.imports import BadRow, ImportReport, Progress, RowKind
from anning.settings import Settings

if TYPE_CHECKING:
    from anning.client.core import Core

SERVING: Final = "serving.json"
"""See `anning.api.house`."""

_PERSONAL: Final = frozenset(
    {
        "wish-stated",
        "wish-withdrawn",
        "consent-given",
        "consent-withdrawn",
        "reply-received",
        "reply-read",
        "number-recycled",
        "number-ported",
        "charge-notice-given",
    }
)


_PATHS: Final = {"legal-hold-set": "/v1/legal-holds"}


def server_here(settings: Settings) -> Core | None:
    """The server that runs on this data directory, as its own terminal; None when there is none."""
    path = settings.data_dir / SERVING
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        url, token = str(said["url"]), str(said["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    from anning.client.core import Core

    server = Core(url, key=token, tries=1, timeout=600)
    with suppress(Unavailable):
        server.call("GET", "/healthz", dict[str, Any])
        return server
    # Left behind by a server that was killed: whoever wants to write takes the writer.
    server.close()
    return None


class RegistersOfServer:
    """What the register commands need of `Registers`, asked of a server. Use as a context manager."""

    def __init__(self, server: Core) -> None:
        self._server = server

    def write(self, said: Said, *, actor: str, key: str = "", at: datetime | None = None) -> Ack:  # noqa: ARG002 - the server knows who its terminal is
        """See `Registers.write`."""
        kind = kind_of(said) if isinstance(said, Payload) else "reply-received"
        path = _PATHS.get(kind, "/v1/statements" if kind in _PERSONAL else "/v1/registrations")
        recorded = self._server.call(
            "POST",
            path,
            dict[str, Any],
            body={"said": _plain(said, kind), "at": at},
            idempotency_key=key or f"once-{secrets.token_hex(12)}",
        )
        return _ack(recorded["ids"], duplicate=recorded["duplicate"])

    def take(
        self,
        path: Path,
        row_kind: RowKind,
        *,
        actor: str,  # noqa: ARG002 - the server knows who its terminal is
        defaults: Mapping[str, str] | None = None,
        good_rows: bool = False,
        bad_file: Path | None = None,
        progress: Progress | None = None,  # noqa: ARG002 - the server is silent until it is done
    ) -> ImportReport:
        """See `Registers.take`; the server reads the list from this machine's disk."""
        asked = {
            "path": str(path.absolute()),
            "row_kind": row_kind,
            "defaults": dict(defaults or {}),
            "good_rows": good_rows,
            "bad_file": None if bad_file is None else str(bad_file.absolute()),
        }
        told = self._server.call("POST", "/v1/local/imports", dict[str, Any], body=asked)
        return ImportReport(
            id=told["id"],
            row_kind=told["row_kind"],
            rows=told["rows"],
            bad=msgspec.convert(told["bad"], tuple[BadRow, ...]),
            duplicate=told["duplicate"],
            bad_file=Path(told["bad_file"]) if told["bad_file"] else None,
        )

    def close(self) -> None:
        """Close the connection."""
        self._server.close()

    def __enter__(self) -> RegistersOfServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AccountsOfServer:
    """What the account commands need of `Accounts`, asked of a server."""

    def __init__(self, server: Core) -> None:
        self._server = server

    def make_tenant(self, id: str, name: str, kind: str, organisations: Sequence[str], *, actor: str) -> None:  # noqa: ARG002
        """See `Accounts.make_tenant`."""
        self._post(
            "/v1/tenants", {"id": id, "name": name, "tenant_kind": kind, "organisations": list(organisations)}, ""
        )

    def add_person(self, id: str, name: str, home: str, roles: Sequence[str], *, actor: str) -> str:  # noqa: ARG002
        """See `Accounts.add_person`."""
        return str(self._post("/v1/people", {"id": id, "name": name, "roles": list(roles)}, home)["invitation"])

    def accept_invitation(self, token: str, password: str) -> str:
        """See `Accounts.accept_invitation`."""
        return str(self._post("/v1/invitations", {"invitation": token, "password": password}, "")["id"])

    def disable_person(self, id: str, *, actor: str) -> None:  # noqa: ARG002
        """See `Accounts.disable_person`."""
        self._server.call("DELETE", f"/v1/local/people/{id}")

    def make_key(
        self,
        tenant: str,
        name: str,
        scopes: Sequence[str],
        *,
        actor: str,  # noqa: ARG002
        rate: float = 0,
        burst: int = 0,
        expires: datetime | None = None,
    ) -> Any:
        """See `Accounts.make_key`."""
        from anning.accounts.open import MadeKey

        asked = {
            "name": name,
            "scopes": list(scopes),
            "rate": rate or None,
            "burst": burst or None,
            "expires": expires,
        }
        made = self._post("/v1/keys", asked, tenant)
        return MadeKey(made["id"], made["key"])

    def revoke_key(self, id: str, *, actor: str) -> None:  # noqa: ARG002
        """See `Accounts.revoke_key`."""
        self._server.call("DELETE", f"/v1/local/keys/{id}")

    def _post(self, path: str, body: dict[str, Any], tenant: str) -> dict[str, Any]:
        headers = {"Anning-Tenant": tenant} if tenant else {}
        answer: dict[str, Any] = self._server.call("POST", path, dict[str, Any], body=body, headers=headers)
        return answer


def _plain(said: Said, kind: str) -> dict[str, Any]:
    if isinstance(said, ReplyReceived):
        return {"kind": kind, "number": said.number, "code": said.code, "text": said.text}
    plain: dict[str, Any] = msgspec.to_builtins(said)
    return plain


def _ack(ids: Sequence[str], *, duplicate: bool) -> Ack:
    if not ids:
        return Ack("", 0, 0, duplicate)
    log_id, _, first = ids[0].rpartition(":")
    return Ack(log_id, int(first), int(ids[-1].rpartition(":")[2]), duplicate)
