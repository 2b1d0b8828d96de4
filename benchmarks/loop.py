"""Built-in search beside random search and models at equal budget on thirty tasks: ``python -m benchmarks.loop``."""

import argparse
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from statistics import fmean

from backend.search.tuner import EVALUATIONS
from benchmarks.loop_contenders import Contender, Result, application, random_search, session
from benchmarks.loop_tasks import Task, tasks
from benchmarks.null_league import wilson
from tests.servers.openai_replies import scripted_model
from tests.servers.openai_server import OpenAIServer

ITERATIONS = 8
WINS_WANTED = 0.7
BUILT_IN, SCRIPTED, MODEL = "built-in search", "scripted model", "language model"
RANDOM, RANDOM_SPREAD = "random search, one structure an attempt", "random search, twelve structures an attempt"
SPREAD = 12

CONTENDERS: dict[str, Contender] = {
    BUILT_IN: session("builtin"),
    RANDOM: random_search(1, EVALUATIONS),
    RANDOM_SPREAD: random_search(SPREAD, EVALUATIONS),
    SCRIPTED: session("llm"),
    MODEL: session("llm"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Let each way to search do each task and print one table, then the tasks one by one."""
    parser = argparse.ArgumentParser(description="Built-in search, random search and models on the same tasks")
    parser.add_argument("--iterations", type=int, default=ITERATIONS, help="of each session")
    parser.add_argument("--tasks", type=int, default=None, help="only so many")
    parser.add_argument("--contenders", nargs="*", choices=list(CONTENDERS), default=None)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args(arguments)
    asked = options.contenders or [name for name in CONTENDERS if name != MODEL or os.environ.get("OPENAI_API_KEY")]
    chosen = tasks()[: options.tasks]
    found: dict[str, list[Result]] = {}
    print(f"{len(chosen)} tasks, {options.iterations} attempts of {EVALUATIONS} evaluations at most\n")
    print("| search | validation Sharpe | targets met | hold-out Sharpe | trials | seconds | tokens | USD |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    with ProcessPoolExecutor(options.processes) as pool:
        for name in asked:
            found[name] = list(pool.map(result, repeat(name), chosen, repeat(options.iterations)))
            print(_row(name, found[name]), flush=True)
    print()
    _print_wins(chosen, found)
    _print_tasks(chosen, found)


def result(name: str, task: Task, iterations: int) -> Result:
    """What one way to search makes of one task, from an empty store."""
    with tempfile.TemporaryDirectory() as folder, _model_of(name) as settings:
        return CONTENDERS[name](task, application(task, Path(folder), settings), iterations)


@contextmanager
def _model_of(name: str) -> Iterator[dict[str, object]]:
    """The settings of the model that a contender asks; a scripted one answers on this machine."""
    if name != SCRIPTED:
        yield {}
        return
    with OpenAIServer(scripted_model) as server:
        key, url = server.environment["OPENAI_API_KEY"], server.url
        yield {"model": f"openai:{server.models[0]}", "OPENAI_API_KEY": key, "OPENAI_BASE_URL": url}


def _row(name: str, results: Sequence[Result]) -> str:
    met = fmean(one.met for one in results)
    sharpes = f"{_mean([one.validation for one in results])} | {met:.0%} | {_mean([one.holdout for one in results])}"
    trials, seconds = fmean(one.trials for one in results), fmean(one.seconds for one in results)
    tokens, usd = fmean(one.tokens for one in results), sum(one.usd for one in results)
    return f"| {name} | {sharpes} | {trials:,.0f} | {seconds:.2f} | {tokens:,.0f} | {usd:.2f} |"


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{fmean(known):.2f}" if known else "-"


def _print_wins(chosen: Sequence[Task], found: Mapping[str, Sequence[Result]]) -> None:
    """How often the built-in search is ahead by the validation Sharpe ratio of the chosen attempt; Wilson bounds."""
    for name in found:
        if name == BUILT_IN or BUILT_IN not in found:
            continue
        pairs = list(zip(chosen, found[BUILT_IN], found[name], strict=True))
        won = [_sharpe(own) > _sharpe(other) for _, own, other in pairs]
        real = [win for (task, _, _), win in zip(pairs, won, strict=True) if task.planted is None]
        share, (low, high) = fmean(won), wilson(sum(won), len(won))
        judged = f", wanted {WINS_WANTED:.0%}: {'held' if share >= WINS_WANTED else 'missed'}" if name == RANDOM else ""
        parts = (
            f"{sum(real)} of {len(real)} on sample symbols, {sum(won) - sum(real)} of {len(won) - len(real)} planted"
        )
        bounds = f"{share:.0%}, {low:.0%} .. {high:.0%}"
        print(f"{BUILT_IN} beats {name} on {sum(won)} of {len(won)} tasks ({bounds}; {parts}){judged}")


def _print_tasks(chosen: Sequence[Task], found: Mapping[str, Sequence[Result]]) -> None:
    print(f"\n| validation Sharpe | {' | '.join(found)} |")
    print(f"|---|{'--:|' * len(found)}")
    for index, task in enumerate(chosen):
        print(f"| {task.name} | {' | '.join(_mean([results[index].validation]) for results in found.values())} |")


def _sharpe(one: Result) -> float:
    return float("-inf") if one.validation is None else one.validation


if __name__ == "__main__":
    main()
