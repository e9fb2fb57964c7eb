"""The API described by itself: OpenAPI 3.1, made of the table of routes (接口描述)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any, Final, get_origin

import msgspec

from anning import __version__
from anning.api.problems import CONTENT_TYPE, Problem
from anning.api.routes import HALF, PUBLIC, SUBSCRIBER, Route

PARAMETER: Final = re.compile(r"\{(\w+)\}")
_REF: Final = "#/components/schemas/{name}"
_TAGS: Final = {
    "running": "运行状况 | whether the server runs",
    "sessions": "登录与会话 | sign-in and sessions",
    "decide": "判定与暂缓 | decisions and holds",
    "scrubs": "名单任务 | lists judged as jobs",
    "registers": "登记与查询 | the registers: say, look up, read",
    "subscriber": "本人：意愿、同意、导出 | a person's own: wishes, consents, export",
    "desk": "热线坐席 | the hotline desk",
    "consents": "同意、征询文本与证据 | consents, words shown, evidence",
    "messages": "用户来信与系统自发短信 | SMS from persons, and what the system itself sends",
    "erasure": "到期擦除与法定保全 | erasure when due, and legal holds",
    "operators": "运营商：换机主、批量名单 | operators: new holders, whole lists",
    "law": "规定与理由 | the law and its reasons",
    "webhooks": "事件推送与到期 | webhooks and due dates",
    "shadow": "试运行 | what would have been stopped",
    "tenants": "租户 | tenants",
    "people": "人员与角色 | people and their roles",
    "me": "本人帐户 | one's own account",
    "keys": "接口密钥 | API keys",
    "local": "本机 | the terminal of this machine",
}


def described(routes: Iterable[Route]) -> dict[str, Any]:
    """The whole description."""
    routes = tuple(routes)
    types = [Problem, *(each for route in routes for each in _types(route))]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema_of = {_key(each): schema for each, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Anning 安宁",
            "version": __version__,
            "description": "没有一条商业短信、一个推销电话违背本人的意愿。"
            " | No commercial SMS or call reaches a person against their wish.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": name, "description": told} for name, told in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "接口密钥 | an API key"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "anning_session",
                    "description": "登录会话；更改须带 X-CSRF-Token | a session; changes bring X-CSRF-Token along",
                },
                "subscriber": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Anning-Subscriber",
                    "description": "用户以一次性验证码换得的令牌 | what a person gets for a one-time code",
                },
            },
            "responses": {
                "Problem": {
                    "description": "未能照办：RFC 9457 | it was not done: RFC 9457",
                    "content": {CONTENT_TYPE: {"schema": schema_of[_key(Problem)]}},
                }
            },
        },
    }


def _operation(route: Route, schema_of: dict[Any, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": route.name,
        "summary": f"{route.zh} | {route.en}",
        "description": inspect.getdoc(route.handler) or "",
        "tags": [route.tag],
        "x-anning-action": str(route.action),
        "security": _security(route),
        "responses": _responses(route, schema_of),
    }
    parameters = [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)]
    if parameters:
        told["parameters"] = parameters
    if route.streams:
        told["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    elif route.takes is not None:
        content: dict[str, Any] = {"schema": schema_of[_key(route.takes)]}
        if route.example is not None:
            content["examples"] = {"example": {"value": route.example}}
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    return told


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.action in (PUBLIC, "read-law"):
        return [{}]
    if route.action == HALF:
        return [{"session": []}]
    if route.action == SUBSCRIBER:
        return [{"subscriber": []}]
    return [{"key": []}, {"session": []}]


def _responses(route: Route, schema_of: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, answers in ((route.status, route.answers), *route.more.items()):
        response: dict[str, Any] = {"description": route.en}
        if answers is not None:
            response["content"] = {"application/json": {"schema": schema_of[_key(answers)]}}
        elif route.media != "application/json":
            response["content"] = {route.media: {"schema": {"type": "string"}}}
        found[str(status)] = response
    found["default"] = {"$ref": "#/components/responses/Problem"}
    return found


def _path_parameters(route: Route) -> Iterable[dict[str, Any]]:
    for name in PARAMETER.findall(route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query_parameters(route: Route) -> Iterable[dict[str, Any]]:
    if route.query is None:
        return
    schema = msgspec.json.schema(route.query)["$defs"][route.query.__name__]
    required = set(schema.get("required", ()))
    for name, each in schema["properties"].items():
        yield {"name": name, "in": "query", "required": name in required, "schema": each}


def _header_parameters(route: Route) -> Iterable[dict[str, Any]]:
    if route.action not in (PUBLIC, HALF, SUBSCRIBER):
        yield {
            "name": "Anning-Tenant",
            "in": "header",
            "required": False,
            "description": "以哪个租户的名义，缺省为所属租户 | in whose name; one's own by default",
            "schema": {"type": "string"},
        }
    if route.idempotent:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "同一键的同一请求只做一次 | the same request under the same key is done once",
            "schema": {"type": "string", "maxLength": 200},
        }


def _types(route: Route) -> Iterable[Any]:
    yield from (each for each in (route.takes, route.answers, *route.more.values()) if each is not None)


def _key(kind: Any) -> Any:
    return str(kind) if get_origin(kind) is not None else kind
