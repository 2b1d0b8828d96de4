"""The reference shows how a strategy file is written, with an example that works."""

import json

from backend.domain.spec import StrategySpec
from backend.language import FUNCTIONS, compile_spec
from tests.cli.conftest import Backproof


def test_the_document_holds_every_function_and_a_working_example(backproof: Backproof) -> None:
    ended = backproof("language", "--json")
    document = json.loads(ended.stdout)
    assert (ended.code, ended.stderr) == (0, "")
    assert [function["name"] for function in document["functions"]] == [*FUNCTIONS, "of"]
    assert compile_spec(StrategySpec.model_validate(document["example"])).warmup > 0
    assert document["spec_schema"]["title"] == "StrategySpec"


def test_people_read_signatures_and_examples(backproof: Backproof) -> None:
    shown = backproof("language").stdout
    assert "sma(x, n)" in shown
    assert "e.g. close > sma(close, 50)" in shown
    assert '"long_entry": "close > trend and rsi(close, 14) < 40"' in shown
