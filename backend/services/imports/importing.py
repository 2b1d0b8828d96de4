"""Takes the user's files into the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.moments import period_of, session_date
from backend.domain.ports import Clock, MarketStore, PostStore, ReadTable
from backend.domain.sentiment import Post, channel_named
from backend.services.imports.post_rows import PostDefaults, posts_of, read_symbol
from backend.services.imports.post_stretches import hole_notices, import_of
from backend.services.imports.price_rows import FILE, BarStamp, PriceOptions, bars_of
from backend.services.imports.price_seams import seam_jump
from backend.services.imports.report import Imported, ImportReport, Refusals
from backend.services.market.notices import gap_notices

SAME_PRICE = 1e-6
"""Relative: files round."""


class Imports:
    """Imports prices and posts under the source ``file``.

    Args:
        stores: where bars go, and where posts go.
        read: reads a file into rows.
        forget: told of each symbol whose bars or posts changed, so that nothing stale is served from memory.
        clock: the present moment; what has not happened yet is refused.
    """

    def __init__(
        self, stores: tuple[MarketStore, PostStore], read: ReadTable, forget: Callable[[str], None], clock: Clock
    ) -> None:
        self._market, self._posts = stores
        self._read = read
        self._forget = forget
        self._clock = clock

    def import_prices(
        self,
        path: str,
        symbol: str | None = None,
        bar_stamp: BarStamp | None = None,
        *,
        accept_jumps: bool = False,
        name: str | None = None,
    ) -> ImportReport:
        """Take the bars of a CSV or Parquet file; a symbol with a bad row is refused as a whole.

        Args:
            path: with columns symbol (or ticker), date, open, high, low, close and perhaps volume, adj_close, by
                which the prices are scaled, and adjustment, by which they have been scaled already.
            symbol: needed when there is no such column.
            bar_stamp: needed for bars shorter than a session.
            accept_jumps: take prices without an adjusted close although they jump as in a split.
            name: what the file is called in all that is told; its path unless stated.

        Raises:
            NotFound: no such file.
            InvalidInput: the file cannot be read, or nothing of it could be taken.
        """
        table, file = self._read(path, name), name or path
        refusals = Refusals(table.unreadable)
        options = PriceOptions(_checked_symbol(symbol), bar_stamp, accept_jumps)
        series, notices = bars_of(file, table, options, refusals, self._clock())
        kept = [bars for bars in series if self._fits_stored(bars, options, refusals)]
        refusals.require_any(file, kept)
        changes = [self._add(bars) for bars in kept]
        new = sum(change.new for change in changes)
        total = sum(len(bars) for bars in kept)
        return ImportReport(
            file=file,
            kind="prices",
            taken=tuple(_imported_bars(bars) for bars in kept),
            rows_taken=total,
            rows_new=new,
            rows_already_stored=total - new,
            refused=refusals.listed(),
            notices=(*notices, *(notice for change in changes for notice in change.notices)),
        )

    def import_posts(
        self, path: str, channel: str | None = None, symbol: str | None = None, *, name: str | None = None
    ) -> ImportReport:
        """Take the posts of a JSONL, CSV or Parquet file; bad rows are refused one by one.

        Of each symbol and channel the file is taken to have every post from its first one to its last one. One series
        after the other is stored; after an interruption the same file brings the rest.

        Args:
            path: with columns created_at, text (or title), symbol (or ticker, tickers), channel (or source), and
                perhaps id, user, score, date_only.
            channel: of every row, whatever the file says.
            symbol: of the rows that name none.
            name: what the file is called in all that is told; its path unless stated.

        Raises:
            NotFound: no such file.
            InvalidInput: the file cannot be read, or nothing of it could be taken.
        """
        table, file = self._read(path, name), name or path
        refusals = Refusals(table.unreadable)
        defaults = PostDefaults(None if channel is None else channel_named(channel), _checked_symbol(symbol))
        posts = posts_of(file, table, defaults, refusals, self._clock())
        refusals.require_any(file, posts)
        series = _series_of(posts)
        new = sum(self._add_posts(some) for some in series)
        return ImportReport(
            file=file,
            kind="posts",
            taken=tuple(_imported_posts(some) for some in series),
            rows_taken=len(posts),
            rows_new=new,
            rows_already_stored=len(posts) - new,
            refused=refusals.listed(),
            notices=self._holes(series),
        )

    def _add_posts(self, posts: Sequence[Post]) -> int:
        """Store the posts of one series, and that none is missing between them; returns how many are new."""
        new = self._posts.write_collected(import_of(posts, self._clock()), posts)
        self._forget(posts[0].symbol)
        return new

    def _holes(self, series: Sequence[Sequence[Post]]) -> tuple[str, ...]:
        """What lies between the posts of a file and those that were imported before or after them."""
        stored = {(s.symbol, s.channel): s.seen for s in self._posts.post_spans() if s.provider == FILE}
        return tuple(
            notice for some in series for notice in hole_notices(some, stored[some[0].symbol, some[0].channel])
        )

    def _fits_stored(self, bars: Bars, options: PriceOptions, refusals: Refusals) -> bool:
        """Whether the bars agree with stored ones, or replace them all: two adjustments must not mix in one series."""
        stored = [p for s in self._market.series(bars.symbol, bars.timeframe) if s.source == FILE for p in s.covered]
        if not stored:
            return True
        period = period_of(bars.session)
        if period.start <= stored[0].start and stored[-1].end <= period.end:
            return True
        read = partial(self._market.read_bars, bars.symbol, bars.timeframe, FILE)
        old, jump = read(period), None if options.accept_jumps else seam_jump(bars, read)
        whole = f"bring a file that covers {stored[0].start}..{stored[-1].end} as well"
        if old is not None and not _same_prices(old, bars):
            reason = f"the prices of {bars.symbol} differ from those imported before; {whole}"
        elif old is not None and not _same_adjustments(old, bars):
            reason = f"{bars.symbol} is adjusted by other factors than what was imported before; {whole}"
        elif jump is not None:
            reason = f"prices jump where the file meets those imported before ({jump}); {whole}, "
            reason += "or accept the jumps: `--accept-jumps`"
        else:
            return True
        refusals.add(reason, lines=(), rows=len(bars))
        return False

    def _add(self, bars: Bars) -> "_Change":
        """Put the bars in place of what is stored from their first to their last session."""
        period = period_of(bars.session)
        old = self._market.read_bars(bars.symbol, bars.timeframe, FILE, period)
        self._market.write_bars(bars, period)
        self._forget(bars.symbol)
        if old is None:
            return _Change(len(bars), gap_notices(bars, period))
        return _Change(
            int(np.count_nonzero(~np.isin(bars.end, old.end))), (*_dropped(old, bars), *gap_notices(bars, period))
        )


@dataclass(frozen=True)
class _Change:
    """What an import did to one series: bars that were not there before, and what must be said about it."""

    new: int
    notices: tuple[str, ...]


def _dropped(old: Bars, new: Bars) -> tuple[str, ...]:
    gone = np.flatnonzero(~np.isin(old.end, new.end))
    if not gone.size:
        return ()
    first = session_date(old.session, int(gone[0]))
    return (f"{gone.size} bars of {new.symbol} stored before are not in the file and were dropped, from {first} on.",)


def _checked_symbol(symbol: str | None) -> str | None:
    if symbol is None:
        return None
    ticker = read_symbol(symbol)
    if ticker is None:
        raise InvalidInput(f'"{symbol[:40]}" is no ticker.', "write it like AAPL or BRK.B")
    return ticker


def _same_prices(old: Bars, new: Bars) -> bool:
    _, here, there = np.intersect1d(old.end, new.end, return_indices=True)
    return bool(np.allclose(old.close[here], new.close[there], rtol=SAME_PRICE, atol=0))


def _same_adjustments(old: Bars, new: Bars) -> bool:
    _, here, there = np.intersect1d(old.end, new.end, return_indices=True)
    return bool(np.allclose(old.adjustment[here], new.adjustment[there], rtol=SAME_PRICE, atol=0))


def _imported_bars(bars: Bars) -> Imported:
    period = period_of(bars.session)
    return Imported(symbol=bars.symbol, series=bars.timeframe.value, start=period.start, end=period.end, rows=len(bars))


def _series_of(posts: Sequence[Post]) -> list[list[Post]]:
    """The posts of each symbol and channel, by these; each ascending by time."""
    series: dict[tuple[str, str], list[Post]] = {}
    for post in sorted(posts, key=lambda post: post.created_at):
        series.setdefault((post.symbol, post.channel), []).append(post)
    return [some for _, some in sorted(series.items())]


def _imported_posts(posts: Sequence[Post]) -> Imported:
    first, last = posts[0], posts[-1]
    return Imported(
        symbol=first.symbol,
        series=first.channel,
        start=first.created_at.date(),
        end=last.created_at.date(),
        rows=len(posts),
    )
