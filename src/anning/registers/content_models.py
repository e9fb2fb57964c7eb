"""Files of content models that the journal vouches for by their hash (启用模型的存放), below the folder of segments."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from anning.content.trained import Model, load_model
from anning.errors import InvalidFile, Unavailable
from anning.journal.folders import flush, make_folder

FOLDER: Final = "models"


def path_of(folder: Path, model: str) -> Path:
    """Where the file of a model is kept; `folder` is that of the segments."""
    return folder / FOLDER / f"{model}.model"


def keep_model(folder: Path, file: Path) -> Model:
    """Keep a model's file where gates look for it: whole and on disk, or not at all.

    Raises:
        InvalidFile: it is no model, or cannot be read.
        Unavailable: it cannot be kept.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InvalidFile(
            f"模型文件 {file} 无法读取：{error.strerror}", f"the model file {file} cannot be read: {error.strerror}",
            thing=str(file), field="model",
        ) from error  # fmt: skip
    model = Model(data, file.name)
    kept = path_of(folder, model.hash)
    unfinished = kept.with_name(f"{kept.name}.{os.getpid()}.unfinished")
    make_folder(kept.parent)
    try:
        unfinished.write_bytes(data)
        flush(unfinished)
        unfinished.replace(kept)
        flush(kept.parent)
    except OSError as error:
        raise Unavailable(
            f"模型无法存入 {kept}：{error.strerror}", f"the model cannot be kept at {kept}: {error.strerror}",
            thing=str(kept),
        ) from error  # fmt: skip
    return model


def model_in_force(folder: Path | None, model: str) -> Model:
    """The model of that hash, from where `keep_model` put it.

    Raises:
        InvalidFile: the file is another, or damaged.
        OSError: there is none.
    """
    if folder is None:
        raise FileNotFoundError(model)
    found = load_model(path_of(folder, model))
    if found.hash != model:
        raise InvalidFile(
            f"模型文件 {model} 的内容与其哈希不符", f"the file of the model {model} does not have that hash",
            thing=model, field="model", rule="sha-256",
        )  # fmt: skip
    return found
