"""Settings: every one is explained in both languages, and wrong ones are refused."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest
from pydantic import ValidationError

from anning.errors import InvalidInput
from anning.settings import Settings, read_settings


def test_every_setting_is_explained_in_chinese_and_english() -> None:
    for name, field in Settings.model_fields.items():
        zh, _, en = (field.description or "").partition(" | ")
        assert any("\u4e00" <= character <= "\u9fff" for character in zh), name
        assert en.strip().endswith("."), name


def test_the_defaults_keep_everything_in_var(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ANNING_{name.upper()}", raising=False)
    settings = Settings()
    assert settings.database == "sqlite:///var/anning.db"
    assert settings.segments == Path("var/segments")


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANNING_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ANNING_DATABASE_URL", "postgresql://anning@db/anning")
    monkeypatch.setenv("ANNING_GROUP_COMMIT_MAX", "8")
    settings = Settings()
    assert settings.database == "postgresql://anning@db/anning"
    assert settings.segments == tmp_path / "segments"
    assert settings.group_commit_max == 8


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "mysql://x"), ("GROUP_COMMIT_MAX", "0"), ("LANGUAGE", "fr"), ("WRITER_WAIT", "-1")],
)
def test_wrong_values_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ANNING_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(
    "url", ["mysql://anning:hunter2@db/anning", "hunter2", " postgresql://anning:hunter2@db/anning"]
)
def test_a_refused_address_is_not_repeated(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ANNING_DATABASE_URL", url)
    with pytest.raises(InvalidInput) as refused:
        read_settings()
    assert (refused.value.thing, refused.value.rule) == ("ANNING_DATABASE_URL", "setting")
    with pytest.raises(ValidationError) as raw:
        Settings()
    said = "".join(traceback.format_exception(refused.value)) + str(refused.value) + str(raw.value)
    assert "hunter2" not in said


def test_settings_shown_keep_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNING_DATABASE_URL", "postgresql://anning:hunter2@db/anning")
    assert "hunter2" not in f"{Settings()!r} {Settings()}"


def test_other_refused_values_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNING_LANGUAGE", "fr")
    with pytest.raises(InvalidInput, match="fr"):
        read_settings()
