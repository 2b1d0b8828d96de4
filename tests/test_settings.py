"""Settings come from the environment and .env; a name or value that does not fit is refused."""

import re
from pathlib import Path

import pytest

from backend.domain.errors import InvalidInput
from backend.settings import Settings, load_settings, variable


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_store_is_a_sqlite_file_in_the_data_folder(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    assert settings.store_url == f"sqlite:///{tmp_path / 'backproof.sqlite'}"


def test_lists_and_shares_are_read_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROOF_PRICES", "sample, file")
    monkeypatch.setenv("BACKPROOF_SPLIT", "60/20/20")
    settings = load_settings()
    assert settings.prices == ("sample", "file")
    assert settings.shares == (0.6, 0.2, 0.2)


def test_the_env_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BACKPROOF_SPLIT=40/30/30\nOPENAI_API_KEY=of-another-program\n")
    assert load_settings().split == (40, 30, 30)


@pytest.mark.parametrize("where", ["environment", "file"])
def test_an_unknown_name_is_refused_with_the_nearest_one(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "environment":
        monkeypatch.setenv("BACKPROOF_SPLITS", "50/20/30")
    else:
        (tmp_path / ".env").write_text("BACKPROOF_SPLITS=50/20/30\n")
    with pytest.raises(InvalidInput, match="no setting BACKPROOF_SPLITS") as caught:
        load_settings()
    assert "BACKPROOF_SPLIT" in caught.value.hint


@pytest.mark.parametrize("shares", ["50/50", "50/20/20", "100/0/0", "a/b/c"])
def test_shares_that_do_not_divide_a_history_are_refused(shares: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROOF_SPLIT", shares)
    with pytest.raises(InvalidInput, match="BACKPROOF_SPLIT"):
        load_settings()


def test_the_example_file_names_every_setting() -> None:
    example = (Path(__file__).parent.parent / ".env.example").read_text()
    named = {line.removeprefix("# ").split("=")[0] for line in example.splitlines() if re.match(r"# [A-Z_]+=", line)}
    assert named == {variable(name) for name in Settings.model_fields}


def test_secrets_show_in_no_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_SECRET_KEY", "sb_secret_9f8e7d6c")
    monkeypatch.setenv("REDDIT_CLIENT_SECRET", "hush-hush")
    settings = load_settings()
    assert settings.supabase_secret_key.get_secret_value() == "sb_secret_9f8e7d6c"
    assert "9f8e7d6c" not in f"{settings!r}{settings}"
    assert "hush" not in f"{settings!r}{settings}"
