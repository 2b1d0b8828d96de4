"""What must be said about how a strategy traded: orders without effect, conditions never known, no trade at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backend.domain.arrays import Dates, Floats
from backend.domain.execution import Execution
from backend.domain.frames import Frame
from backend.domain.spec import StrategySpec
from backend.language import CompiledSpec

_PROFILES = {
    "backtesting": "they are measured from the close before the entry and not from the fill.",
    "vectorbt": "the bar of entry is not watched, which makes tight stops look better than they are.",
}
"""What the rules of other backtesters come to."""
NAMED = 3
"""Conditions and symbols that are named before the others are counted."""


@dataclass(frozen=True, eq=False)
class Traded:
    """A strategy that was run.

    Attributes:
        frames: one a symbol.
        rows: of each frame, the simulated bars.
        positions: closed and still held.
        unfilled: entry orders for which the money was too little.
        crowded_out: entry orders that found every slot taken.
        slots: positions that could be held at the same time.
    """

    compiled: CompiledSpec
    frames: tuple[Frame, ...]
    rows: tuple[slice, ...]
    positions: int
    unfilled: int
    slots: int
    crowded_out: int = 0

    @property
    def spec(self) -> StrategySpec:
        """What was run."""
        return self.compiled.spec


def profile_notices(spec: StrategySpec, execution: Execution) -> tuple[str, ...]:
    """That stops and targets were filled by rules of another backtester; none where the strategy has neither."""
    risk = spec.risk
    if execution.profile == "default" or (risk.stop_loss, risk.take_profit, risk.trailing_stop) == (None, None, None):
        return ()
    return (f"Stops and targets were filled as {execution.profile} does: {_PROFILES[execution.profile]}",)


def ruin_notices(equity: Floats, session: Dates) -> tuple[str, ...]:
    """That the account was lost, where it was; shape (N,) each."""
    lost = np.flatnonzero(equity <= 0)
    if not lost.size:
        return ()
    more = " and more than it had" if equity[lost[0]] < 0 else ""
    return (f"The account was lost on {session[lost[0]]}{more}; nothing was traded after it.",)


def trading_notices(traded: Traded) -> tuple[str, ...]:
    """In the order in which a reader wants them; none where there is nothing to say."""
    truths = _truths(traded)
    unknown = [text for text, values in truths if values.size and np.isnan(values).all()]
    return (
        *_few_symbols(traded),
        *_never_warm(traded),
        *([f"Never known in this period, so never true: {_named(unknown)}."] if unknown else []),
        *_unfilled(traded),
        *_crowded_out(traded),
        *([] if traded.positions else [_why_nothing(traded, truths, unknown)]),
    )


def _truths(traded: Traded) -> list[tuple[str, Floats]]:
    """Each part of the entries with its values at the bars whose decisions could be filled, symbol after symbol."""
    values: dict[str, list[Floats]] = {}
    for frame, rows in zip(traded.frames, traded.rows, strict=True):
        for text, truth in traded.compiled.entry_truths(frame):
            values.setdefault(text, []).append(truth[_decided(rows)])
        ranks = traded.compiled.rank(frame)
        if ranks is not None and traded.spec.rotation is not None:
            known = np.where(np.isnan(ranks), np.nan, 1.0)
            values.setdefault(f"the rank {traded.spec.rotation.rank}", []).append(known[_decided(rows)])
    return [(text, np.concatenate(parts)) for text, parts in values.items()]


def _decided(rows: slice) -> slice:
    """The bars at whose close an entry could be decided: the last one never trades."""
    return slice(max(0, rows.start - 1), rows.stop - 1)


def _few_symbols(traded: Traded) -> Iterator[str]:
    """Where a rotation has less to choose from, or to hold, than it says."""
    rotation = traded.spec.rotation
    if rotation is None:
        return
    if rotation.top > traded.slots:
        held = f"of which at most {traded.slots} are held at the same time"
        yield f"The rotation chooses the best {rotation.top}, {held}."
    if rotation.top >= len(traded.frames):
        chosen = f"The rotation holds the best {rotation.top} of {len(traded.frames)}"
        yield f"{chosen}, so the rank leaves no symbol out{_part_in_cash(traded)}."


def _part_in_cash(traded: Traded) -> str:
    idle = 1.0 - len(traded.frames) / traded.slots
    return f", and {idle * 100:.0f} % of the money always waits" if idle > 0 else ""


def _never_warm(traded: Traded) -> Iterator[str]:
    """Symbols of a portfolio whose history ends before the strategy is warm."""
    pairs = zip(traded.frames, traded.rows, strict=True)
    cold = [frame.bars.symbol for frame, rows in pairs if rows.stop <= traded.compiled.warmup]
    if cold:
        yield f"The strategy needs {traded.compiled.warmup} bars to warm up, more than there are of {_named(cold)}."


def _unfilled(traded: Traded) -> Iterator[str]:
    if traded.unfilled:
        yield f"{_entries_were(traded.unfilled)} not filled: the money was too little to buy anything."


def _crowded_out(traded: Traded) -> Iterator[str]:
    if traded.crowded_out:
        most = "1 position" if traded.slots == 1 else f"{traded.slots} positions"
        yield f"{_entries_were(traded.crowded_out)} not filled: at most {most} may be held at a time."


def _entries_were(count: int) -> str:
    return "1 entry was" if count == 1 else f"{count:,} entries were"


def _why_nothing(traded: Traded, truths: Sequence[tuple[str, Floats]], unknown: Sequence[str]) -> str:
    never = [text for text, values in truths if text not in unknown and not (values == 1.0).any()]
    entered = _entries(traded)
    if not sum(rows.stop - max(1, rows.start) for rows in traded.rows):
        return "Nothing was traded: there is no bar at whose open a decision could be filled."
    if never:
        return f"Nothing was traded: never true in this period: {_named(never)}."
    if unknown:
        return "Nothing was traded, because what is never known is never true."
    if not entered:
        return "Nothing was traded: the parts of the entry were each true at times, but never at the same bar."
    if traded.unfilled:
        return f"Nothing was traded, although an entry was decided at {entered:,} bars: the money was too little."
    return (
        f"Nothing was traded, although an entry was true at {entered:,} bars: an exit or the other side was true as"
        " well, or its size could not be worked out (a volatility target needs 20 bars before it)."
    )


def _entries(traded: Traded) -> int:
    """Bars at which an entry was true and could have been filled, of all symbols together."""
    decided = 0
    for frame, rows in zip(traded.frames, traded.rows, strict=True):
        signals = traded.compiled.signals(frame)
        decided += int(np.count_nonzero((signals.long_entry | signals.short_entry)[_decided(rows)]))
    return decided


def _named(names: Sequence[str]) -> str:
    more = f", and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return "; ".join(names[:NAMED]) + more
