"""A strategy file is checked: what it does when it is good, where it fails when it is not."""

import json
from pathlib import Path

import pytest

from backend.language import spec_hash
from tests.cli.conftest import Backproof
from tests.cli.samples import SPEC

CALM = SPEC.model_copy(update={"long_entry": 'close > trend and sentiment("reddit") < 0.4'})


@pytest.fixture
def spec_file(own_home: Path) -> Path:
    path = own_home / "spec.json"
    path.write_text(CALM.model_dump_json(), encoding="utf-8")
    return path


def test_a_good_file_shows_what_it_does(backproof: Backproof, spec_file: Path) -> None:
    ended = backproof("strategies", "validate", str(spec_file), "--json")
    document = json.loads(ended.stdout)
    assert (ended.code, ended.stderr) == (0, "")
    assert document["valid"] is True
    assert document["spec_hash"] == spec_hash(CALM)
    assert document["channels"] == ["reddit"]
    assert document["warmup"] == 119  # the mean of 120 closes is known from the 120th bar on
    assert "long_entry: close > sma(close, 120)" in document["canonical"]
    assert backproof("strategies", "validate", str(spec_file)).stdout.startswith("Valid.")


def test_what_nothing_reads_is_noticed(backproof: Backproof, spec_file: Path) -> None:
    assert json.loads(backproof("strategies", "validate", str(spec_file), "--json").stdout)["notices"] == []
    idle = CALM.model_copy(update={"long_entry": "close > open", "long_exit": "close < open"})
    spec_file.write_text(idle.model_dump_json(), encoding="utf-8")
    assert 'No expression reads "trend"' in backproof("strategies", "validate", str(spec_file)).stdout


def test_the_caret_stands_below_the_fault(backproof: Backproof, spec_file: Path) -> None:
    faulty = CALM.model_copy(update={"long_entry": "close > trand"})
    spec_file.write_text(faulty.model_dump_json(), encoding="utf-8")
    ended = backproof("strategies", "validate", str(spec_file))
    assert (ended.code, ended.stdout) == (2, "")
    _, expression, marker, hint = ended.stderr.splitlines()
    assert expression[marker.index("^") : marker.rindex("^") + 1] == "trand"
    assert '"trend"' in hint


def test_a_missing_file_is_not_found(backproof: Backproof) -> None:
    ended = backproof("strategies", "validate", "gone.json", "--json")
    assert ended.code == 3
    assert json.loads(ended.stdout)["error"]["type"] == "NotFound"


def test_strategies_are_added_listed_and_shown(backproof: Backproof, spec_file: Path) -> None:
    added = backproof("strategies", "add", str(spec_file), "--json")
    document = json.loads(added.stdout)
    assert (added.code, added.stderr, document["kind"]) == (0, "", "own")
    shown = backproof("strategies", "show", CALM.name, "--json")
    assert json.loads(shown.stdout) == document
    listed = json.loads(backproof("strategies", "list", "--json").stdout)["strategies"]
    assert [line["strategy_id"] for line in listed][:2] == [document["strategy_id"], "starter_golden_cross"]
    assert len(listed) == 13
    again = backproof("strategies", "add", str(spec_file), "--json")
    assert (again.code, json.loads(again.stdout)["error"]["type"]) == (2, "Conflict")


def test_a_starter_is_shown_and_may_be_changed_in_a_file(backproof: Backproof, own_home: Path) -> None:
    assert "comes with Backproof" in backproof("strategies", "show", "Golden cross").stdout
    shown = json.loads(backproof("strategies", "show", "starter_golden_cross", "--json").stdout)
    copy = own_home / "copy.json"
    copy.write_text(json.dumps(shown["spec"] | {"name": "Silver cross"}), encoding="utf-8")
    told = backproof("strategies", "add", str(copy)).stdout
    assert "backproof backtest run --strategy str_" in told
    assert "Silver cross" in backproof("strategies", "list").stdout


def test_an_unknown_strategy_is_told_with_what_resembles_it(backproof: Backproof) -> None:
    ended = backproof("strategies", "show", "golden_cross")
    assert ended.code == 3
    assert 'did you mean "Golden cross" or "starter_golden_cross"?' in ended.stderr
