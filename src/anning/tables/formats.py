"""Which format a file has, by its first bytes, and which one a file to be written gets, by its name (文件格式)."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from anning.errors import InvalidFile


class Format(StrEnum):
    """The formats campaign lists come in."""

    CSV = "csv"
    TSV = "tsv"
    TXT = "txt"
    XLSX = "xlsx"
    PARQUET = "parquet"

    @property
    def is_text(self) -> bool:
        """Whether it is text whose cells stand between delimiters."""
        return self in {Format.CSV, Format.TSV, Format.TXT}


BY_SUFFIX: Final = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".tab": Format.TSV,
    ".txt": Format.TXT,
    ".xlsx": Format.XLSX,
    ".xlsm": Format.XLSX,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
}
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_PARQUET: Final = b"PAR1"


def format_of(path: Path) -> Format:
    """What the file is: its first bytes say whether it is a workbook or Parquet, whatever its name says.

    Raises:
        InvalidFile: the file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as refused:
        raise cannot_open(path, refused) from refused
    if start.startswith(_PARQUET):
        return Format.PARQUET
    if start.startswith(_WORKBOOKS):
        return Format.XLSX
    named = BY_SUFFIX.get(path.suffix.lower(), Format.CSV)
    if named.is_text or not start:
        return named if named.is_text else Format.CSV
    raise InvalidFile(
        f"{path} 名为 {named}，内容却不是：文件损坏或没有传完",
        f"{path} is called {named} but is none: damaged, or not all of it arrived",
        thing=str(path),
        rule="readable",
    )


def format_for(path: Path, default: Format) -> Format:
    """The format a file of this name is written in; `default` when its name has no ending.

    Raises:
        InvalidFile: no format has such an ending; those that exist are named.
    """
    ending = path.suffix.lower()
    if not ending:
        return default
    if ending not in BY_SUFFIX:
        endings = " ".join(BY_SUFFIX)
        raise InvalidFile(
            f"不能写成 {ending}（{path.name}）；可用的扩展名：{endings}",
            f"cannot write {path.name}: no format is called {ending}; there are {endings}",
            thing=str(path),
            field="out",
        )
    return BY_SUFFIX[ending]


def cannot_open(path: Path, refused: OSError) -> InvalidFile:
    """The error for a file the system does not give us."""
    return InvalidFile(
        f"无法打开文件 {path}", f"cannot open {path}: {refused.strerror}", thing=str(path), rule="readable"
    )
