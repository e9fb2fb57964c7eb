"""The accounts of an installation (帐户), opened beside its registers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from anning.accounts import events as acts
from anning.accounts import model, passwords
from anning.accounts.commands import AccountCommand
from anning.accounts.may import Principal
from anning.accounts.roles import ROOT
from anning.accounts.sessions import Sessions
from anning.accounts.signing_in import SigningIn
from anning.accounts.tokens import hashed, new_key, new_token, read_key
from anning.accounts.totp import Totp
from anning.accounts.view import MIGRATIONS, QUERIES, STATE_MIGRATIONS, AccountView
from anning.errors import Conflict, NotFound, SchemaMismatch
from anning.journal import Ack, Clock, Store, View
from anning.journal.envelope import now as present
from anning.journal.envelope import to_microseconds
from anning.registers.events import Payload
from anning.registers.open import Registers
from anning.registers.suppression import Marks
from anning.registers.views import MIGRATIONS as REGISTER_MIGRATIONS
from anning.registers.views import RegisterView
from anning.settings import Settings
from anning.state import Seal, State, state_url

if TYPE_CHECKING:
    from anning.accounts.oidc import OutsideIdentities
    from anning.accounts.passkeys import Passkeys

ALL_MIGRATIONS: Final = (*REGISTER_MIGRATIONS, MIGRATIONS)
INVITATION: Final = timedelta(days=3)


class MadeKey(msgspec.Struct, frozen=True):
    """A key just made; `secret` is what is shown once."""

    id: str
    secret: str


class Accounts:
    """Tenants, people, roles, keys and how they come in.

    Attributes:
        sessions, signing_in, totp, passkeys, outside: the doors for people.
    """

    def __init__(
        self, registers: Registers, state: State, seal: Seal, *, settings: Settings, clock: Clock = present
    ) -> None:
        self._registers = registers
        self._store = registers.store
        self.state = state
        self.seal = seal
        self._clock = clock
        self._settings = settings
        self.sessions = Sessions(
            state,
            clock,
            lasting=timedelta(hours=settings.session_hours),
            idle=timedelta(minutes=settings.session_idle_minutes),
        )
        self.totp = Totp(state, seal, clock)
        self.signing_in = SigningIn(self._store, state, self.sessions, self.totp, clock)

    @cached_property
    def passkeys(self) -> Passkeys:
        """Loaded when somebody uses one: a terminal command does not wait for the library."""
        from anning.accounts.passkeys import Passkeys

        return Passkeys(self.state, self._clock)

    @cached_property
    def outside(self) -> OutsideIdentities:
        """Loaded when somebody comes from outside."""
        from anning.accounts.oidc import OutsideIdentities

        settings = self._settings
        return OutsideIdentities(
            self.state,
            self._clock,
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
        )

    def act(self, said: Payload, *, actor: str, tenant: str, key: str = "") -> Ack:
        """Do something on accounts; the answer comes when it is in the journal.

        Raises:
            InvalidCommand: it is not in order.
            Conflict: the key was used for something else.
        """
        now = self._clock()
        key = key or f"once-{secrets.token_hex(12)}"
        command = AccountCommand(said, tenant=tenant, actor=actor, at=now, key=key)
        return self._registers.writer.write(command, key=key, tenant=tenant, actor=actor, at=now)

    def tenant(self, id: str) -> model.Tenant | None:
        """One tenant; None when there is none, or it is closed."""
        with self._store.read() as connection:
            found = model.tenant(connection, id)
        return None if found is None or found.closed else found

    # --- keys -------------------------------------------------------------------------------------------------------

    def make_key(
        self,
        tenant: str,
        name: str,
        scopes: Sequence[str],
        *,
        actor: str,
        rate: float = 0,
        burst: int = 0,
        expires: datetime | None = None,
    ) -> MadeKey:
        """A key for a tenant. Its hash is kept first: what the journal says is there can always be shown.

        Raises:
            InvalidCommand: a scope or rate is not allowed.
        """
        new = new_key()
        made = acts.KeyMade(
            id=new.id,
            tenant=tenant,
            name=name,
            scopes=tuple(sorted(set(scopes))),
            rate=rate or self._settings.rate,
            burst=burst or self._settings.burst,
            expires=expires,
        )
        with self.state.write() as connection:
            QUERIES.change(connection, "keep_key_hash", id=new.id, hash=new.hash)
        self.act(made, actor=actor, tenant=tenant)
        return MadeKey(new.id, new.text)

    def revoke_key(self, id: str, *, actor: str, within: str = "") -> None:
        """It opens nothing any more.

        Args:
            within: the tenant whose key it must be; any when empty.

        Raises:
            NotFound: there is no such key there.
        """
        with self._store.read() as connection:
            key = model.key(connection, id)
        if key is None or within not in ("", key.tenant):
            raise NotFound("没有这个密钥", "there is no such key", thing=id, field="id", rule="known-key")
        self.act(acts.KeyRevoked(id=key.id), actor=actor, tenant=key.tenant)
        with self.state.write() as connection:
            QUERIES.change(connection, "forget_key_hash", id=key.id)

    def key_shown(self, text: str) -> model.Key | None:
        """The key that somebody shows; None when it opens nothing."""
        read = read_key(text)
        if read is None:
            return None
        id, hash_shown = read
        with self.state.read() as connection:
            kept = QUERIES.value(connection, "key_hash", id=id)
        if kept is None or not secrets.compare_digest(bytes(kept), hash_shown):
            return None
        with self._store.read() as connection:
            key = model.key(connection, id)
        if key is None or key.revoked or (key.expires is not None and key.expires <= self._clock()):
            return None
        return key

    # --- tenants and people -----------------------------------------------------------------------------------------

    def make_tenant(
        self, id: str, name: str, kind: acts.TenantKind, organisations: Sequence[str], *, actor: str, key: str = ""
    ) -> None:
        """Make a tenant, or change what is known of it.

        Raises:
            InvalidCommand: it is not in order.
        """
        made = acts.TenantMade(id=id, name=name, tenant_kind=kind, organisations=tuple(organisations))
        self.act(made, actor=actor, tenant=ROOT, key=key)

    def close_tenant(self, id: str, *, actor: str) -> None:
        """It is served no longer.

        Raises:
            InvalidCommand: there is none, or it is the installation itself.
        """
        self.act(acts.TenantClosed(id=id), actor=actor, tenant=ROOT)

    def add_person(self, id: str, name: str, home: str, roles: Sequence[str], *, actor: str) -> str:
        """A person with roles at home; the one-time invitation with which they set a password.

        Raises:
            InvalidCommand: it is not in order.
        """
        self.act(acts.PersonAdded(id=id, name=name, home=home), actor=actor, tenant=home)
        for role in roles:
            self.act(acts.RoleGiven(person=id, tenant=home, role=role), actor=actor, tenant=home)
        return self.invite(id)

    def person(self, id: str, within: str = "") -> model.Person:
        """One person.

        Raises:
            NotFound: nobody of that name is at home there.
        """
        with self._store.read() as connection:
            found = model.person(connection, id)
        if found is None or within not in ("", found.home):
            raise NotFound("没有这个人", "there is nobody of that name", thing=id, field="id", rule="known-person")
        return found

    def set_roles(self, person: str, tenant: str, roles: Sequence[str], *, actor: str) -> None:
        """Give and take until these are the roles in that tenant.

        Raises:
            InvalidCommand: a role is none, or is the last registrar's.
        """
        with self._store.read() as connection:
            held = {role for where, role in model.roles(connection, person) if where == tenant}
        for role in sorted(set(roles) - held):
            self.act(acts.RoleGiven(person=person, tenant=tenant, role=role), actor=actor, tenant=tenant)
        for role in sorted(held - set(roles)):
            self.act(acts.RoleTaken(person=person, tenant=tenant, role=role), actor=actor, tenant=tenant)

    def invite(self, person: str) -> str:
        """A one-time token with which a person sets a first or new password within three days."""
        token, now = new_token(), self._clock()
        with self.state.write() as connection:
            QUERIES.change(connection, "forget_invitations", person=person, now=to_microseconds(now))
            QUERIES.change(
                connection,
                "keep_invitation",
                hash=hashed(token),
                person=person,
                expires=to_microseconds(now + INVITATION),
            )
        return token

    def accept_invitation(self, token: str, password: str) -> str:
        """Set the password; whom it was for.

        Raises:
            NotFound: the token opens nothing, or was used.
            InvalidCommand: the password is weak.
        """
        now = to_microseconds(self._clock())
        with self.state.read() as connection:
            person = QUERIES.value(connection, "invitation", hash=hashed(token), now=now)
        if person is None:
            raise NotFound(
                "邀请链接无效，或已用过、已过期",
                "this invitation opens nothing: it was used, or has run out",
                thing="invitation",
            )
        self.set_password(person, password, actor=f"person:{person}")
        return str(person)

    def set_password(self, person: str, password: str, *, actor: str, but_session: str = "") -> None:
        """A first or new password; all other sessions end.

        Raises:
            InvalidCommand: it is weak, or nobody has that name.
        """
        passwords.must_be_strong(password, person)
        self._credential(acts.CredentialSet(person=person, credential="password"), actor)
        self.signing_in.keep_password(person, password)
        self.sessions.end_all(person, but_session)

    def confirm_totp(self, person: str, code: str, *, actor: str) -> bool:
        """The first right code makes the second factor count."""
        if not self.totp.accepts(person, code):
            return False
        self._credential(acts.CredentialSet(person=person, credential="totp"), actor)
        return True

    def remove_totp(self, person: str, *, actor: str) -> None:
        """No second factor any more."""
        self._credential(acts.CredentialRemoved(person=person, credential="totp"), actor)
        self.totp.forget(person)

    def add_passkey(
        self, person: str, asked: str, answer: dict[str, Any], label: str, origin: str, *, actor: str
    ) -> None:
        """Keep a passkey that the person's browser made.

        Raises:
            InvalidInput: it is no answer to what was asked.
        """
        self.passkeys.register(person, asked, answer, label, origin)
        self._credential(acts.CredentialSet(person=person, credential="passkey", label=label), actor)

    def remove_passkey(self, person: str, id: str, *, actor: str) -> bool:
        """It opens nothing any more; False when it is none of the person's."""
        label = next((each.label for each in self.passkeys.of(person) if each.id == id), None)
        if label is None or not self.passkeys.forget(person, id):
            return False
        self._credential(acts.CredentialRemoved(person=person, credential="passkey", label=label), actor)
        return True

    def tie_outside(self, person: str, subject: str, *, actor: str) -> None:
        """An identity at the outside provider is this person's.

        Raises:
            Conflict: it is somebody else's.
        """
        if not self.outside.tie(person, subject):
            raise Conflict(
                "这个外部身份已与他人绑定", "this outside identity is somebody else's", thing="oidc", rule="taken"
            )
        self._credential(acts.CredentialSet(person=person, credential="oidc"), actor)

    def untie_outside(self, person: str, *, actor: str) -> None:
        """None of the person's outside identities opens anything any more."""
        self.outside.untie(person)
        self._credential(acts.CredentialRemoved(person=person, credential="oidc"), actor)

    def disable_person(self, id: str, *, actor: str, within: str = "") -> None:
        """A person who comes in no more; what they did stays.

        Raises:
            NotFound: nobody of that name is at home there.
        """
        person = self.person(id, within)
        off = acts.PersonAdded(id=person.id, name=person.name, home=person.home, enabled=False)
        self.act(off, actor=actor, tenant=person.home)
        self.sessions.end_all(person.id)

    def _credential(self, said: Payload, actor: str) -> None:
        with self._store.read() as connection:
            person = model.person(connection, said.person)  # type: ignore[attr-defined]  # both kinds have it
        self.act(said, actor=actor, tenant=ROOT if person is None else person.home)

    def reveal(self, number: str, purpose: str, source: str, *, who: Principal, tenant: str) -> Ack:
        """Note that somebody is about to be shown a whole number; show it only after this (R13).

        Raises:
            InvalidCommand: no purpose is given.
        """
        said = acts.NumberRevealed(number=number, purpose=purpose, source=source)
        return self.act(said, actor=who.actor, tenant=tenant)


def open_store(settings: Settings) -> Store:
    """The system of record with registers and accounts in it, made first when they are not there."""
    views: list[View] = [RegisterView(), AccountView()]
    try:
        return Store.open(settings.database, views, migrations=ALL_MIGRATIONS, segments=settings.segments)
    except SchemaMismatch:
        return Store.create(settings.database, views, migrations=ALL_MIGRATIONS, segments=settings.segments)


@contextmanager
def open_accounts(settings: Settings) -> Iterator[Accounts]:
    """The accounts, for a command at the terminal while no server runs."""
    with (
        open_store(settings) as store,
        open_state(settings) as state,
        Registers(
            store,
            writer_wait=settings.writer_wait,
            group_commit_max=settings.group_commit_max,
            marks=Marks(settings.seal_key),
        ) as registers,
    ):
        yield Accounts(registers, state, Seal.of(settings.seal_key), settings=settings)


def open_state(settings: Settings, *more: Path) -> State:
    """The state, with the tables of accounts and of the floors above that are named."""
    return State.open(state_url(settings.database), (STATE_MIGRATIONS, *more))
