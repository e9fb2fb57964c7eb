"""`anning content [judge] TEXT | --file F --column C`: what a message is and carries (内容判断)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import msgspec
import typer

from anning.cli import show
from anning.content import RULES_HASH, Content, ContentClass, content_version, judge, way_out_works
from anning.errors import InvalidInput

Words: TypeAlias = tuple[str, str]

_TRADES = {
    "finance": "金融",
    "property": "房地产",
    "health": "医疗健康",
    "recruitment": "招聘",
    "travel": "旅游",
    "education": "教育",
    "retail": "零售",
    "government": "政务",
    "other": "其他",
}
_CLASSES = {
    ContentClass.SERVICE: ("服务类", "service"),
    ContentClass.COMMERCIAL: ("商业类", "commercial"),
    ContentClass.PUBLIC_INTEREST: ("公益类", "public interest"),
    ContentClass.PROHIBITED: ("违禁", "prohibited"),
}


def content(
    text: Annotated[str | None, typer.Argument(help="短信内容 | the text of a message")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="名单，每行一条短信 | a list, one message a row: text, XLSX or Parquet"),
    ] = None,
    column: Annotated[str, typer.Option("--column", help="短信内容所在的列名 | the column that holds the text")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="每条一行 JSON | one line of JSON each")] = False,
) -> None:
    """按规则与模型判断短信内容 | Judge messages by rules and a model: class, signature, phone, way out, links."""
    if (text is None) == (file is None) or (file is not None and not column):
        raise InvalidInput(
            "请给出一条短信内容，或 --file 与 --column", "give one text, or --file with --column", thing="content"
        )
    texts: Iterable[str | None] = (text,)
    if file is not None:
        from anning.tables import read_column

        texts = read_column(file, column)
    for one in texts:
        seen = judge(one or "")
        if as_json:
            typer.echo(msgspec.json.encode(as_line(one or "", seen)))
        else:
            typer.echo(explain(one or "", seen))


def as_line(text: str, seen: Content) -> dict[str, Any]:
    """The observation as one JSON object: the fields of `Content`, with `class` for `klass`, and the text."""
    line = msgspec.to_builtins(seen)
    readable = text.encode("utf-8", "replace").decode()
    return {
        "text": readable,
        "class": line.pop("klass"),
        **line,
        "rules_hash": RULES_HASH,
        "content_version": content_version(),
    }


def explain(text: str, seen: Content) -> str:
    """The observation for a person to read, in the language chosen."""
    zh, en = _CLASSES[seen.klass]
    deciding = [show.halves(each) for each in seen.deciding]
    signed = "、".join(each for each in (seen.signature, *seen.other_signatures) if each)
    rows: list[Words] = [
        (
            f"{zh}  {seen.score:.2f}，商业性 {seen.commercial_score:.2f}",
            f"{en}  {seen.score:.2f}, commercial {seen.commercial_score:.2f}",
        ),
        (
            f"  依据：{'、'.join(each[0] for each in deciding) or '没有任何线索'}",
            f"  because: {', '.join(each[1] for each in deciding) or 'no sign either way'}",
        ),
        _row("签名", "signature", signed),
        _headed("表明发送者", "names the sender", _yes(seen.names_sender)),
        _row("联系电话", "telephone", "、".join(seen.phones)),
        _headed("退订方式", "way out", _way_out(text, seen)),
        _row("链接", "links", "、".join(seen.links)),
        (
            f"  长度：{seen.length} 字，计 {seen.segments} 条",
            f"  length: {seen.length}, {seen.segments} {'part' if seen.segments == 1 else 'parts'}",
        ),
    ]
    if seen.trade:
        rows.append(_headed("行业", "trade", (_TRADES.get(seen.trade, seen.trade), seen.trade)))
    if seen.prohibited_kind:
        rows.append((f"  违禁种类：{seen.prohibited_kind}", f"  prohibited kind: {seen.prohibited_kind}"))
    notes = [
        note
        for note, holds in (
            (("验证码", "one-time code"), seen.is_verification_code),
            (("服务短信夹带推广", "service with a promotional tail"), seen.promotional_tail),
            (("混淆写法", "disguised wording"), seen.obfuscated),
            (("工作宣传，不属公益", "publicity of work, no public interest"), seen.publicity_of_work),
        )
        if holds
    ]
    if notes:
        rows.append((f"  另注：{'；'.join(n[0] for n in notes)}", f"  note: {'; '.join(n[1] for n in notes)}"))
    return "\n".join(_line(*row) for row in rows)


def _line(zh: str, en: str) -> str:
    """Both halves keep the indent of the first alone."""
    indent = " " * (len(zh) - len(zh.lstrip()))
    return indent + show.both(zh.strip(), en.strip())


def _row(zh: str, en: str, value: str) -> Words:
    return f"  {zh}：{value or '无'}", f"  {en}: {value or 'none'}"


def _headed(zh: str, en: str, value: Words) -> Words:
    return f"  {zh}：{value[0]}", f"  {en}: {value[1]}"


def _yes(holds: bool) -> Words:
    return ("是", "yes") if holds else ("否", "no")


def _way_out(text: str, seen: Content) -> Words:
    if not seen.offers_way_out:
        return "无", "none"
    keyword = (
        (f"回复 {seen.way_out_keyword}", f"reply {seen.way_out_keyword}")
        if seen.way_out_keyword
        else ("来电或链接", "a call or a link")
    )
    steps = ("一步", "one step") if seen.way_out_one_step else ("不止一步", "more than one step")
    works = (
        ("可识别", "understood") if way_out_works(text) else ("不能识别或不便捷", "not understood or not convenient")
    )
    return f"{keyword[0]}，{steps[0]}，{works[0]}", f"{keyword[1]}, {steps[1]}, {works[1]}"
