"""Rows on their way from a text into another: the bytes they came as, and what is put to them."""

from __future__ import annotations

import csv
import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from anning.tables import Block, open_table, outlet
from anning.tables.writers import Added, Style, open_writer

ENDINGS = [("allow", ""), ("refuse", "说,不")]


def added(block: Block, rows: list[int] | None = None, *, figures: int = 0) -> Added:
    """Every other row is refused; its figures are the rows' numbers from 0, times 1, 10, 100."""
    height = block.height
    chosen = np.arange(height, dtype=np.int32) if rows is None else np.array(rows, dtype=np.int32)
    numbers = np.stack([chosen.astype(np.int64) * 10**place for place in range(figures)], axis=1) if figures else None
    return Added(
        ENDINGS,
        ((np.arange(height) + block.first - 1) % 2).astype(np.uint32),
        chosen,
        np.empty((len(chosen), 0), dtype=np.int64) if numbers is None else numbers,
    )


def written(source: Path, out: Path, *, figures: int = 0, size: int = 1 << 20, **options: str | bool) -> bytes:
    """What a list becomes when an ending, and before it some figures, are put to each of its rows."""
    table = open_table(source, **options)  # type: ignore[arg-type]
    style = Style.of(out, table)
    labels = [*map(str, range(figures)), *table.columns, "outcome", "reasons"]
    writer = open_writer(out, labels, style)
    try:
        for block in table.blocks(size):  # type: ignore[call-arg]
            writer.append(block, added(block, figures=figures))
        writer.finish()
    finally:
        writer.abandon()
    return out.read_bytes()


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_rows_by_the_rules_stay_the_bytes_they_are(tmp_path: Path) -> None:
    rows = ['"马","13800138000",""', '张 , 139 0013 9000,"说""好"""', '林,13700137000,"a\nb"', "胡,13600136000,"]
    source = put(tmp_path / "list.csv", "\n".join(["姓名,手机号,备注", *rows]))
    lines = [f"{row},allow," if place % 2 == 0 else f'{row},refuse,"说,不"' for place, row in enumerate(rows)]
    assert written(source, tmp_path / "out.csv").decode() == "\n".join(["姓名,手机号,备注,outcome,reasons", *lines, ""])


def test_odd_rows_are_written_by_the_rules(tmp_path: Path) -> None:
    source = put(tmp_path / "list.csv", '姓名,手机号,备注\n马,13800138000\n\n张,13900139000,生日,17" 屏\n"胡"x,1,2\n')
    assert written(source, tmp_path / "out.csv").decode().splitlines()[1:] == [
        "马,13800138000,,allow,",
        ',,,refuse,"说,不"',
        '张,13900139000,"生日,17"" 屏",allow,',
        '胡x,1,2,refuse,"说,不"',
    ]


def test_lines_end_as_most_do(tmp_path: Path) -> None:
    source = put(tmp_path / "list.csv", "姓名,手机号\r\n马,13800138000\n张,13900139000\r林,13700137000")
    assert written(source, tmp_path / "out.csv").decode().replace("\r\n", "|").count("|") == 4
    assert b"\n" not in (tmp_path / "out.csv").read_bytes().replace(b"\r\n", b"")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("out", ["out.csv", "out"])
def test_every_encoding_and_delimiter_holds_the_same_cells(
    tmp_path: Path, encoding: str, delimiter: str, newline: str, out: str
) -> None:
    cells = [["姓名", "手機號", "備註"], ["馬", "13800138000", "生日,本月"], ["張", "139", '說"好"|^;\t']]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(cells)
    given = {} if encoding != "big5" else {"encoding": encoding}
    data = written(
        put(tmp_path / "list.csv", text.getvalue(), encoding), tmp_path / out, delimiter=delimiter, header=True, **given
    )
    assert encoding != "utf-8-sig" or data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=delimiter))
    expected = [*cells[1:]]
    assert rows[1:] == [[*row, *ending] for row, ending in zip(expected, ENDINGS, strict=True)] or encoding == "big5"
    assert [row[:3] for row in rows[1:]] == expected


@pytest.mark.parametrize("out", ["out.csv", "out.tsv", "out.txt"])
def test_bare_numbers_become_cells_in_quotes_where_they_must_be(tmp_path: Path, out: str) -> None:
    lines = ["13800138000", '"139', "137, 分机 2\t3", "", "13600136000"]
    for kept in (lines, [lines[0], lines[-1]]):
        data = written(put(tmp_path / "list.txt", "\n".join(kept)), tmp_path / out, header=False)
        delimiter = "," if out == "out.csv" else "\t"
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))
        assert [row[0] for row in rows[1:]] == kept
        assert {len(row) for row in rows} == {3}


def test_figures_stand_before_the_row(tmp_path: Path) -> None:
    source = put(tmp_path / "list.csv", "手机号,备注\n" + "".join(f"{n},x\n" for n in range(13)))
    lines = written(source, tmp_path / "out.csv", figures=3).decode().splitlines()
    assert lines[1].startswith("0,0,0,0,x,allow")
    assert lines[13].startswith("12,120,1200,12,x,allow")


@pytest.mark.parametrize("room", [1, 300, 1 << 18])
@pytest.mark.parametrize("size", [1 << 10, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_rows_longer_than_the_buffer_and_many_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, size: int, encoding: str
) -> None:
    monkeypatch.setattr(outlet, "_ROOM", room)
    cells = [["手机号", "备注"], *([str(n), "好" * (n % 7) ** 3] for n in range(300)), ["1", "长" * 5000]]
    text = "\n".join(map(",".join, cells))
    data = written(put(tmp_path / "list.csv", text, encoding), tmp_path / "out.csv", size=size, header=True)
    rows = list(csv.reader(io.StringIO(data.decode(encoding), newline="")))
    assert [row[:2] for row in rows[1:]] == cells[1:]


def test_some_rows_alone(tmp_path: Path) -> None:
    table = open_table(put(tmp_path / "list.csv", "手机号,备注\n" + "".join(f"{n},x\n" for n in range(9))))
    writer = open_writer(tmp_path / "out.csv", ["a", "b", "c", "d"], Style.of(tmp_path / "out.csv", table))
    for block in table.blocks():
        writer.append(block, added(block, [2, 3, 7]))
    writer.finish()
    assert [line[:7] for line in (tmp_path / "out.csv").read_text().splitlines()] == [
        "a,b,c,d",
        "2,x,all",
        "3,x,ref",
        "7,x,ref",
    ]


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_is_an_error(tmp_path: Path) -> None:
    source = put(tmp_path / "list.csv", "手机号,备注\n" + "13800138000,x\n" * 50_000)
    with files_no_longer_than(400_000), pytest.raises(OSError, match="too large"):
        written(source, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").stat().st_size == 400_000
