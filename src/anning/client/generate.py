"""Writes `operations.py` from the table of routes (生成客户端): ``python -m anning.client.generate``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from anning.api.handlers import ROUTES
from anning.api.openapi import PARAMETER
from anning.api.routes import Route

TARGET = Path(__file__).with_name("operations.py")
_HEAD = '''"""One typed method for each route. Made by `anning.client.generate`: do not edit (接口客户端)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

{imports}
from anning.client.core import Core


class Client(Core):
    """The API as Python. See `Core` for how it is opened."""
'''


def source() -> str:
    """The module's text, formatted."""
    routes = [route for route in ROUTES if route.tag not in ("local", "sessions", "me")]
    imports = sorted({line for route in routes for line in _imports(route)})
    text = _HEAD.format(imports="\n".join(imports)) + "".join(map(_method, routes))
    ruff = shutil.which("ruff") or str(Path(sys.executable).with_name("ruff"))
    for command in (
        ["check", "--fix", "--quiet", "--select", "I,F401", "--stdin-filename", str(TARGET), "-"],
        ["format", "--quiet", "--stdin-filename", str(TARGET), "-"],
    ):
        text = subprocess.run([ruff, *command], input=text, capture_output=True, text=True, check=False).stdout
    return text


def _method(route: Route) -> str:
    arguments = ["self", *(f"{name}: str" for name in PARAMETER.findall(route.path))]
    path = f'f"{route.path}"' if "{" in route.path else f'"{route.path}"'
    name = f"list_of_{route.name}" if route.name == "list" else route.name
    doc = f'        """{route.en}.\n\n        {route.zh}。\n        """\n'
    if route.streams:
        arguments.append("source: Path")
        head = f"\n    def {name}({', '.join(arguments)}) -> {_name(route.answers)}:\n"
        call = f'self.upload("{route.method}", {path}, source, {_name(route.answers)})'
        return f"{head}{doc}        answer: {_name(route.answers)} = {call}\n        return answer\n"
    if route.media == "application/octet-stream":
        arguments.append("target: Path")
        return f"\n    def {name}({', '.join(arguments)}) -> Path:\n{doc}        return self.download({path}, target)\n"
    answers = "str" if route.media != "application/json" else _name(route.answers)
    passed = [f'"{route.method}"', path, answers]
    if route.takes is not None:
        arguments.append(f"body: {_name(route.takes)}")
        passed.append("body=body")
    if route.query is not None:
        required = any(field.required for field in _fields(route.query))
        arguments.append(f"query: {_name(route.query)}" + ("" if required else " | None = None"))
        passed.append("query=query")
    if route.idempotent:
        arguments += ["*", 'idempotency_key: str = ""']
        passed.append("idempotency_key=idempotency_key")
    head = f"\n    def {name}({', '.join(arguments)}) -> {answers}:\n"
    call = f"self.call({', '.join(passed)})"
    if answers == "None":
        return f"{head}{doc}        {call}\n"
    return f"{head}{doc}        answer: {answers} = {call}\n        return answer\n"


def _fields(kind: Any) -> Any:
    import msgspec

    return msgspec.structs.fields(kind)


def _name(kind: Any) -> str:
    if kind is None:
        return "None"
    if get_origin(kind) is not None:
        return f"{get_origin(kind).__name__}[{', '.join(map(_name, get_args(kind)))}]"
    return str(getattr(kind, "__name__", kind)).removeprefix("typing.")


def _imports(route: Route) -> Iterator[str]:
    for kind in (route.takes, route.answers, route.query):
        yield from _import(kind)


def _import(kind: Any) -> Iterator[str]:
    if kind is None:
        return
    if get_origin(kind) is not None:
        for each in get_args(kind):
            yield from _import(each)
    elif getattr(kind, "__module__", "").startswith("anning."):
        yield f"from {kind.__module__} import {kind.__name__}"


if __name__ == "__main__":
    TARGET.write_text(source(), encoding="utf-8")
