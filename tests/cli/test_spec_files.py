"""A strategy file that cannot be used is refused with the place and what would be right."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.cli.spec_files import read_spec
from backend.domain.errors import InvalidInput, NotFound
from tests.cli.samples import SPEC

GOOD: dict[str, Any] = {"name": "a", "long_entry": "close > 1"}


def _file(folder: Path, content: Any) -> Path:
    path = folder / "spec.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_strategy_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_spec(_file(tmp_path, SPEC.model_dump_json())) == SPEC


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8-sig")
    assert read_spec(path).name == "a"


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ('{"name": "a",\n "long_entry" "x"}', "line 2, column 15: expecting ':' delimiter", ""),
        ("[1, 2]", "holds no strategy", ""),
        ('{"name": NaN}', "A strategy holds no NaN.", ""),
        ('{"version": ' + "9" * 5000 + "}", "holds a number that is too long to read.", "fewer digits"),
        ({"name": None, "long_entry": "close > 1"}, 'the field "name" is null; it must be a text.', ""),
        ({"long_entry": "close > 1"}, 'the field "name" is missing.', ""),
        ({"name": "a"}, "a strategy needs a long_entry or a short_entry.", ""),
        (GOOD | {"long_exot": "x"}, 'there is no field "long_exot".', 'did you mean "long_exit"'),
        (GOOD | {"risk": {"stop_los": 0.1}}, 'there is no field "risk.stop_los".', 'did you mean "stop_loss"'),
        (GOOD | {"series": [{"name": "x", "expr": "1"}]}, 'the field "series[0].expression" is missing.', ""),
        (GOOD | {"risk": {"stop_loss": 2}}, 'the field "risk.stop_loss" is 2; it must be below 1.', ""),
        (
            GOOD | {"parameters": [{"name": "n", "kind": "int", "value": 9, "low": 1, "high": 5}]},
            "parameters[0]: parameter n: value 9 is not within 1..5.",
            "",
        ),
        (
            GOOD | {"parameters": [{"name": "n", "kind": "int", "value": 9, "low": 50, "high": 6}]},
            "parameters[0]: parameter n: its low 50 is above its high 6.",
            "",
        ),
    ],
)
def test_a_bad_file_is_refused_naming_the_place(tmp_path: Path, content: Any, message: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_spec(_file(tmp_path, content))
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"There is no file .*gone\.json"):
        read_spec(tmp_path / "gone.json")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read: is a directory"):
        read_spec(tmp_path)


def test_a_binary_file_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_bytes(b'{"name": "\xff"}')
    with pytest.raises(InvalidInput, match=r"is not UTF-8 text \(byte 10\)"):
        read_spec(path)
