"""`anning account`: tenants, people and keys at the terminal of this machine (帐户)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from anning.accounts import events as acts
from anning.accounts.roles import KEY_SCOPES, ROLES, ROOT
from anning.cli import lazily, show
from anning.cli.accounts_here import accounts_here
from anning.cli.registers.common import OPERATOR, Json, checked
from anning.cli.registers.common import moment as read_moment

app = lazily.application("帐户：租户、人员、密钥 | Accounts: tenants, people, keys")

Tenant = Annotated[str, typer.Option("--tenant", metavar="TENANT", help="哪个租户 | which tenant")]
Person = Annotated[str, typer.Argument(metavar="NAME", help="登录名 | the name to sign in with")]


@app.command("tenant")
def tenant(
    id: Annotated[str, typer.Argument(metavar="TENANT", help="租户标识 | the id of the tenant")],
    name: Annotated[str, typer.Option("--name", help="名称 | name")],
    kind: Annotated[str, typer.Option("--kind", help="carrier, provider, sender, authority, registry")] = "sender",
    organisation: Annotated[
        list[str] | None,
        typer.Option("--organisation", metavar="ORG", help="可代表的机构，可重复 | for whom it may speak, repeatable"),
    ] = None,
    as_json: Json = False,
) -> None:
    """设立租户，或更新其名称与机构 | Make a tenant, or change its name and organisations."""
    with accounts_here() as accounts:
        accounts.make_tenant(id, name, checked("kind", kind, acts.TenantKind), organisation or (), actor=OPERATOR)
    _tell({"id": id}, f"租户 {id} 已登记", f"the tenant {id} is recorded", as_json=as_json)


@app.command("person")
def person(
    id: Person,
    name: Annotated[str, typer.Option("--name", help="姓名 | the person's name")],
    tenant: Tenant = ROOT,
    role: Annotated[
        list[str] | None, typer.Option("--role", help=f"角色，可重复 | roles, repeatable: {', '.join(ROLES)}")
    ] = None,
    as_json: Json = False,
) -> None:
    """添加人员并授予角色；打印一次性链接，本人据以设定口令 | Add a person with roles; prints a one-time invitation."""
    with accounts_here() as accounts:
        token = accounts.add_person(id, name, tenant, tuple(role or ()), actor=OPERATOR)
    _tell(
        {"id": id, "invitation": token},
        f"{id} 已添加；三日内凭邀请码设定口令：anning account password {id} --invitation {token}",
        f"{id} is added; within three days: anning account password {id} --invitation {token}",
        as_json=as_json,
    )


@app.command("password")
def password(
    id: Person,
    invitation: Annotated[str, typer.Option("--invitation", help="邀请码 | the invitation")],
    new: Annotated[
        str,
        typer.Option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="口令 | the password"),
    ],
) -> None:
    """凭邀请码设定口令 | Set a password with an invitation."""
    with accounts_here() as accounts:
        accounts.accept_invitation(invitation, new)
    show.say(f"{id} 的口令已设定", f"the password of {id} is set")


@app.command("disable")
def disable(id: Person, as_json: Json = False) -> None:
    """停用人员，其会话随即结束 | A person comes in no more; their sessions end."""
    with accounts_here() as accounts:
        accounts.disable_person(id, actor=OPERATOR)
    _tell({"id": id}, f"{id} 已停用", f"{id} is disabled", as_json=as_json)


@app.command("key")
def key(
    name: Annotated[str, typer.Option("--name", help="用途名称 | what it is for")],
    scope: Annotated[
        list[str], typer.Option("--scope", help=f"权限，可重复 | scopes, repeatable: {', '.join(sorted(KEY_SCOPES))}")
    ],
    tenant: Tenant = ROOT,
    rate: Annotated[float, typer.Option("--rate", help="每秒请求数 | requests a second")] = 0,
    burst: Annotated[int, typer.Option("--burst", help="突发请求数 | requests at once")] = 0,
    expires: Annotated[str, typer.Option("--expires", metavar="TIME", help="到期时间 | when it runs out")] = "",
    as_json: Json = False,
) -> None:
    """新建接口密钥，只显示这一次 | Make an API key; it is shown this once."""
    with accounts_here() as accounts:
        made = accounts.make_key(
            tenant,
            name,
            scope,
            actor=OPERATOR,
            rate=rate,
            burst=burst,
            expires=read_moment("expires", expires),
        )
    told = {"id": made.id, "key": made.secret}
    _tell(told, f"密钥（只显示这一次）：{made.secret}", f"the key, shown this once: {made.secret}", as_json=as_json)


@app.command("revoke")
def revoke(
    id: Annotated[str, typer.Argument(metavar="KEY", help="密钥标识 | the id of the key")], as_json: Json = False
) -> None:
    """吊销接口密钥 | Revoke an API key."""
    with accounts_here() as accounts:
        accounts.revoke_key(id, actor=OPERATOR)
    _tell({"id": id}, f"密钥 {id} 已吊销", f"the key {id} is revoked", as_json=as_json)


def _tell(value: dict[str, Any], zh: str, en: str, *, as_json: bool) -> None:
    if as_json:
        show.as_json(value)
    else:
        show.say(zh, en)
