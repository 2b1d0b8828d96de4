"""A load generator: requests that arrive by chance at a given rate, or as many as a server answers."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

import numpy as np

from benchmarks.api_wire import Target, Wire

P = ParamSpec("P")
R = TypeVar("R")

SEED = 20_261_122
HEAD_START = 0.2
"""Seconds until the first request is due."""


@dataclass(frozen=True)
class Asked:
    """A request and what became of it.

    Attributes:
        path: with its query.
        seconds: from the moment at which it was due to the last byte of the answer, waiting included.
        late: seconds after that moment at which it was sent; the generator's own part of the time.
    """

    path: str
    status: int
    seconds: float
    late: float


def elsewhere(work: Callable[P, Coroutine[Any, Any, R]], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of asynchronous work that is done in a process of its own, so that it takes no time from this one."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_run, work, args, kwargs).result()


def _run(work: Callable[..., Coroutine[Any, Any, R]], args: Sequence[Any], kwargs: dict[str, Any]) -> R:
    import uvloop

    return uvloop.run(work(*args, **kwargs))


async def arrivals(target: Target, paths: Sequence[str], rate: float, seconds: float) -> list[Asked]:
    """Requests of an open loop: they come when they are due, however long others are still waiting.

    Args:
        target: the server.
        paths: asked by turns.
        rate: requests a second on average; the gaps between them are exponential.
        seconds: how long requests come.
    """
    draws = np.random.default_rng(SEED)
    due = np.cumsum(draws.exponential(1 / rate, int(rate * seconds)))
    free: list[Wire] = []
    begin = perf_counter() + HEAD_START

    async def one(path: str, moment: float) -> Asked:
        late = perf_counter() - moment
        wire = free.pop() if free else await Wire.open(target)
        status = await wire.ask(target.request("GET", path))
        free.append(wire)
        return Asked(path, status, perf_counter() - moment, late)

    waiting = []
    for n, after in enumerate(due.tolist()):
        await asyncio.sleep(max(0.0, begin + after - perf_counter()))
        waiting.append(asyncio.create_task(one(paths[n % len(paths)], begin + after)))
    asked = await asyncio.gather(*waiting)
    for wire in free:
        wire.close()
    return asked


async def one_by_one(target: Target, paths: Sequence[str], times: int) -> dict[str, float]:
    """Median seconds of each path, asked so many times while nothing else is asked."""
    wire = await Wire.open(target)
    medians = {}
    for path in paths:
        took = []
        for _ in range(times):
            began = perf_counter()
            await wire.ask(target.request("GET", path))
            took.append(perf_counter() - began)
        medians[path] = median(took)
    wire.close()
    return medians


async def saturation(target: Target, paths: Sequence[str], connections: int, seconds: float) -> float:
    """Requests a second that the server answers when so many connections ask without a pause."""
    ends = perf_counter() + seconds

    async def asking(first: int) -> int:
        wire, done = await Wire.open(target), 0
        while perf_counter() < ends:
            await wire.ask(target.request("GET", paths[(first + done) % len(paths)]))
            done += 1
        wire.close()
        return done

    began = perf_counter()
    answered = await asyncio.gather(*(asking(first) for first in range(connections)))
    return sum(answered) / (perf_counter() - began)
