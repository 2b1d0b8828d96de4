"""The guide to the HTTP API: every block of it is run, against a server of its own, and prints what the guide shows."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from tests.servers.waiting import free_port, wait_until
from tests.tree import ROOT

GUIDE = ROOT / "docs" / "guides" / "http-api.md"
PORT = "8000"
"""The port in the guide; a free one takes its place."""

END = "--- end of block ---"
SERVE = ".venv/bin/backproof serve"
ANYTHING = "..."
"""In what the guide shows, stands for what differs each time."""


class Block(NamedTuple):
    """A piece of the guide that can be run, and what it is said to print; None where nothing is said."""

    language: str
    text: str
    shown: str | None


def blocks(port: int) -> list[Block]:
    fences = re.findall(r"^```(\w+)\n(.*?)^```", GUIDE.read_text().replace(f":{PORT}", f":{port}"), re.M | re.S)
    following = [*fences[1:], ("", "")]
    return [
        Block(language, text, shown if kind == "text" else None)
        for (language, text), (kind, shown) in zip(fences, following, strict=True)
        if language != "text"
    ]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the server listens that the first block of the guide starts."""
    port = free_port()
    start, *_ = blocks(port)
    home = tmp_path_factory.mktemp("guide")
    environment = os.environ | {"BACKPROOF_DATA_DIR": str(home)}
    script = start.text.replace(SERVE, f"exec {ROOT / SERVE} --port {port}")
    server = subprocess.Popen(["bash", "-euc", script], cwd=home, env=environment)
    try:
        assert wait_until(lambda: answers(port) or server.poll() is not None)
        yield port
    finally:
        server.terminate()
        server.wait(60)


def answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/healthz").is_success
    except httpx2.TransportError:
        return False


def test_the_guide_starts_the_server_first() -> None:
    start, *others = blocks(8001)
    assert SERVE in start.text.splitlines()
    assert {block.language for block in others} == {"sh", "python"}
    assert sum(block.shown is not None for block in others) > len(others) / 2


@pytest.mark.slow
def test_every_block_prints_what_is_shown(port: int, own_home: Path) -> None:
    _, *others = blocks(port)
    for language in ("sh", "python"):
        of_one = [block for block in others if block.language == language]
        printed = outputs(language, [block.text for block in of_one])
        for block, said in zip(of_one, printed, strict=True):
            if block.shown is not None:
                assert matches(block.shown, said), (
                    f"{block.text}\nprinted:\n{said}\nand the guide shows:\n{block.shown}"
                )


def outputs(language: str, texts: Sequence[str]) -> list[str]:
    """What each of these blocks prints, one after the other in one shell or one Python."""
    end = f"echo '{END}'" if language == "sh" else f"print('{END}')"
    command = ["bash", "-euo", "pipefail", "-c"] if language == "sh" else [sys.executable, "-c"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    script = "".join(f"{text}\n{end}\n" for text in texts)
    ended = subprocess.run(
        [*command, script], env=environment, capture_output=True, text=True, check=False, timeout=180
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.split(f"{END}\n")[:-1]


def matches(shown: str, printed: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in shown.strip().split(ANYTHING))
    return re.fullmatch(pattern, printed.strip(), re.S) is not None


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [("a ... c\n", "a b c", True), ("a ...", "b c", False), ("a", "a b", False), ("a.c", "abc", False)],
)
def test_dots_stand_for_anything(shown: str, printed: str, same: bool) -> None:
    assert matches(shown, printed) == same
