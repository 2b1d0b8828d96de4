"""Visits live sources of posts and stores what is new there, so that a history grows from the first visit on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from backend.domain.collection import CollectionRun, Newest
from backend.domain.errors import BackproofError, DataUnavailable, InvalidInput, Unavailable
from backend.domain.ports import Clock, NewId, PostCollector, PostStore
from backend.domain.sentiment import Channel
from backend.services.imports.post_rows import read_symbol

Sleep = Callable[[float], None]
"""Lets that many seconds pass."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Collected:
    """What one visit brought for one symbol.

    Attributes:
        found: posts seen, those stored before included.
        new: posts stored now.
        complete_from: no post from then to the visit is missing; None when nothing can be said.
        hole: between which moments posts may be missing since the visit before; None when nothing is.
        failure: why it failed; None when it succeeded.
    """

    provider: str
    channel: Channel
    symbol: str
    visited_at: datetime
    found: int = 0
    new: int = 0
    complete_from: datetime | None = None
    hole: tuple[datetime, datetime] | None = None
    failure: BackproofError | None = None


class Collection:
    """Runs the collectors, symbol by symbol; one that fails does not stop the others.

    Args:
        store: keeps posts, visits, and what they saw.
        collectors: live sources.
        clock: when a visit begins.
        new_id: names visits.
    """

    def __init__(self, store: PostStore, collectors: Sequence[PostCollector], clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._collectors = tuple(collectors)
        self._clock = clock
        self._new_id = new_id

    def symbols(self, stated: Sequence[str]) -> tuple[str, ...]:
        """The stated symbols as tickers, or those that were collected before.

        Raises:
            InvalidInput: one cannot be a symbol, or none is stated and none was collected.
        """
        if stated:
            return tuple(dict.fromkeys(_ticker(text) for text in stated))
        names = {collector.name for collector in self._collectors}
        before = sorted({span.symbol for span in self._store.post_spans() if span.provider in names})
        if not before:
            raise InvalidInput("No symbol was collected before.", "say which: `backproof collect --symbols AAPL,MSFT`")
        return tuple(before)

    def visit(self, symbols: Sequence[str]) -> tuple[Collected, ...]:
        """Ask every collector for the newest posts of every symbol, and store them; failures are told, not raised."""
        return tuple(result for collector in self._collectors for result in self._visit(collector, symbols))

    def visit_or_fail(self, symbols: Sequence[str]) -> tuple[Collected, ...]:
        """As ``visit``; raises the first failure when nothing succeeded at all."""
        results = self.visit(symbols)
        failures = [result.failure for result in results if result.failure]
        if results and len(failures) == len(results):
            raise failures[0]
        return results

    def visits(self, symbols: Sequence[str], every: timedelta, sleep: Sleep) -> Iterator[tuple[Collected, ...]]:
        """Visit again and again; between two visits lies ``every``, from start to start where there is time.

        Raises:
            DataUnavailable, InvalidInput: nothing can be collected, and waiting does not change that.
        """
        while True:
            begun = self._clock()
            results = self.visit(symbols)
            _refuse_for_good(results)
            yield results
            rest = every - (self._clock() - begun)
            sleep(max(0.0, rest.total_seconds()))

    def _visit(self, collector: PostCollector, symbols: Sequence[str]) -> Iterator[Collected]:
        visited_at = self._clock()  # one moment for all symbols, so that they may share what was read
        for symbol in symbols:
            result = self._collect(collector, symbol, visited_at)
            reason = result.failure.message if result.failure else None
            log.info("posts.collected", symbol=symbol, found=result.found, new=result.new, failed_reason=reason)
            yield result

    def _collect(self, collector: PostCollector, symbol: str, visited_at: datetime) -> Collected:
        result = Collected(collector.name, collector.channel, symbol, visited_at)
        try:
            newest = collector.newest(symbol, visited_at)
        except (DataUnavailable, InvalidInput, Unavailable) as failure:
            return self._failed(result, failure)
        try:
            return self._store_newest(result, newest)
        except Unavailable as failure:  # the next visit finds what is still listed then
            return replace(result, failure=failure)

    def _store_newest(self, result: Collected, newest: Newest) -> Collected:
        seen_before = self._seen_until(result)
        run = self._run(result, newest.complete_from, len(newest.posts))
        new = self._store.write_collected(run, newest.posts)
        known_from = newest.complete_from or result.visited_at
        hole = (seen_before, known_from) if seen_before and known_from > seen_before else None
        return replace(result, found=run.found, new=new, complete_from=newest.complete_from, hole=hole)

    def _failed(self, result: Collected, failure: BackproofError) -> Collected:
        try:
            self._store.write_collected(self._run(result, None, 0, failure.message), ())
        except Unavailable as also:
            log.warning("posts.visit_not_stored", symbol=result.symbol, reason=also.message)
        return replace(result, failure=failure)

    def _run(
        self, result: Collected, complete_from: datetime | None, found: int, failed_reason: str | None = None
    ) -> CollectionRun:
        return CollectionRun(
            id=self._new_id("visit"),
            provider=result.provider,
            symbol=result.symbol,
            channel=result.channel,
            started_at=result.visited_at,
            complete_from=complete_from,
            complete_to=result.visited_at if complete_from else None,
            found=found,
            failed_reason=failed_reason,
        )

    def _seen_until(self, result: Collected) -> datetime | None:
        """The last moment up to which the visits before have seen everything; None before the first."""
        asked = result.provider, result.symbol, result.channel
        spans = (s for s in self._store.post_spans() if (s.provider, s.symbol, s.channel) == asked)
        return next((span.seen[-1][1] for span in spans if span.seen), None)


def _refuse_for_good(results: Sequence[Collected]) -> None:
    """Raise the reason when nothing could be collected, and another visit would end in the same way."""
    lasting = [r.failure for r in results if r.failure and not isinstance(r.failure, Unavailable)]
    if results and len(lasting) == len(results):
        raise lasting[0]


def _ticker(text: str) -> str:
    symbol = read_symbol(text)
    if symbol is None:
        raise InvalidInput(f'"{text[:40]}" cannot be a symbol.', "write tickers: `--symbols AAPL,MSFT`")
    return symbol
