"""Settings come from the environment and .env; a name or value that does not fit is refused."""

import re
from datetime import date
from pathlib import Path

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.models import Budget, ModelPrice, Tokens
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


MODEL = "openai:some-model"


def test_without_anything_stated_the_built_in_search_works_and_no_model_can_be_asked() -> None:
    settings = load_settings()
    assert settings.strategist == "builtin"
    assert settings.lacks_key


def test_a_well_known_model_has_its_price_and_cutoff_and_so_has_a_dated_one() -> None:
    choice = load_settings(model="openai:gpt-5.4-mini-2026-03-17").model_choice
    assert choice.knowledge_cutoff == date(2025, 8, 31)
    assert choice.price is not None
    # a million tokens in, a quarter of them out of the cache, and a million out: 0.75 x 0.75 + 0.25 x 0.075 + 4.50
    spent = choice.price.of(Tokens(input=1_000_000, cached=250_000, output=1_000_000))
    assert spent == pytest.approx(0.75 * 0.75 + 0.25 * 0.075 + 4.50)


@pytest.mark.parametrize(
    "written",
    [
        f"{MODEL}=0.25/2.0/0.025, other:model=1/2",
        f'{{"{MODEL}": {{"input": 0.25, "output": 2.0, "cached_input": 0.025}}}}',
    ],
)
def test_prices_are_stated_in_short_or_as_json(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROOF_MODEL_PRICES", written)
    monkeypatch.setenv("BACKPROOF_MODEL_CUTOFFS", f"{MODEL}=2025-01-31")
    choice = load_settings(model=MODEL).model_choice
    assert choice.price == ModelPrice(input=0.25, output=2.0, cached_input=0.025)
    assert choice.knowledge_cutoff == date(2025, 1, 31)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BACKPROOF_MODEL_PRICES", f"{MODEL}=free"),
        ("BACKPROOF_MODEL_PRICES", f"{MODEL}=-1/2"),
        ("BACKPROOF_MODEL_PRICES", f"{MODEL}=1"),
        ("BACKPROOF_MODEL_PRICES", '{"a'),
        ("BACKPROOF_MODEL_PRICES", "0.1/0.2"),
        ("BACKPROOF_MODEL_CUTOFFS", f"{MODEL}=last summer"),
        ("BACKPROOF_MODEL", "some-model"),
        ("BACKPROOF_MODEL", "openai:"),
        ("BACKPROOF_MODEL_OUTPUT", "prose"),
        ("BACKPROOF_STRATEGIST", "chatty"),
        ("BACKPROOF_BUDGET_USD", "0"),
        ("BACKPROOF_BUDGET_TOKENS", "many"),
        ("BACKPROOF_MODEL_RETRIES", "1000"),
        ("OPENAI_BASE_URL", "localhost:11434"),
        ("OPENAI_BASE_URL", "https://somebody:hush-hush@host/v1"),
        ("OPENAI_BASE_URL", "https://host/v1?api-key=hush-hush"),
    ],
)
def test_what_cannot_hold_for_a_model_is_refused_by_name_and_not_repeated(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInput, match=name) as caught:
        load_settings()
    assert "hush" not in str(caught.value)


def test_another_server_needs_no_key_and_has_no_price_unless_stated() -> None:
    settings = load_settings(openai_base_url="http://localhost:11434/v1/")
    assert not settings.lacks_key
    assert settings.model_choice.endpoint == "http://localhost:11434/v1"
    assert settings.model_choice.price is None
    assert settings.budget.usd is None


def test_a_session_may_spend_a_dollar_unless_something_else_is_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().budget == Budget(usd=1.0)
    monkeypatch.setenv("BACKPROOF_BUDGET_USD", "")
    assert load_settings().budget.usd == 1.0
    monkeypatch.setenv("BACKPROOF_BUDGET_USD", "none")
    assert load_settings().budget.usd is None
    monkeypatch.setenv("BACKPROOF_BUDGET_USD", "0.5")
    # stated dollars stay, so that a session with a model of unknown price can be refused
    assert load_settings(model=MODEL).budget.usd == 0.5
