"""Starts modules as processes forked from one that has done the imports, which saves three seconds of each start."""

import ctypes
import inspect
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests.fork_server import LONGEST, READY, Order
from tests.tree import ROOT

PR_SET_CHILD_SUBREAPER = 36
"""See ``man 2 prctl``."""


def start(
    module: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stdin: int | None = None,
) -> "subprocess.Popen[str]":
    """``python -m module arguments`` with its output in pipes.

    What a fork cannot show is for a test that starts an interpreter itself: the time and order of imports, variables
    that are read at an import, and a terminal.
    """
    pipe = subprocess.PIPE
    if sys.platform != "linux":
        command = [sys.executable, "-m", module, *arguments]
        variables = {**(os.environ if environment is None else environment), "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(command, env=variables, cwd=folder, stdin=stdin, stdout=pipe, stderr=pipe, text=True)
    program = [module, *arguments]
    return Forked(program, env=environment, cwd=folder, stdin=stdin, stdout=pipe, stderr=pipe, text=True)


class Forked(subprocess.Popen[str]):
    """A child process like any other, except that its interpreter was there before."""

    def _execute_child(self, *given: Any) -> None:
        starting = inspect.signature(super()._execute_child).bind(*given).arguments  # type: ignore[misc]
        module, *arguments = starting["args"]
        environment = dict(os.environ if starting["env"] is None else starting["env"])
        order = Order(module, arguments, environment, str(starting["cwd"] or Path.cwd()))
        theirs = [starting[end] for end in ("p2cread", "c2pwrite", "errwrite")]
        self.pid = _server().fork(order, [number if end == -1 else end for number, end in enumerate(theirs)])
        self._child_created = True
        for end in theirs:
            if end != -1:
                os.close(end)


class ForkServer:
    """The process that programs are forked from; it ends with this one."""

    def __init__(self) -> None:
        from tests.conftest import USERS_OWN  # not where a program imports this module

        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.fork_server", str(theirs.fileno())]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(USERS_OWN)}
        pipe = subprocess.PIPE  # like the streams of the programs
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=clean, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=[theirs.fileno()]
        )
        theirs.close()

    def fork(self, order: Order, streams: list[int]) -> int:
        """The id of a new child process."""
        try:
            with _next_of_kin():
                socket.send_fds(self._orders, [order.message()], streams)
                program, ready = self._orders.recv(LONGEST), self._orders.recv(LONGEST)
            assert ready == READY
        except OSError as gone:
            raise RuntimeError(f"the fork server has ended: {self._process.communicate()[1].decode()}") from gone
        return int(program)


@cache
def _server() -> ForkServer:
    return ForkServer()


@contextmanager
def _next_of_kin() -> Iterator[None]:
    """Processes whose parent ends become children of this one."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
