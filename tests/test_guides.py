"""What the pages show can be done: each command exists with its options, and each strategy compiles."""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from backend.cli.app import command_tree
from backend.domain.spec import StrategySpec
from backend.language import compile_spec
from tests.tree import project_files, text_of

PAGES = [path for path in project_files() if path.suffix == ".md"]


def blocks(kind: str) -> list[str]:
    fence = re.compile(rf"^```{kind}\n(.*?)^```", re.M | re.S)
    return [block for page in PAGES for block in fence.findall(text_of(page))]


def commands_shown() -> Iterator[str]:
    for block in blocks("sh"):
        yield from (line for line in block.splitlines() if line.startswith(".venv/bin/backproof "))
    for page in PAGES:
        yield from re.findall(r"`(backproof [a-z][^`]*)`", text_of(page))


@pytest.mark.parametrize("line", sorted(set(commands_shown())))
def test_a_command_that_is_shown_exists(line: str) -> None:
    command: Any = command_tree()
    words = shlex.split(line)[1:]
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands, f"{command.name} has no command {words[0]}"
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_pages_show_commands() -> None:
    assert len(set(commands_shown())) > 5


@pytest.mark.parametrize("text", blocks("json"))
def test_a_strategy_that_is_shown_compiles(text: str) -> None:
    assert compile_spec(StrategySpec.model_validate(json.loads(text))).warmup > 0
