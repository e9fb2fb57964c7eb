"""How numbers are shown to people and grouped by prefix."""

from __future__ import annotations

import pytest

from anning.numbers import CARRIERS, carrier, mask, prefix_matches


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613800138000", "138****8000"),
        ("138 0013 8000", "138****8000"),
        ("138****8000", "138****8000"),
        ("+861440012345678", "144****5678"),
        ("+8673182708666", "0731-****8666"),
        ("01062345678", "010-****5678"),
        ("+85291234567", "+852****4567"),
        ("+86950131234567", "950****4567"),
        ("95588", "95588"),
        ("106575000001", "106575000001"),
        ("4008001234", "4008001234"),
        ("1831724624", "183****24"),
        ("13800138000/13900139000", "138****00"),
        ("无", "****"),
        ("", "****"),
    ],
)
def test_mask(number: str, shown: str) -> None:
    assert mask(number) == shown
    assert mask(shown) == shown


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("+8613800138000", "China Mobile"),
        ("13012345678", "China Unicom"),
        ("18912345678", "China Telecom"),
        ("19212345678", "China Broadnet"),
        ("17031234567", "China Mobile"),
        ("17091234567", "China Unicom"),
        ("17001234567", "China Telecom"),
        ("13491234567", "China Telecom"),
        ("10086", "China Mobile"),
        ("106575000001", "China Mobile"),
        ("95588", ""),
        ("+861062345678", ""),
        ("+85291234567", ""),
        ("15412345678", ""),
        ("not a number", ""),
    ],
)
def test_nominal_carrier(number: str, name: str) -> None:
    assert carrier(number) == name
    assert not name or CARRIERS[name].startswith("中国")


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("4008001234", "400"),
        ("400-800-1234", "400"),
        ("95588", "95"),
        ("95588", "９５"),
        ("95123456", "951"),
        ("+86950131234567", "950"),
        ("+85291234567", "international"),
        ("+85291234567", "国际"),
        ("+85291234567", "+852"),
        ("0085291234567", "00852"),
        ("+8613800138000", "138"),
        ("+8673182708666", "0731"),
        ("+8673182708666", "+86731"),
        ("+861062345678", "010"),
        ("4008001234", "+86400"),
    ],
)
def test_prefix_matches(code: str, prefix: str) -> None:
    assert prefix_matches(code, prefix)


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("4008001234", "95"),
        ("95588", "951"),
        ("+8613800138000", "international"),
        ("95588", "international"),
        ("+861062345678", "106"),
        ("+85291234567", "852"),
        ("+85291234567", "+86"),
        ("95588", ""),
        ("95588", "bank"),
    ],
)
def test_prefix_does_not_match(code: str, prefix: str) -> None:
    assert not prefix_matches(code, prefix)
