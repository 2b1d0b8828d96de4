"""How much of a planted edge the built-in search finds, beside the best rule: ``python -m benchmarks.planted``."""

import argparse
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from statistics import median
from typing import get_args

from backend.domain.sessions import SessionRequest
from backend.language import compile_spec
from backend.services.evaluation import evaluate
from backend.settings import Settings
from benchmarks.loop_tasks import PLANTED_GOAL
from benchmarks.null_league import NullApplication
from benchmarks.planted_calibration import calibrated
from benchmarks.planted_markets import STRENGTH, Kind, PlantedMarket, best_rule

MARKETS = 20
ITERATIONS = 8
SHARE_OF_RULE = 0.7
MARKETS_WANTED = 0.8


@dataclass(frozen=True)
class Found:
    """The chosen attempt of one session beside the best rule; Sharpe ratios on validation."""

    seed: int
    family: str
    sharpe: float
    rule: float
    outcome: str
    trials: int

    @property
    def share(self) -> float:
        """Of the rule's Sharpe ratio; a rule that earned nothing there is reached by whatever earned no less."""
        if self.rule <= 0:
            return 1.0 if self.sharpe >= self.rule else 0.0
        return self.sharpe / self.rule


def main(arguments: Sequence[str] | None = None) -> None:
    """Run sessions on both kinds of planted markets and print one table."""
    parser = argparse.ArgumentParser(description="Sessions on markets with a known edge: how much of it is found?")
    parser.add_argument("--markets", type=int, default=MARKETS, help="of each kind")
    parser.add_argument("--first", type=int, default=0, help="seed of the first market")
    parser.add_argument("--iterations", type=int, default=ITERATIONS, help="of each session")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--calibrate", action="store_true", help="print how the strength was set, and run no session")
    options = parser.parse_args(arguments)
    if options.calibrate:
        _print_calibration()
        return
    print(
        f'{options.markets} markets of each kind, 13 years daily, {options.iterations} iterations; "{PLANTED_GOAL}"\n'
    )
    print("| kind | market | family chosen | its Sharpe | best rule's | share | verdict | trials |")
    print("|---|--:|---|--:|--:|--:|---|--:|")
    seeds = range(options.first, options.first + options.markets)
    kinds: dict[Kind, list[Found]] = {}
    with ProcessPoolExecutor(options.processes) as pool:
        for kind in get_args(Kind):
            kinds[kind] = list(pool.map(found, seeds, repeat(kind), repeat(options.iterations)))
            for one in kinds[kind]:
                print(_row(kind, one), flush=True)
    print()
    for kind, every in kinds.items():
        print(_summary(kind, every))


def found(seed: int, kind: Kind, iterations: int = ITERATIONS) -> Found:
    """One session of the built-in search on the market of ``seed``, from an empty store and ledger."""
    with tempfile.TemporaryDirectory() as folder:
        app = NullApplication(Settings(data_dir=Path(folder)), generated=PlantedMarket.planted(seed, kind))
        request = SessionRequest(text=PLANTED_GOAL, seed=seed, iterations=iterations)
        session = app.runner.run(app.sessions.open(app.owner, request, app.strategist_name))
        attempts = app.stores.sessions.list_attempts(session.session_id)
        chosen = next(attempt for attempt in attempts if attempt.attempt_id == session.chosen)
        loop = app.preparation.recall(session).loop
        execution = session.request.execution
        rule = evaluate(compile_spec(best_rule(kind)), loop.frame, loop.validation_rows, execution).metrics.sharpe
    assert chosen.validation is not None
    assert session.verdict is not None
    sharpe = chosen.validation.sharpe or 0.0
    return Found(seed, chosen.family, sharpe, rule or 0.0, session.verdict.outcome, session.trials)


def _row(kind: Kind, one: Found) -> str:
    figures = f"{one.sharpe:.2f} | {one.rule:.2f} | {one.share:.0%}"
    return f"| {kind} | {one.seed} | {one.family} | {figures} | {one.outcome} | {one.trials:,} |"


def _summary(kind: Kind, every: Sequence[Found]) -> str:
    reached = sum(one.share >= SHARE_OF_RULE for one in every)
    proven = sum(one.outcome == "proven" for one in every)
    held = "held" if reached / len(every) >= MARKETS_WANTED else "missed"
    middle = median(one.share for one in every)
    return (
        f"{kind}: {reached} of {len(every)} reach {SHARE_OF_RULE:.0%} of the best rule, wanted {MARKETS_WANTED:.0%}: "
        f"{held}; median share {middle:.0%}; {proven} proven"
    )


def _print_calibration() -> None:
    print("| kind | strength | smooth or window | enter or depth | leave or recovery | net Sharpe | spread |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for kind in get_args(Kind):
        for row in calibrated(kind, [STRENGTH[kind] + step for step in (-0.01, 0.0, 0.01)]):
            numbers = " | ".join(f"{number:g}" for number in row.numbers)
            print(f"| {kind} | {row.strength:.3f} | {numbers} | {row.sharpe:.2f} | {row.spread:.2f} |", flush=True)


if __name__ == "__main__":
    main()
