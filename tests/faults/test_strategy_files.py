"""Strategy files that cannot be run are refused alike by the check and by the run."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Backproof
from tests.faults.conftest import Refused

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.mark.parametrize(
    ("entry", "sentence", "hint"),
    [
        ("lag(close, -1) > close", "long_entry, column", ""),
        ("shift(close, -1) > close", 'there is no function "shift"', "lag"),
        ("close[1] > open", "there is no indexing", "lag(close, 1)"),
        ("close > 100", "a price and a number do not go together", "adjusted prices"),
        ("smaa(close, 20) > close", 'there is no function "smaa"', 'did you mean "sma"'),
        ("close > sma(close, 99999)", "is 99999", "1..5000"),
        ("(" * 500 + "close > open" + ")" * 500, "1012 characters; 400 are allowed", "named series"),
        ("not " * 90 + "close > open", "", ""),
        ("(" * 190 + "close > open" + ")" * 190, "", ""),
        ("__import__('os').system('id') > 1", "there are no attributes", ""),
        ("close > sma(close, 10**10)", "operator is not part", "+ - * /"),
        ("close > open \N{ROCKET}", "is not part of the language", "ASCII"),
        ("", "long_entry", ""),
    ],
)
def test_an_expression_is_refused(refused: Refused, tmp_path: Path, entry: str, sentence: str, hint: str) -> None:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps({"name": "x", "long_entry": entry, "long_exit": "close < open"}), encoding="utf-8")
    checked = refused(2, "strategies", "validate", str(file))
    assert sentence in checked[0]
    assert hint in checked[1]
    assert refused(2, "backtest", "run", "--spec", str(file), "--symbols", "AAPL") == checked


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not JSON: line 1, column 1"),
        (b"\x00\x01\xff\xfe\x89PNG", "is not UTF-8 text"),
        (b"\x00" * 50, "is not JSON"),
        (b"[" * 100_000, "nests too deeply"),
        (b'{"name": ' * 100_000, "nests too deeply"),
        (b'{"name": "\\u001b[31m", "long_entry": "close > open"}', "control character U+001B"),
        (b'{"name": 5, "long_entry": "close > open"}', 'the field "name" is 5; it must be a text.'),
        (b'{"name": "x", "long_entri": "close > open"}', 'there is no field "long_entri"'),
    ],
)
def test_a_file_that_holds_no_strategy_is_refused(
    refused: Refused, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "spec.json"
    file.write_bytes(content)
    assert sentence in refused(2, "strategies", "validate", str(file))[0]


def test_a_folder_and_a_missing_file_are_told(refused: Refused, tmp_path: Path) -> None:
    assert "is a directory" in refused(2, "strategies", "validate", str(tmp_path))[0]
    assert "There is no file" in refused(3, "strategies", "validate", str(tmp_path / "gone.json"))[0]


@pytest.fixture
def spec_file(tmp_path: Path) -> str:
    file = tmp_path / "spec.json"
    file.write_text('{"name": "x", "long_entry": "close > sma(close, 20)"}', encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        ("--capital -5", 2, "--capital is -5; it must be above 0."),
        ("--capital nan", 2, "--capital is nan; it must be a finite number."),
        ("--capital abc", 2, "'--capital'"),
        ("--commission 2", 2, "--commission is 2; it must be below 0.5."),
        ("--slippage -1", 2, "--slippage is -1; it must be at least 0."),
        ("--symbols ,", 2, "A backtest needs a symbol."),
        ("--symbols AAPL,AAPLL", 4, "No source has 1d prices of AAPLL"),
        ("--symbols AAPL,MSFT --max-positions 3", 2, "there are only 2 symbols to hold"),
        ("--symbols AAPLL", 4, "No source has 1d prices of AAPLL."),
        ("--timeframe 1h", 4, "No source has 1h prices of AAPL."),
        ("--start 2010-01-01 --end 2009-01-01", 2, "is before the start"),
        ("--start 2050-01-01", 4, "from 2050-01-01 on"),
        ("--end 1950-01-01", 4, "up to 1950-01-01"),
        ("--start 2008-01-05 --end 2008-01-06", 4, "There is no trading session from 2008-01-05 to 2008-01-06."),
        ("--start 2000-03-01 --end 2000-03-10", 2, "to warm up"),
    ],
)
def test_a_run_that_cannot_be_is_refused_and_not_counted(
    backproof: Backproof, refused: Refused, spec_file: str, options: str, code: int, sentence: str
) -> None:
    run = ("backtest", "run", "--spec", spec_file, "--symbols", "AAPL")
    assert sentence in refused(code, *run, *options.split())[0]
    assert json.loads(backproof("backtest", "list", "--json").stdout) == {"runs": []}
