"""The guide to the HTTP API: every block of it is run, against a server of its own, and prints what the guide shows."""

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
IN_FOLDER = ".venv/bin/backproof "
PROGRAM = Path(sys.executable).with_name("backproof")
SERVE = f"{IN_FOLDER}serve"
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


@pytest.fixture
def port(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where the server listens that the first block of the guide starts."""
    port = free_port()
    start, *_ = blocks(port)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("BACKPROOF_DATA_DIR", str(own_home / "data"))
    server = subprocess.Popen(["bash", "-euc", here(start.text.replace(SERVE, f"exec {SERVE} --port {port}"))])
    try:
        assert wait_until(lambda: answers(port) or server.poll() is not None)
        yield port
    finally:
        server.terminate()
        server.wait(60)


def here(script: str) -> str:
    """The script with the program of this checkout in place of the one in the reader's folder."""
    return script.replace(IN_FOLDER, f"{PROGRAM} ")


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
def test_every_block_prints_what_is_shown(port: int) -> None:
    _, *others = blocks(port)
    differing = [
        f"{block.text}\nprinted:\n{said}\nand the guide shows:\n{block.shown}"
        for language in ("sh", "python")
        for block, said in printed([block for block in others if block.language == language])
        if block.shown is not None and not matches(block.shown, said)
    ]
    assert "\n".join(differing) == ""


def printed(of_one_language: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """Each block with what it prints, one after the other in one shell or one Python."""
    texts = [block.text for block in of_one_language]
    return zip(of_one_language, outputs(of_one_language[0].language, texts), strict=True)


def outputs(language: str, texts: Sequence[str]) -> list[str]:
    end = f"echo '{END}'" if language == "sh" else f"print('{END}')"
    command = ["bash", "-euo", "pipefail", "-c"] if language == "sh" else [sys.executable, "-c"]
    script = here("".join(f"{text}\n{end}\n" for text in texts))
    ended = subprocess.run([*command, script], capture_output=True, text=True, check=False, timeout=180)
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
