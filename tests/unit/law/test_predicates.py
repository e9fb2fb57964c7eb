"""A predicate declares the fields and figures it asks for: those its source names, and no others."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from observing import observations

from anning.law.observations import NotSeen, Observations, Seen
from anning.law.predicates import PREDICATES, Predicate


class Recorder(Seen):
    """Observations that remember which of their fields were asked for."""

    __slots__ = ("asked",)

    def __init__(self, seen: Observations) -> None:
        super().__init__(seen)
        self.asked: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getattr__(name)


def asked_in_source(predicate: Predicate) -> Iterator[tuple[str, str]]:
    """What the source does with observations and figures: (argument, what is asked of it), other predicates' included.

    Fails when either goes anywhere but to a field, to a figure by name, or to another predicate by name.
    """
    (function,) = ast.parse(inspect.getsource(predicate.read)).body
    assert isinstance(function, ast.FunctionDef)
    seen, figure = (argument.arg for argument in function.args.args)
    parent = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(function):
        if not (isinstance(node, ast.Name) and node.id in (seen, figure)):
            continue
        around = parent[node]
        match around:
            case ast.Attribute(attr=field) if node.id == seen:
                yield "field", field
            case ast.Call(func=ast.Name(), args=[ast.Constant(value=str(name))]) if around.func is node:
                yield "figure", name
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Subscript(value=ast.Name(id="PREDICATES"), slice=ast.Constant(value=str(name))),
                    attr="read",
                )
            ):
                if node.id == seen:
                    yield from asked_in_source(PREDICATES[name])
            case _:
                pytest.fail(f"{predicate.name}: {node.id} goes where it cannot be followed: {ast.unparse(around)}")


@pytest.mark.parametrize("predicate", PREDICATES.values(), ids=lambda predicate: predicate.name)
def test_it_declares_the_fields_and_figures_its_source_names(predicate: Predicate) -> None:
    asked = set(asked_in_source(predicate))
    assert {name for what, name in asked if what == "field"} == set(predicate.reads)
    assert {name for what, name in asked if what == "figure"} == set(predicate.parameters)
    assert set(predicate.reads) <= set(Observations.__struct_fields__)


@settings(max_examples=100)
@given(observations)
def test_nothing_else_is_asked_for_when_it_is_read(seen: Observations) -> None:
    for predicate in PREDICATES.values():
        recorder = Recorder(seen)
        with suppress(NotSeen):
            predicate.read(recorder, lambda _: 0.5)
        assert recorder.asked <= set(predicate.reads), predicate.name
