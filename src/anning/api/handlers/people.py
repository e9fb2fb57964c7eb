"""People of a tenant and their roles (人员与角色)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from anning.accounts import model
from anning.accounts.roles import ROLES, ROOT, Action
from anning.api.handlers.sessions import Password
from anning.api.models import Name
from anning.api.routes import PUBLIC, Answer, Call, Route
from anning.errors import NotAllowed


class PersonRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Somebody new, with roles in the tenant."""

    id: Name
    name: Name
    roles: Annotated[list[Name], Meta(max_length=20)] = []


class PersonShown(msgspec.Struct, frozen=True, kw_only=True):
    """A person at home in the tenant, and their roles there."""

    id: str
    name: str
    home: str
    enabled: bool
    roles: tuple[str, ...]
    at: datetime


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time invitation; shown now and never again."""

    id: str
    invitation: str


class RolesRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The roles a person is to have in the tenant, and no others."""

    roles: Annotated[list[Name], Meta(max_length=20)]


class Acceptance(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An invitation, and the password to be set with it."""

    invitation: Annotated[str, Meta(max_length=100)]
    password: Password


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """Whose password was set."""

    id: str


def add_person(call: Call) -> Invited:
    """Somebody new; the invitation goes to them."""
    asked: PersonRequest = call.body
    _must_not_raise(call, asked.roles)
    accounts = call.house.accounts
    token = accounts.add_person(asked.id, asked.name, call.tenant.id, asked.roles, actor=call.who.actor)
    return Invited(id=asked.id, invitation=token)


def list_people(call: Call) -> list[PersonShown]:
    """Those at home in the tenant."""
    with call.house.registers.store.read() as connection:
        found = model.people(connection, call.tenant.id)
        roles = {each.id: model.roles(connection, each.id) for each in found}
    return [
        PersonShown(
            id=each.id,
            name=each.name,
            home=each.home,
            enabled=each.enabled,
            roles=tuple(role for tenant, role in roles[each.id] if tenant == call.tenant.id),
            at=each.at,
        )
        for each in found
    ]


def set_roles(call: Call) -> Answer:
    """The roles a person has in the tenant from now on."""
    asked: RolesRequest = call.body
    _must_not_raise(call, asked.roles)
    accounts = call.house.accounts
    person = accounts.person(call.params["id"], call.tenant.id)
    accounts.set_roles(person.id, call.tenant.id, asked.roles, actor=call.who.actor)
    return Answer(status=204)


def invite_again(call: Call) -> Invited:
    """A new invitation, with which a forgotten password is replaced; earlier ones open nothing."""
    accounts = call.house.accounts
    person = accounts.person(call.params["id"], call.tenant.id)
    return Invited(id=person.id, invitation=accounts.invite(person.id))


def disable_person(call: Call) -> Answer:
    """A person who comes in no more; their sessions end."""
    call.house.accounts.disable_person(call.params["id"], actor=call.who.actor, within=call.tenant.id)
    return Answer(status=204)


def accept_invitation(call: Call) -> Accepted:
    """Set a password with an invitation."""
    asked: Acceptance = call.body
    return Accepted(id=call.house.accounts.accept_invitation(asked.invitation, asked.password))


def _must_not_raise(call: Call, roles: list[str]) -> None:
    """Nobody gives a role that can do more than they can themselves.

    Raises:
        NotAllowed: somebody tries.
    """
    if call.who.kind == "local":
        return
    own: set[Action] = set()
    for tenant, name in call.who.roles:
        if name in ROLES and (tenant == call.tenant.id or (tenant == ROOT and ROLES[name].everywhere)):
            own |= ROLES[name].actions
    held = {name for tenant, name in call.who.roles if tenant == ROOT}
    for name in roles:
        role = ROLES.get(name)
        if role is not None and (not role.actions <= own or (role.everywhere and name not in held)):
            raise NotAllowed(
                f"不能授予高于自身权限的角色：{role.words.zh}",
                f"nobody gives a role that may do more than they may: {role.words.en}",
                thing=name,
                field="roles",
                rule="no-more-than-own",
            )


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/people",
        action=Action.PEOPLE,
        handler=add_person,
        zh="添加人员，返回一次性邀请码",
        en="Add a person; answers a one-time invitation",
        tag="people",
        takes=PersonRequest,
        answers=Invited,
        status=201,
        example={"id": "li.na", "name": "李娜", "roles": ["operator"]},
    ),
    Route(
        method="GET",
        path="/v1/people",
        action=Action.PEOPLE,
        handler=list_people,
        zh="本租户人员",
        en="The tenant's people",
        tag="people",
        answers=list[PersonShown],
    ),
    Route(
        method="PUT",
        path="/v1/people/{id}/roles",
        action=Action.PEOPLE,
        handler=set_roles,
        zh="设定人员在本租户的角色",
        en="Set the roles a person has in the tenant",
        tag="people",
        takes=RolesRequest,
        status=204,
        example={"roles": ["operator", "auditor"]},
    ),
    Route(
        method="POST",
        path="/v1/people/{id}/invitation",
        action=Action.PEOPLE,
        handler=invite_again,
        zh="重发邀请码，以重设口令",
        en="Invite again, to replace a password",
        tag="people",
        answers=Invited,
        status=201,
    ),
    Route(
        method="DELETE",
        path="/v1/people/{id}",
        action=Action.PEOPLE,
        handler=disable_person,
        zh="停用人员，其会话随即结束",
        en="Disable a person; their sessions end",
        tag="people",
        status=204,
    ),
    Route(
        method="POST",
        path="/v1/invitations",
        action=PUBLIC,
        handler=accept_invitation,
        zh="凭邀请码设定口令",
        en="Set a password with an invitation",
        tag="people",
        takes=Acceptance,
        answers=Accepted,
        example={"invitation": "V1StGXR8_Z5jdHi6B-myT", "password": "correct horse battery staple"},
    ),
)
