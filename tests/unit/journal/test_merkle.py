"""The tree heads of RFC 9162, against the published vectors and the section's own definition."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anning.journal.merkle import EMPTY_ROOT, leaf_hash, node_hash, root

# The eight leaves that the transparency-log test vectors have used since RFC 6962.
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes(range(0x60, 0x70)))
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def test_an_empty_tree() -> None:
    assert root([]) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", ROOTS)
def test_known_roots(size: int) -> None:
    assert root(map(leaf_hash, LEAVES[:size])).hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_pairing_level_by_level_is_the_recursive_definition(leaves: list[bytes]) -> None:
    assert root(map(leaf_hash, leaves)) == _mth(leaves)


def _mth(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(_mth(leaves[:split]), _mth(leaves[split:]))


def test_the_published_inclusion_proofs_lead_to_their_roots(shared_dir: Path) -> None:
    files = sorted((shared_dir / "data/vectors/tlog/merkle/inclusion").rglob("*.json"))
    assert files
    for file in files:
        vector = json.loads(file.read_bytes())
        assert _leads_to_root(vector) is not vector["wantErr"], f"{file.name}: {vector['desc']}"


def _leads_to_root(vector: dict[str, Any]) -> bool:
    """Section 2.1.3.2, with our node hash."""
    index, size = vector["leafIdx"], vector["treeSize"]
    current, expected = (base64.b64decode(vector[name] or "") for name in ("leafHash", "root"))
    if not 0 <= index < size or len(current) != 32:
        return False
    last = size - 1
    for step in map(base64.b64decode, vector["proof"] or []):
        if last == 0 or len(step) != 32:
            return False
        if index % 2 or index == last:
            current = node_hash(step, current)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            current = node_hash(current, step)
        index, last = index >> 1, last >> 1
    return last == 0 and current == expected
