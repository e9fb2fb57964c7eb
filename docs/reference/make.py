"""Fill the tables of the reference from the code. `python docs/reference/make.py` writes them, `--check` compares.

A page is prose with blocks between `<!-- made: NAME -->` and `<!-- end -->`; each block is made here.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import msgspec
import typer

sys.path.insert(0, str(Path(__file__).parent))

import card
import words

import anning
from anning import errors
from anning.accounts import events as account_events
from anning.accounts.roles import ACTION_WORDS, Action
from anning.api.routes import HALF, PUBLIC, SUBSCRIBER
from anning.cli.content import as_line
from anning.cli.lazily import below
from anning.cli.main import app
from anning.content import judge
from anning.content.model import ContentClass, Reply
from anning.gate.counts.ledger import STEPS as COUNT_STEPS
from anning.gate.wording import FIELD_WORDS
from anning.journal.steps import STEPS
from anning.law.articles import obligations
from anning.law.citation import Mark
from anning.law.decision import Outcome
from anning.law.instrument import Instrument
from anning.law.instruments import common
from anning.law.instruments.registry import INSTRUMENTS
from anning.law.observations import Observations
from anning.law.predicates import PREDICATES
from anning.law.rules import Rule
from anning.numbers import CARRIERS, CAUSES, KIND_NAMES, SUBSCRIBERS
from anning.portal.pages import PAGES
from anning.registers import columns, events
from anning.settings import Settings
from anning.tables.formats import BY_SUFFIX

HERE: Final = Path(__file__).parent
SOURCE: Final = Path(anning.__file__).parent
_BLOCK: Final = re.compile(r"(<!-- made: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


class Unworded(Exception):
    """The code has something that the reference has no words for, or the other way round."""


def paired(what: str, have: Iterable[str], said: Iterable[str]) -> None:
    """Everything that is there has its words, and nothing else has.

    Raises:
        Unworded: names what lacks words and what words are left over.
    """
    there, worded = set(have), set(said)
    lacking, left = sorted(there - worded), sorted(worded - there)
    if lacking or left:
        raise Unworded(f"{what}: without words {lacking}; words for nothing {left}; see docs/reference/words.py")


def grid(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ").strip()


def code(value: object) -> str:
    """As code, empty when it is empty."""
    return f"`{value}`" if str(value) else ""


def halves(text: str) -> tuple[str, str]:
    """The Chinese and the English half of a help text.

    Raises:
        Unworded: it has only one of them.
    """
    zh, _, en = text.partition(" | " if " | " in text else " / ")
    return zh.strip(), en.strip()


def made_api_routes() -> str:
    from anning.api.handlers import ROUTES

    rows = (
        (
            code(f"{route.method} {route.path}"),
            route.zh,
            route.en,
            " / ".join(
                _LEAVE.get(route.action)
                or (ACTION_WORDS[Action(route.action)].zh, ACTION_WORDS[Action(route.action)].en)
            ),
            {"": "", "answer": "答复 / the answer", "journal": "日志 / the journal"}[route.idempotent],
        )
        for route in ROUTES
    )
    return grid(("路由 route", "中文", "English", "权限 leave", "幂等 kept by"), rows)


# --- pages ------------------------------------------------------------------------------------------------------


def made_web_pages() -> str:
    """Every page and act of a page, and who may."""
    rows = []
    for page in PAGES:
        needs = [each for each in (page.action, page.also) if each is not None]
        zh = "、".join(_LEAVE[each][0] if each in _LEAVE else ACTION_WORDS[Action(each)].zh for each in needs)
        en = ", ".join(_LEAVE[each][1] if each in _LEAVE else ACTION_WORDS[Action(each)].en for each in needs)
        rows.append((code(f"{page.method} {page.path}"), page.zh, page.en, f"{zh} / {en}"))
    return grid(("页面 page", "中文", "English", "权限 leave"), rows)


_LEAVE: Final = {
    PUBLIC: ("人人", "everybody"),
    HALF: ("口令已对", "whose password was right"),
    SUBSCRIBER: ("以验证码证明号码的本人", "whoever proved the number with a code"),
    Action.READ_LAW: ("人人", "everybody"),
}


# --- commands ---------------------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its whole name, `anning` itself first."""
    root = typer.main.get_command(app)

    def walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        children = below(command)
        if not children:
            yield name, command
        for child, each in children.items():
            yield from walk(f"{name} {child}", each)

    yield "anning", root
    yield from walk("anning", root)


def made_commands() -> str:
    parts = []
    for name, command in commands():
        zh, en = halves(command.help or "")
        if not zh or not en:
            raise Unworded(f"{name}: its help is not in both languages")
        parts.append(f"### {name}\n\n{zh}  \n{en}\n")
        kinds = get_type_hints(inspect.unwrap(command.callback))
        rows = [_parameter(name, parameter, kinds.get(parameter.name)) for parameter in command.params]
        rows = [row for row in rows if row is not None]
        if rows:
            parts.append(grid(("参数 parameter", "取值 values", "缺省 default", "说明 meaning"), rows))
    return "\n".join(parts)


def _parameter(command: str, parameter: Any, kind: Any) -> tuple[str, str, str, str] | None:
    named = [*parameter.opts, *parameter.secondary_opts]
    if "--help" in named:
        return None
    told = parameter.help or ""
    if not told:
        raise Unworded(f"{command} {named}: no help")
    argument = parameter.param_type_name == "argument"
    name = code(parameter.metavar or parameter.name.upper()) if argument else ", ".join(map(code, named))
    words_of_it = [member.value for member in _enumeration(kind)]
    values = ", ".join(map(code, words_of_it))
    if not values and not argument and not parameter.is_flag:
        values = code(parameter.metavar or "")
    default = getattr(parameter.default, "value", parameter.default)
    shown = "" if default is None or default is False or default == "" else code(default)
    return name + (" *" if parameter.required else ""), values, shown, told


def _enumeration(kind: Any) -> tuple[Enum, ...]:
    """The members when the kind is, or may be, an enumeration."""
    for each in (kind, *get_args(kind)):
        if inspect.isclass(each) and issubclass(each, Enum):
            return tuple(each)
    return ()


# --- settings ---------------------------------------------------------------------------------------------------


def made_settings() -> str:
    def row(name: str) -> tuple[str, str, str, str]:
        field = Settings.model_fields[name]
        zh, en = halves(field.description or "")
        if not zh or not en:
            raise Unworded(f"setting {name}: its description is not in both languages")
        default = "" if field.default is None else field.default
        return code(f"ANNING_{name.upper()}"), code(default), zh, en

    return grid(("变量 variable", "缺省 default", "中文", "English"), map(row, Settings.model_fields))


# --- the law ----------------------------------------------------------------------------------------------------


def all_instruments() -> tuple[Instrument, ...]:
    """Those that can be named, and our own rules beside them."""
    return (*INSTRUMENTS.values(), common.INSTRUMENT)


def made_outcomes() -> str:
    return grid(("裁决 outcome", "中文", "English"), ((code(o.word), o.zh, o.en) for o in Outcome))


def made_marks() -> str:
    return grid(("标记 mark", "中文", "English"), ((code(m.value), m.zh, m.en) for m in Mark))


def made_instruments() -> str:
    def row(i: Instrument) -> tuple[object, ...]:
        since = i.since or "—"
        until = i.until or ("" if i.since else "—")
        channels = ", ".join(sorted(c.value for c in i.channels))
        return code(i.name), i.zh, i.en, channels, since, until, code(i.mark.value), len(i.rules)

    headings = ("名称 name", "中文", "English", "渠道 channels", "自 since", "至 until", "标记 mark", "规则 rules")
    return grid(headings, map(row, all_instruments()))


def made_reasons() -> str:
    duties = {o.id: o.duty for o in obligations()}
    parts = []
    for instrument in all_instruments():
        parts.append(f"### {instrument.name}\n\n{instrument.zh}  \n{instrument.en}\n")
        parts.append("".join(_rule(rule, duties) for rule in instrument.rules))
        parts.append(_figures(instrument))
    return "\n".join(parts)


def _rule(rule: Rule, duties: Mapping[str, str]) -> str:
    days = ""
    if rule.since or rule.until:
        days = f" · {rule.since or ''} – {rule.until or ''}"
    figures = f" · 参数 parameters {', '.join(map(code, rule.parameters))}" if rule.parameters else ""
    lines = (
        f"- **{rule.citation.obligation}** `{rule.name}` · {rule.effect.zh} {rule.effect.word}{days}{figures}",
        f"  - {rule.zh}。出处：{rule.citation.zh()}。怎么办：{rule.remedy_zh}。",
        f"  - {rule.en}. Source: {rule.citation.en()}. What to do: {rule.remedy_en}.",
        f"  - `{rule.when}`",
    )
    if rule.citation.obligation not in duties:
        raise Unworded(f"{rule.name}: {rule.citation.obligation} is in no list of obligations")
    return "\n".join(lines) + "\n"


def _figures(instrument: Instrument) -> str:
    headings = ("参数 parameter", "中文", "English", "单位 unit", "自 since", "值 value", "标记 mark")
    return grid(
        headings,
        (
            (code(p.name), p.zh, p.en, p.unit, d.since, f"{d.value:g}", code(d.citation.mark.value))
            for p in instrument.parameters
            for d in p.values
        ),
    )


def made_predicates() -> str:
    used = {
        name: sorted({i.name for i in all_instruments() for r in i.rules if name in set(r.when.predicates())})
        for name in PREDICATES
    }
    return grid(
        ("谓词 predicate", "中文", "English", "所据观察 observations", "所据参数 parameters", "用于 used in"),
        (
            (
                code(p.name),
                p.zh,
                p.en,
                ", ".join(map(code, p.reads)),
                ", ".join(map(code, p.parameters)),
                ", ".join(used[p.name]),
            )
            for p in PREDICATES.values()
        ),
    )


def made_observations() -> str:
    seen = [name for name in Observations.__struct_fields__ if name != "boundaries"]
    paired("observations", seen, FIELD_WORDS)
    return grid(("观察 observation", "中文", "English"), ((code(name), *FIELD_WORDS[name]) for name in seen))


# --- numbers, content, files --------------------------------------------------------------------------------------


def made_kinds() -> str:
    return grid(
        ("类别 kind", "中文", "写法 written as"),
        (
            (code(kind.value), zh, "" if kind.value == "invalid" else "E.164" if kind in SUBSCRIBERS else "digits")
            for kind, zh in KIND_NAMES.items()
        ),
    )


def made_causes() -> str:
    return grid(("原因 cause", "中文", "English"), ((code(name), *cause) for name, cause in CAUSES.items()))


def made_carriers() -> str:
    return grid(("carrier", "运营商"), CARRIERS.items())


def made_content() -> str:
    have = as_line("安宁", judge("安宁"))
    paired("content keys", have, words.CONTENT)
    return grid(("键 key", "中文", "English"), ((code(name), *words.CONTENT[name]) for name in have))


def made_classes() -> str:
    classes = ", ".join(code(each.value) for each in ContentClass)
    replies = ", ".join(code(each.value) for each in Reply)
    return f"`class`: {classes}  \n`reply`: {replies}\n"


def made_suffixes() -> str:
    return grid(
        ("名称末尾 suffix", "格式 format"), ((code(suffix), code(kind.value)) for suffix, kind in BY_SUFFIX.items())
    )


def made_import_columns() -> str:
    every = {m.name for m in (*columns.WISH_COLUMNS, *columns.CONSENT_COLUMNS)}
    paired("import columns", every, words.IMPORTS)
    parts = []
    for title, listed in (
        ("意愿 wishes", columns.WISH_COLUMNS),
        ("同意 consents", columns.CONSENT_COLUMNS),
        ("换了机主的号码 recycled numbers", columns.RECYCLING_COLUMNS),
    ):
        rows = ((code(m.name), "、".join(sorted(m.headings - {m.name})), *words.IMPORTS[m.name]) for m in listed)
        parts.append(f"#### {title}\n\n" + grid(("列 column", "也认的表头 other headings", "中文", "English"), rows))
    return "\n".join(parts)


def made_words() -> str:
    tables = {
        "channel": columns.CHANNELS,
        "trades": columns.TRADES,
        "says": columns.SAYS,
        "act": columns.ACTS,
        "wish_kind": columns.WISH_KINDS,
        "confirmed, keeps_consents": columns.YES_NO,
    }
    rows = []
    for column, table in tables.items():
        for meaning in dict.fromkeys(table.values()):
            written = "、".join(text for text, each in table.items() if each == meaning)
            rows.append((column, code(str(meaning).lower()), written))
    return grid(("列 column", "含义 meaning", "写法 written as"), rows)


# --- errors, situations, journal ----------------------------------------------------------------------------------


def error_classes() -> tuple[type[errors.AnningError], ...]:
    """The family, the root first."""
    found = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, errors.AnningError)]
    return tuple(sorted(found, key=lambda each: [c.__name__ for c in reversed(each.__mro__)]))


def made_errors() -> str:
    def row(kind: type[errors.AnningError]) -> tuple[object, ...]:
        meaning = inspect.getdoc(kind) or ""
        first = meaning.split("\n")[0]
        found = re.fullmatch(r"(.*?) \((.+)\)\.", first)
        zh, en = (found[2], found[1]) if found else ("安宁拒绝做某事，中英文说明", first)
        base = kind.__mro__[1].__name__
        return code(kind.__name__), "" if base == "Exception" else code(base), kind.exit_code, zh, en

    return grid(("错误 error", "属于 kind of", "退出码 exit", "中文", "English"), map(row, error_classes()))


def rules_of_errors() -> set[str]:
    """Every slug an error may carry as its `rule`, found in the source; causes of bad numbers apart."""
    found: set[str] = set()
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            given = [k.value for k in node.keywords if k.arg == "rule"]
            if isinstance(node.func, ast.Name) and node.func.id in ("_refuse", "_refused") and len(node.args) > 2:
                given.append(node.args[2])
            if isinstance(node.func, ast.Name) and node.func.id == "Denied" and node.args:
                given.append(node.args[0])
            found |= {g.value for g in given if isinstance(g, ast.Constant) and isinstance(g.value, str)}
    return found


def made_error_rules() -> str:
    have = rules_of_errors()
    paired("rules of errors", have, words.RULES)
    return grid(("rule", "中文", "English"), ((code(name), *words.RULES[name]) for name in sorted(have)))


def situation_keys() -> dict[str, list[str]]:
    """The keys each mapping of a situation file knows, found where the loader reads them."""
    found: dict[str, list[str]] = {}
    for name in ("loading", "world"):
        module = import_module(f"anning.gate.situations.{name}")
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fields":
                keys, what = node.args[1], node.args[2]
                found[ast.literal_eval(what)] = list(_words_in(keys, vars(module)))
    send = set(found["send"])
    found["sends"] = [key for key in found["sends"] if key not in send]
    return found


def _words_in(node: ast.expr, names: Mapping[str, Any]) -> Iterator[str]:
    """The words of a tuple as written, names of other tuples followed."""
    match node:
        case ast.Tuple(elts):
            for each in elts:
                yield from _words_in(each, names)
        case ast.Starred(value):
            yield from _words_in(value, names)
        case ast.Name(name):
            yield from names[name]
        case ast.Constant(str(word)):
            yield word


def made_situation_keys() -> str:
    have = situation_keys()
    paired("situation keys", (f"{what}.{key}" for what, keys in have.items() for key in keys), words.SITUATION)
    order = list(dict.fromkeys(name.split(".")[0] for name in words.SITUATION))
    parts = []
    for what in order:
        rows = ((code(key), *words.SITUATION[f"{what}.{key}"]) for key in have[what])
        parts.append(f"#### {what}\n\n" + grid(("键 key", "中文", "English"), rows))
    return "\n".join(parts)


def made_events() -> str:
    kinds = {**events.KINDS, **account_events.KINDS}
    paired("event kinds", kinds, words.EVENTS)
    parts = []
    for kind, struct in kinds.items():
        zh, en, fields = words.EVENTS[kind]
        info = msgspec.structs.fields(struct)
        paired(f"fields of {kind}", (field.name for field in info), fields)
        rows = ((code(field.name) + (" *" if field.required else ""), *fields[field.name]) for field in info)
        parts.append(f"#### {kind}\n\n{zh}  \n{en}\n\n" + grid(("字段 field", "中文", "English"), rows))
    return "\n".join(parts)


def made_steps() -> str:
    paired("steps", STEPS, words.STEPS)
    headings = ("步骤 step", "此时断电，命令是否已在 kept if killed here", "中文", "English")
    rows = ((code(step), "是 yes" if words.STEPS[step][0] else "否 no", *words.STEPS[step][1:]) for step in STEPS)
    return grid(headings, rows)


def made_count_steps() -> str:
    paired("steps of counts", COUNT_STEPS, words.COUNT_STEPS)
    headings = ("步骤 step", "此时进程被杀，预占是否已在 kept if killed here", "中文", "English")
    told = words.COUNT_STEPS
    return grid(headings, ((code(s), "是 yes" if told[s][0] else "否 no", *told[s][1:]) for s in COUNT_STEPS))


# --- pages --------------------------------------------------------------------------------------------------------

BLOCKS: Final[dict[str, Callable[[], str]]] = {
    name.removeprefix("made_").replace("_", "-"): made
    for name, made in [*globals().items(), *vars(card).items()]
    if name.startswith("made_")
}


def filled(text: str) -> str:
    """A page with all its blocks made anew."""
    return _BLOCK.sub(lambda found: f"{found[1]}\n{BLOCKS[found[2]]()}\n{found[3]}", text)


def pages() -> tuple[Path, ...]:
    """The pages of the reference, and the card of the content model."""
    return (*sorted(HERE.glob("*.md")), HERE.parent / "model-card.md")


def stale() -> list[str]:
    """Pages that no longer say what the code has."""
    return [
        page.name for page in pages() if filled(page.read_text(encoding="utf-8")) != page.read_text(encoding="utf-8")
    ]


def main() -> int:
    """Write the pages, or with `--check` say which are out of date."""
    if "--check" in sys.argv[1:]:
        old = stale()
        sys.stdout.write("\n".join(old) + "\n" if old else "")
        return 1 if old else 0
    for page in pages():
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
