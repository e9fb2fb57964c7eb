"""What can be done, and which role may do it (权限与角色). A role is held in one tenant; two reach beyond theirs."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

ROOT: Final = "anning"
"""The tenant that is the installation itself; whoever runs the registry is at home here."""


class Action(StrEnum):
    """Everything a door may ask leave for; what is not here nobody may do."""

    DECIDE = "decide"
    SCRUB = "scrub"
    SAY = "say"
    DESK = "desk"
    CARRY = "carry"
    REGISTER = "register"
    LOOK_UP = "look-up"
    READ_REGISTERS = "read-registers"
    HOLD = "hold"
    ERASE = "erase"
    REVEAL = "reveal"
    READ_LAW = "read-law"
    WEBHOOKS = "webhooks"
    READ_SHADOW = "read-shadow"
    KEYS = "keys"
    PEOPLE = "people"
    READ_ACTS = "read-acts"
    TENANTS = "tenants"
    READ_TENANTS = "read-tenants"
    METRICS = "metrics"
    OWN_ACCOUNT = "own-account"
    ADMINISTER = "administer"


class Words(NamedTuple):
    """In both languages."""

    zh: str
    en: str


ACTION_WORDS: Final[dict[Action, Words]] = {
    Action.DECIDE: Words("判定通信、查询暂缓", "judge communications, ask after holds"),
    Action.SCRUB: Words("判定名单", "judge lists"),
    Action.SAY: Words("登记个人的意愿、同意与答复", "state wishes, consents and answers of persons"),
    Action.DESK: Words("在热线上代来电者办理意愿", "act for a caller on the hotline"),
    Action.CARRY: Words("转送用户来信、取走系统自发短信", "carry SMS from persons and what the system itself sends"),
    Action.REGISTER: Words(
        "登记主体、码号、签名、措施与批量名单", "register organisations, codes, signatures, measures"
    ),
    Action.LOOK_UP: Words("按号码查询", "look up one number"),
    Action.READ_REGISTERS: Words("查阅主体与码号", "read organisations and codes"),
    Action.HOLD: Words("设定与解除法定保全", "set and lift legal holds"),
    Action.ERASE: Words("查看到期内容并擦除", "see what is due and have it erased"),
    Action.REVEAL: Words("说明目的后查看完整号码", "see a whole number, with a purpose"),
    Action.READ_LAW: Words("查阅规定与理由", "read the law and its reasons"),
    Action.WEBHOOKS: Words("管理事件推送", "manage webhooks"),
    Action.READ_SHADOW: Words("查阅试运行报告", "read the shadow report"),
    Action.KEYS: Words("管理接口密钥", "manage API keys"),
    Action.PEOPLE: Words("管理人员与角色", "manage people and roles"),
    Action.READ_ACTS: Words("查阅帐户操作记录", "read what was done on accounts"),
    Action.TENANTS: Words("设立与停用租户", "make and close tenants"),
    Action.READ_TENANTS: Words("查阅租户", "read tenants"),
    Action.METRICS: Words("读取运行指标", "read metrics"),
    Action.OWN_ACCOUNT: Words("管理本人帐户", "manage one's own account"),
    Action.ADMINISTER: Words("本机管理", "administer this machine"),
}


class Role(NamedTuple):
    """A role: its words, what it may do, and whether it reaches from the root tenant into all others."""

    words: Words
    actions: frozenset[Action]
    everywhere: bool = False


_READING: Final = frozenset(
    {Action.READ_LAW, Action.READ_REGISTERS, Action.READ_SHADOW, Action.READ_TENANTS, Action.OWN_ACCOUNT}
)
_OPERATING: Final = _READING | {
    Action.DECIDE,
    Action.SCRUB,
    Action.SAY,
    Action.DESK,
    Action.REGISTER,
    Action.LOOK_UP,
    Action.WEBHOOKS,
}

_ADMINISTERING: Final = frozenset(
    {Action.CARRY, Action.KEYS, Action.PEOPLE, Action.READ_ACTS, Action.METRICS, Action.REVEAL}
)

ROLES: Final[dict[str, Role]] = {
    "viewer": Role(Words("查阅", "viewer"), _READING),
    "desk": Role(Words("坐席", "hotline desk"), _READING | {Action.SAY, Action.DESK, Action.LOOK_UP, Action.REVEAL}),
    "operator": Role(Words("运营", "operator"), _OPERATING),
    "auditor": Role(
        Words("审计", "auditor"), _READING | {Action.LOOK_UP, Action.REVEAL, Action.READ_ACTS, Action.METRICS}
    ),
    "admin": Role(
        Words("管理员", "administrator"),
        _OPERATING | _ADMINISTERING,
    ),
    "supervisor": Role(
        Words("监管", "supervisor"),
        _READING | {Action.LOOK_UP, Action.REVEAL, Action.READ_ACTS, Action.HOLD},
        everywhere=True,
    ),
    "registrar": Role(
        Words("登记机构管理员", "registrar"),
        _OPERATING | _ADMINISTERING | {Action.TENANTS, Action.HOLD, Action.ERASE},
        everywhere=True,
    ),
}

KEY_SCOPES: Final = frozenset(
    {
        Action.DECIDE,
        Action.SCRUB,
        Action.SAY,
        Action.CARRY,
        Action.REGISTER,
        Action.LOOK_UP,
        Action.READ_REGISTERS,
        Action.READ_LAW,
        Action.WEBHOOKS,
        Action.READ_SHADOW,
        Action.METRICS,
    }
)
"""What an API key may be made for: never accounts, never whole numbers."""

EVERYBODY: Final = frozenset({Action.READ_LAW})
"""What needs no account at all: the law is public."""
