"""The text of a situation file as YAML nodes; what cannot be read is told with its line (YAML 源文)."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import yaml
from yaml.nodes import Node
from yaml.reader import ReaderError

from anning.errors import InvalidSituation


def text_of(path: Path) -> str:
    """What the file says.

    Raises:
        InvalidSituation: it cannot be opened, or is not UTF-8; the line is told.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as refused:
        raise InvalidSituation(
            f"无法读取情形文件 {path}",
            f"cannot read the situations of {path}: {refused.strerror}",
            thing=str(path),
            rule="readable",
        ) from refused
    except UnicodeDecodeError as refused:
        line = refused.object[: refused.start].count(b"\n") + 1
        _no_yaml(str(path), line, "不是 UTF-8 文本", "this is not UTF-8 text", refused)


def compose(text: str, name: str) -> Node | None:
    """The one document of a text, nothing of it meant yet; None when it is empty.

    Raises:
        InvalidSituation: it is no YAML; the line is told.
    """
    try:
        loader = yaml.SafeLoader(text)
        loader.name = name
        try:
            node: Node | None = loader.get_single_node()
        finally:
            loader.dispose()
    except ReaderError as refused:
        character = f"U+{ord(text[refused.position]):04X}"
        line = text[: refused.position].count("\n") + 1
        _no_yaml(
            name, line, f"有 YAML 不容许的字符 {character}", f"YAML does not allow the character {character}", refused
        )
    except yaml.MarkedYAMLError as refused:
        _no_yaml(name, _line(refused), *_cause(refused), refused)
    except RecursionError as refused:
        _no_yaml(name, None, "嵌套过深", "it is nested too deep", refused)
    except (yaml.YAMLError, ValueError, OverflowError) as refused:
        _no_yaml(name, None, f"语法有误（{refused}）", str(refused), refused)
    return node


def _line(refused: yaml.MarkedYAMLError) -> int | None:
    mark = refused.problem_mark or refused.context_mark
    return None if mark is None else mark.line + 1


def _cause(refused: yaml.MarkedYAMLError) -> tuple[str, str]:
    """Why, for the slips people make; else the parser's own words."""
    problem = refused.problem or str(refused)
    if "'\\t'" in problem:
        return "缩进用了制表符，应改用空格", "it is indented by a tab; use blanks"
    if problem.startswith("found undefined alias"):
        alias = problem.removeprefix("found undefined alias").strip().strip("'")
        return f"“*{alias}”所指的“&{alias}”前文没有", f"'*{alias}' stands for nothing: there is no '&{alias}' above it"
    context = f"{refused.context}: " if refused.context else ""
    return f"语法有误（{context}{problem}）", f"{context}{problem}"


def _no_yaml(name: str, line: int | None, zh: str, en: str, cause: Exception) -> NoReturn:
    at_zh, at_en = ("", "") if line is None else (f" 第 {line} 行", f", line {line}")
    raise InvalidSituation(
        f"{name}{at_zh}：不是合法的 YAML：{zh}", f"{name}{at_en}: no YAML: {en}", thing=name, rule="yaml"
    ) from cause
