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
