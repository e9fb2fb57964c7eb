"""`anning content train` and `anning content eval`: a content model of one's own, and what a model does (内容模型)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from anning.cli import show
from anning.errors import InvalidFile, InvalidInput

_FILE: Final = typer.Option(
    "--file", help="带标注的名单，可多次给出 | a list of labelled messages, may be repeated: text, XLSX or Parquet"
)
_COLUMN: Final = typer.Option("--column", help="短信内容所在的列名 | the column that holds the text")
_LABEL: Final = typer.Option(
    "--label-column",
    help="标签所在的列名：service、commercial、public-interest、prohibited，其后可写 /行业 或 /种类"
    " | the column of the label: one of these classes; /TRADE or /KIND may follow",
)
_GROUP: Final = typer.Option(
    "--group-column",
    help="近似短信同组的列名，同组不拆分 | the column of the group of near-duplicates, which is never split",
)


def train(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="MODEL", help="写入的模型文件 | the model file to write")],
    file: Annotated[list[Path] | None, _FILE] = None,
    column: Annotated[str, _COLUMN] = "text",
    label_column: Annotated[str, _LABEL] = "label",
    group_column: Annotated[str, _GROUP] = "",
    prose: Annotated[
        list[Path] | None,
        typer.Option(
            "--prose",
            help="不含推广的普通文字，每行一段，可多次给出 | ordinary prose with no offer in it, a line each",
        ),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="模型名称 | what the model is called")] = "own",
    edition: Annotated[str, typer.Option("--edition", help="模型版本 | its version")] = "1",
    as_json: Annotated[bool, typer.Option("--json", help="输出一行 JSON | print one line of JSON")] = False,
) -> None:
    """用自有标注短信与本软件自带的各家手笔训练模型 | Train a model on labelled messages beside the hands that ship.

    带标注的短信按组分为四份，每份由其余三份训练的权重来判，错误如实列出。
    Labelled messages are parted by group into four; each part is judged by weights from the others, its errors told.
    """
    from anning.content.judge import rules_of
    from anning.content.trained import Model
    from anning.content.training.corpus import LABELLED, own_samples, training_samples
    from anning.content.training.fit import fit
    from anning.content.training.sources import prose as read_prose

    others = [*_labelled(file or (), column, label_column, group_column)]
    others += read_prose(prose or [], _PROSE)
    show.say(
        f"训练中，约一两分钟：外来短信 {len(others)} 条", f"training, a minute or two: {len(others)} messages given"
    )
    fitted = fit(training_samples(others), own_samples("calibrate"), rules=rules_of, name=name, version=edition)
    _write(out, fitted.data)
    model = Model(fitted.data, out.name)
    mine = [(sample, score) for sample, score in fitted.unseen if sample.source == LABELLED]
    wrong = [(sample, score) for sample, score in mine if (score >= _EVEN) is not sample.unwanted]
    if as_json:
        show.as_json(
            {
                "model": model.named,
                "model_hash": model.hash,
                "trained_on": model.card.trained_on,
                "labelled_unseen": len(mine),
                "labelled_wrong": [
                    {"text": sample.text, "label": str(sample.klass), "score": round(score, 4)}
                    for sample, score in wrong
                ],
            }
        )
        return
    show.say(f"模型 {model.named}，哈希 {model.hash}", f"model {model.named}, hash {model.hash}")
    for source, count in model.card.trained_on.items():
        show.line("  ", f"{source}：{count} 条", f"{source}: {count} messages")
    if mine:
        show.say(
            f"自有短信 {len(mine)} 条，未经其训练的权重判错 {len(wrong)} 条",
            f"{len(mine)} messages of the lists; {len(wrong)} judged wrong by weights that had not seen them",
        )
    for sample, score in wrong[:_SHOWN]:
        show.line(f"  {score:.2f}  {sample.klass}  {sample.text[:60]}\n", "", "")


_PROSE: Final = 15_000
_EVEN: Final = 0.5
_SHOWN: Final = 20


def eval_(
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", metavar="MODEL", help="模型文件，缺省为自带模型 | a model file; by default the one that ships"
        ),
    ] = None,
    file: Annotated[list[Path] | None, _FILE] = None,
    column: Annotated[str, _COLUMN] = "text",
    label_column: Annotated[str, _LABEL] = "label",
    group_column: Annotated[str, _GROUP] = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="结果另存为 JSON | write the result as JSON too")
    ] = None,
    figures_only: Annotated[
        bool,
        typer.Option("--figures-only", help="只要数字，不含短信原文与字词 | figures alone, no text of any message"),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出一行 JSON | print one line of JSON")] = False,
) -> None:
    """评估模型：未参与训练的各家手笔，或带标注的名单 | Try a model on hands it was not made from, or on lists.

    给出误判与漏判、混淆矩阵、校准、各模板族的错误、起决定作用的字词；服务短信误判率附 95% 置信上限与模板族数。
    """
    from anning.content.trained import built_in, load_model
    from anning.content.training.evaluate import evaluate, evaluate_on_hands

    judged_by = built_in() if model is None else _loaded(model, load_model)
    if file:
        samples = list(_labelled(file, column, label_column, group_column))
        if not samples:
            raise InvalidInput("名单里没有带标签的短信", "no labelled message in the list", thing=str(file[0]))
        report = evaluate(samples, judged_by, source=", ".join(path.name for path in file))
    else:
        report = evaluate_on_hands(judged_by)
    if figures_only:
        report = msgspec.structs.replace(report, families=(), wrong=(), deciding={})
    if out is not None:
        _write(out, msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    if as_json:
        show.as_json(report)
    else:
        from anning.cli.content_report import tell

        tell(report)


def _labelled(files: Sequence[Path], text: str, label: str, group: str) -> Iterator[Any]:
    from anning.content.training.sources import labelled
    from anning.tables import read_columns

    wanted = {"column": text, "label-column": label, **({"group-column": group} if group else {})}
    for path in files:
        rows = read_columns(path, wanted)
        yield from labelled(((*row, "") if len(row) == 2 else row for row in rows), path.name)  # type: ignore[misc]


def _loaded(path: Path, load: Any) -> Any:
    try:
        return load(path)
    except OSError as error:
        raise InvalidFile(
            f"模型文件 {path} 无法读取：{error.strerror}", f"the model file {path} cannot be read: {error.strerror}",
            thing=str(path), field="model",
        ) from error  # fmt: skip


def _write(path: Path, data: bytes) -> None:
    """The whole file or none: written beside its place and put there at the end."""
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        raise InvalidFile(
            f"{path} 无法写入：{error.strerror}",
            f"{path} cannot be written: {error.strerror}",
            thing=str(path),
            field="out",
        ) from error
