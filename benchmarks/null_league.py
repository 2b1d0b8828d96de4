"""How often whole sessions prove something where nothing is to be found: ``python -m benchmarks.null_league``."""

import argparse
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from math import sqrt
from pathlib import Path
from typing import get_args

from backend.bootstrap import Application, utc_now
from backend.domain.sessions import SessionRequest
from backend.services.dataset_manager import DatasetManager
from backend.services.datasets.delivery import DatasetStores
from backend.services.market_data import MarketData, SharedBars
from backend.services.posts import Posts
from backend.settings import Settings
from benchmarks.null_sources import SYMBOL, DigitScorer, Mood, NullMarket, NullPosts, NullPrices

REQUEST = f"best strategy on ${SYMBOL}, drawdown under 90 %"
MARKETS = 40
ITERATIONS = 8
PROVEN_AT_MOST = 0.02
EDGE_LEVEL = 0.05
TWO_SIDED_95 = 1.96


@dataclass(frozen=True)
class NullApplication(Application):
    """The application as it ships, on one generated market."""

    generated: NullMarket | None = None

    @cached_property
    def market(self) -> MarketData:
        """Bars of the generated market."""
        return MarketData(SharedBars(self.stores.market, self.locks), [NullPrices(self._given)], self.counters, utc_now)

    @cached_property
    def datasets(self) -> DatasetManager:
        """Sentiment of the generated posts."""
        posts = Posts(self.stores.posts, [NullPosts(self._given)], DigitScorer())
        return DatasetManager(DatasetStores(self.stores.datasets, self.outbox), posts, self.counters, utc_now)

    @property
    def _given(self) -> NullMarket:
        if self.generated is None:
            raise ValueError("a null application needs a generated market")
        return self.generated


@dataclass(frozen=True)
class Ending:
    """How one session ended; ``p`` is None where the hold-out stayed sealed."""

    outcome: str
    p: float | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run sessions on every kind of null market and print one table."""
    parser = argparse.ArgumentParser(description="Sessions on markets without an edge: how many end as proven?")
    parser.add_argument("--markets", type=int, default=MARKETS, help="of each kind")
    parser.add_argument("--first", type=int, default=0, help="seed of the first market")
    parser.add_argument("--iterations", type=int, default=ITERATIONS, help="of each session")
    parser.add_argument("--posts", nargs="*", choices=get_args(Mood), default=get_args(Mood))
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args(arguments)
    seeds = range(options.first, options.first + options.markets)
    of_each = f"{options.markets} markets of each kind, 13 years daily, {options.iterations} iterations"
    print(f'{of_each}; "{REQUEST}"; 95 % Wilson bounds\n')
    print("| posts | sessions | rejected | unproven | proven | proven, share | edge p <= 0.05 | of opened, share |")
    print("|---|--:|--:|--:|--:|---|--:|---|")
    everything: list[Ending] = []
    with ProcessPoolExecutor(options.processes) as pool:
        for mood in options.posts:
            endings = list(pool.map(ending_of, seeds, repeat(mood), repeat(options.iterations)))
            everything += endings
            print(_row(mood, endings), flush=True)
    print(_row("all", everything))
    proven = sum(ending.outcome == "proven" for ending in everything) / len(everything)
    verdict = "held" if proven <= PROVEN_AT_MOST else "missed"
    print(f"\nproven: {proven:.1%}, wanted at most {PROVEN_AT_MOST:.0%}: {verdict}")


def ending_of(seed: int, mood: Mood, iterations: int = ITERATIONS) -> Ending:
    """One session of the built-in strategist on the market of ``seed``, from an empty store and ledger."""
    with tempfile.TemporaryDirectory() as folder:
        app = NullApplication(Settings(data_dir=Path(folder)), generated=NullMarket.of(seed, mood))
        text = REQUEST if mood == "none" else f"{REQUEST}, with reddit sentiment"
        request = SessionRequest(text=text, seed=seed, iterations=iterations)
        session = app.runner.run(app.sessions.open(app.owner, request, app.strategist_name))
    if session.verdict is None:
        raise RuntimeError(f"the session on market {seed} ended without a verdict: {session.question}")
    return Ending(session.verdict.outcome, session.holdout.p_value_adjusted if session.holdout else None)


def wilson(hits: int, count: int) -> tuple[float, float]:
    """95 % bounds of a share (Wilson 1927); (0, 1) of nothing."""
    if count == 0:
        return 0.0, 1.0
    share, z2 = hits / count, TWO_SIDED_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    reach = TWO_SIDED_95 * sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _row(name: str, endings: Sequence[Ending]) -> str:
    counts = {outcome: sum(e.outcome == outcome for e in endings) for outcome in ("rejected", "unproven", "proven")}
    opened = [ending.p for ending in endings if ending.p is not None]
    edges = sum(p <= EDGE_LEVEL for p in opened)
    outcomes = " | ".join(str(count) for count in counts.values())
    return (
        f"| {name} | {len(endings)} | {outcomes} | {_bounds(counts['proven'], len(endings))} "
        f"| {edges} | {_bounds(edges, len(opened))} |"
    )


def _bounds(hits: int, count: int) -> str:
    low, high = wilson(hits, count)
    return f"{hits / count if count else 0:.1%} ({low:.1%} .. {high:.1%})"


if __name__ == "__main__":
    main()
