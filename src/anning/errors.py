"""The one error family. Problem details (RFC 9457) and exit codes are made of it only at the doors.

AnningError
├── InvalidInput        what was given cannot be meant: names the thing, the field, the rule
│   ├── InvalidNumber       not an E.164 number and not in the Chinese plan
│   ├── InvalidFile         a campaign, import or situation file that cannot be read as what it says it is
│   ├── InvalidSituation    a situation file with an unknown key, a missing key or a wrong value
│   └── InvalidCommand      a register command whose fields do not fit together
├── NotFound            nothing of that name here, or nothing the asker may know of
├── SignInNeeded        nobody is signed in, no key was shown, or what was shown opens nothing
├── NotAllowed          whoever asks may not do this
├── TooMany             more than a limit allows; it says when to come again
├── Unpublished         a date in a year whose calendar nobody has published
├── LawError            a rule, predicate, parameter or instrument that does not load
├── Conflict            the same idempotency key with another payload; a state that moved on
├── JournalError        the system of record refuses or cannot be read
│   ├── NotTheWriter        another process holds the writer's lock, or a newer epoch fenced this one off
│   ├── TornSegment         an import segment whose bytes do not match its root
│   └── SchemaMismatch      the database was written by another version of the tables
└── Unavailable         a part this command needs is away
"""

from __future__ import annotations


class AnningError(Exception):
    """Something Anning refuses to do, said in Chinese and in English.

    Attributes:
        thing: what it is about (a file, a command, a register row), as the user named it.
        field: which field of the thing, empty when it is the thing as a whole.
        rule: the rule it breaks, an obligation id or a short slug that the reference lists.
        zh, en: the two texts, each complete in itself.
    """

    exit_code = 1

    def __init__(self, zh: str, en: str, *, thing: str = "", field: str = "", rule: str = "") -> None:
        super().__init__(f"{zh} | {en}")
        self.zh = zh
        self.en = en
        self.thing = thing
        self.field = field
        self.rule = rule

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.zh, self.en, self.thing, self.field, self.rule)


def _rebuild(kind: type[AnningError], zh: str, en: str, thing: str, field: str, rule: str) -> AnningError:
    return kind(zh, en, thing=thing, field=field, rule=rule)


class InvalidInput(AnningError):
    """What was given cannot be meant (输入有误)."""

    exit_code = 2


class InvalidNumber(InvalidInput):
    """Neither an E.164 number nor a code of the Chinese plan (号码无效)."""


class InvalidFile(InvalidInput):
    """A file that cannot be read as what it says it is (文件无法读取)."""


class InvalidSituation(InvalidInput):
    """A situation with an unknown or missing key or a wrong value (情形文件有误)."""


class InvalidCommand(InvalidInput):
    """A register command whose fields do not fit together (登记命令有误)."""


class NotFound(AnningError):
    """Nothing of that name here, or nothing that the asker may know of (未找到)."""


class SignInNeeded(AnningError):
    """Nobody is signed in, no key was shown, or what was shown opens nothing (须先登录)."""


class NotAllowed(AnningError):
    """Whoever asks may not do this (无权操作)."""


class TooMany(AnningError):
    """More than a limit allows (超过限额).

    Attributes:
        retry_after: seconds until it is worth asking again.
    """

    def __init__(
        self, zh: str, en: str, *, thing: str = "", field: str = "", rule: str = "", retry_after: float = 1.0
    ) -> None:
        super().__init__(zh, en, thing=thing, field=field, rule=rule)
        self.retry_after = retry_after


class Unpublished(AnningError):
    """The working calendar of that year is not published (该年度工作日历尚未公布)."""

    exit_code = 3


class LawError(AnningError):
    """A rule, predicate, parameter or instrument that does not load (规则无法装载)."""


class Conflict(AnningError):
    """The same idempotency key with another payload, or a state that moved on (冲突)."""


class JournalError(AnningError):
    """The system of record refuses or cannot be read (日志库异常)."""


class NotTheWriter(JournalError):
    """Another process writes, or a newer epoch fenced this one off (非当前写入者)."""


class TornSegment(JournalError):
    """An import segment whose bytes do not match its root (导入段损坏)."""


class SchemaMismatch(JournalError):
    """The database was written by another version of the tables (库表版本不符)."""


class Unavailable(AnningError):
    """A part this command needs is away (部件不可用)."""
