"""Times the stores and counts what sessions ask of them and of sources: ``python -m benchmarks.data``."""

import argparse
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack

from backend.bootstrap import utc_now
from benchmarks.data_iterations import Iteration, iterations
from benchmarks.data_sessions import SessionCost, session_costs
from benchmarks.data_stores import NAMES, OpenedStore, StoreServers
from benchmarks.data_times import figures
from benchmarks.table import Figure, print_figures
from tests.servers.programs import ServerMissing


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure on servers of its own and generated data, and print times, counts and the two iterations."""
    parser = argparse.ArgumentParser(description="What data costs: times of the stores, calls of sessions.")
    parser.add_argument("--stores", nargs="*", choices=NAMES, default=NAMES)
    parser.add_argument("--date", default=str(utc_now().date()), help="of the measurement, as it is printed")
    options = parser.parse_args(arguments)
    costs: list[SessionCost] = []
    times: list[Figure] = []
    with ExitStack() as ends:
        for store in opened(StoreServers(ends), options.stores):
            costs += session_costs(store)
            times += figures(store)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {options.date}"
    print_figures(f"Data, best of runs; {machine}", times)
    _print_costs(costs)
    _print_iterations(list(iterations()))


def opened(servers: StoreServers, names: Sequence[str]) -> Iterator[OpenedStore]:
    """The named stores, each empty; one whose server is not installed here is left out with a line that says so."""
    for name in names:
        try:
            yield servers.empty(name)
        except ServerMissing as missing:
            print(f"{name} is not measured: {missing}.\n")


def _print_costs(costs: Iterable[SessionCost]) -> None:
    print("\nThe data of one session: bars of one symbol, sentiment of 5 symbols on 3 channels, 13 years")
    print("Days are those that sources were asked for; sent are SQL statements, or HTTP requests to Supabase\n")
    print("| store | session | price calls | days | post calls | days | store reads | sent | dataset writes |", end="")
    print(" posts scored | seconds |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for cost in costs:
        asked = f"{cost.price_calls} | {cost.price_days:,} | {cost.post_calls} | {cost.post_days:,}"
        kept = f"{cost.reads} | {cost.sent.statements or cost.sent.trips:,} | {cost.dataset_writes}"
        print(f"| {cost.store} | {cost.session} | {asked} | {kept} | {cost.posts_scored:,} | {cost.seconds:.2f} |")


def _print_iterations(made: Sequence[Iteration]) -> None:
    print("\nIterations against a local server like Yahoo's, through yfinance, SQLite; posts are samples\n")
    print("| iteration | seconds | requests to the server | of them for prices | source calls | data reads |")
    print("|---|--:|--:|--:|--:|--:|")
    for each in made:
        counts = f"{each.requests} | {each.charts} | {each.source_calls} | {each.data_reads}"
        print(f"| {each.name} | {each.seconds:.2f} | {counts} |")
    silent = not any(each.requests or each.source_calls for each in made[1:])
    print(f"\nno call after the first iteration: {'held' if silent else 'missed'}")


if __name__ == "__main__":
    main()
