"""Misspelt settings, ids, commands and options: each names the likely one."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Backproof
from tests.faults.conftest import Refused

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.mark.parametrize(
    ("name", "value", "sentence", "hint"),
    [
        ("BACKPROOF_DATADIR", "x", "There is no setting BACKPROOF_DATADIR.", "BACKPROOF_DATA_DIR"),
        ("BACKPROOF_LOCK_TIMEOUT", "-1", "BACKPROOF_LOCK_TIMEOUT is not valid", "backproof settings"),
        ("BACKPROOF_SPLIT", "50/20", "BACKPROOF_SPLIT is not valid", "backproof settings"),
        ("BACKPROOF_SPLIT", "50/20/40", "add up to 100", "backproof settings"),
        ("BACKPROOF_STRATEGIST", "gpt", "BACKPROOF_STRATEGIST is not valid", "backproof settings"),
        ("BACKPROOF_MODEL", "luna", "BACKPROOF_MODEL is not valid: write its provider, a colon", "backproof settings"),
        ("BACKPROOF_LOG_LEVEL", "loud", "BACKPROOF_LOG_LEVEL is not valid", "backproof settings"),
        ("BACKPROOF_DATABASE_URL", "rubbish", "database URL cannot be read", "sqlite:///"),
        ("BACKPROOF_DATABASE_URL", "mysql://me:secret@h/x", 'of the kind "mysql"', "postgresql"),
        ("BACKPROOF_PRICES", "sampel", 'There is no price source "sampel".', 'did you mean "sample"'),
        ("BACKPROOF_POSTS", "sampel", 'There is no post source "sampel".', 'did you mean "sample"'),
        ("BACKPROOF_SCORER", "finance_lexikon", 'There is no scorer "finance_lexikon".', '"finance_lexicon"'),
    ],
)
def test_a_setting_that_does_not_fit_is_named(
    refused: Refused, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str, hint: str
) -> None:
    monkeypatch.setenv(name, value)
    told = refused(2, "iterate", "momentum on AAPL")
    assert sentence in told[0]
    assert hint in told[1]
    assert "secret" not in told[0] + told[1]


def test_a_data_folder_set_to_nothing_is_the_usual_one(
    backproof: Backproof, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    monkeypatch.setenv("BACKPROOF_DATA_DIR", "")
    assert backproof("sessions", "list").code == 0
    assert (own_home / "share" / "backproof" / "backproof.sqlite").exists()
    assert not list(own_home.glob("*.sqlite"))


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["sessions", "show", "ses_none"], "session"),
        (["sessions", "events", "ses_none", "--follow"], "session"),
        (["sessions", "cancel", "ses_none"], "session"),
        (["sessions", "resume", "ses_none"], "session"),
        (["bots", "save", "ses_none", "--name", "x"], "session"),
        (["bots", "show", "bot_none"], "bot"),
        (["backtest", "show", "run_none"], "backtest"),
        (["backtest", "compare", "run_none", "run_nine"], "backtest"),
    ],
)
def test_an_unknown_id_is_not_found(refused: Refused, arguments: list[str], what: str) -> None:
    sentence, hint = refused(3, *arguments)
    assert sentence.startswith(f'There is no {what} "')
    assert hint.startswith("list those there are: `backproof ")


@pytest.mark.slow
def test_an_id_with_a_slip_names_the_likely_one(backproof: Backproof, refused: Refused) -> None:
    session_id = json.loads(backproof("iterate", "momentum", "--json").stdout)["session_id"]
    slipped = session_id[:-1] + ("0" if session_id[-1] != "0" else "1")
    assert f'did you mean "{session_id}"?' in refused(3, "sessions", "show", slipped)[1]
    assert f'did you mean "{session_id}"?' in refused(3, "sessions", "resume", slipped)[1]


@pytest.mark.slow
def test_a_rejected_strategy_that_is_kept_all_the_same_is_called_rejected(backproof: Backproof) -> None:
    request = "momentum on AAPL, Sharpe above 6"
    years = ("--start", "2005-01-03", "--end", "2007-12-31", "--iterations", "1")
    ended = backproof("iterate", request, *years, "--save-bot", "impossible", "--json")
    assert ended.code == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert document["verdict"]["outcome"] == "rejected"
    bot = json.loads(backproof("bots", "show", document["bot_id"], "--json").stdout)
    assert bot["verdict"]["outcome"] == "rejected"
    assert bot["metrics"]["holdout"] is None
    assert "rejected" in backproof("bots", "list").stdout
