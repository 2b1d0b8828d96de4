"""Turns a goal into sealed data once a session: bars, sentiment, periods, and the frame that the loop may see."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import structlog

from backend.domain.arrays import Dates
from backend.domain.bars import Bars
from backend.domain.errors import Conflict, NotFound
from backend.domain.frames import LoopFrame, SealedFrame
from backend.domain.goal import Goal
from backend.domain.periods import Period, Periods
from backend.domain.ports import Progress
from backend.domain.sentiment import SentimentDataset
from backend.domain.sessions import Session
from backend.engine.calendar import trading_calendar
from backend.proof.splits import cut, holdout_notices
from backend.services.dataset_manager import DatasetManager, Prefetch
from backend.services.market_data import MarketData, MarketSlice, OpenPeriod
from backend.services.price_jumps import jump_notices

WARMUP_BARS = 250
"""Bars asked for before the first session, so that long averages are known when it starts."""

SESSIONS_IN_MEMORY = 16
"""Of daily bars a session takes about a megabyte; fewer than run at the same time would be prepared again each time."""

CUT_ANEW = "This data does not reach over the periods of the session before it, so its history was cut anew."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, eq=False)
class LoopData:
    """All that the loop is handed: it ends with the validation period.

    Attributes:
        goal: with its start and end filled in.
        frame: warm-up, train and validation rows.
        train_rows, validation_rows: the rows of ``frame`` that belong to each period.
    """

    goal: Goal
    frame: LoopFrame
    train_rows: slice
    validation_rows: slice

    @classmethod
    def of(cls, goal: Goal, frame: LoopFrame, periods: Periods) -> Self:
        """With the rows of train and validation found by their sessions."""
        return cls(goal, frame, frame.rows(periods.train), frame.rows(periods.validation))


@dataclass(frozen=True, eq=False)
class Prepared:
    """The data of a session, hold-out included; only the conclusion reads more than ``loop``."""

    loop: LoopData
    periods: Periods
    sealed: SealedFrame
    datasets: tuple[SentimentDataset, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Remembered:
    """What is kept of a session; the whole bars are for its bot alone."""

    prepared: Prepared
    bars: tuple[Bars, ...]


class Preparation:
    """Prepares sessions, and keeps the last few in memory so that iterations read nothing.

    Args:
        market: where bars come from.
        datasets: where sentiment comes from.
        shares: train, validation and hold-out as fractions.
    """

    def __init__(self, market: MarketData, datasets: DatasetManager, shares: tuple[float, float, float]) -> None:
        self._market = market
        self._datasets = datasets
        self._shares = shares
        self._memory: OrderedDict[str, _Remembered] = OrderedDict()

    def symbols(self) -> tuple[str, ...]:
        """Symbols that a request may name."""
        return self._market.symbols()

    def span(self, symbol: str, goal: Goal) -> Period | None:
        """The sessions for which there are bars."""
        return self._market.span(symbol, goal.timeframe)

    def prepare(self, session: Session, goal: Goal, progress: Progress) -> Prepared:
        """Fetch, store and cut everything that ``goal`` needs; from memory when it was done before.

        Raises:
            DataUnavailable: bars or posts are missing, or there is too little history.
            Conflict: the data behind a session that had started is no longer the same.
        """
        return _towards(goal, self._remembered(session, goal, progress).prepared)

    def recall(self, session: Session) -> Prepared:
        """The data of a session that was prepared before, in this process or an earlier one.

        Raises:
            DataUnavailable: bars are no longer there.
            Conflict: the session has no goal yet, or its data is no longer the same.
        """
        recalled = self._recalled(session).prepared
        return _towards(session.goal, recalled) if session.goal else recalled

    def pinned_bars(self, session: Session) -> tuple[Bars, ...]:
        """The very bars that a concluded session was tested on, to be stored with its bot.

        Raises:
            DataUnavailable: they are no longer there.
            Conflict: they are no longer the same, e.g. because an adjustment replaced the series.
        """
        remembered = self._recalled(session)
        _check_unchanged(session, remembered.prepared)
        return remembered.bars

    def forget(self, session: Session) -> None:
        """Free the memory of a session."""
        self._memory.pop(session.session_id, None)

    def _recalled(self, session: Session) -> "_Remembered":
        if session.goal is None:
            raise Conflict(f"Session {session.session_id} has no goal yet, so it has no data.", "resume it first")
        return self._remembered(session, session.goal, lambda _: None)

    def _remembered(self, session: Session, goal: Goal, progress: Progress) -> "_Remembered":
        remembered = self._memory.get(session.session_id)
        if remembered is None:
            remembered = self._prepare(session, goal, progress)
            _check_unchanged(session, remembered.prepared)
            self._memory[session.session_id] = remembered
            while len(self._memory) > SESSIONS_IN_MEMORY:
                self._memory.popitem(last=False)
        return remembered  # another thread's session may have taken its place in memory by now

    def _prepare(self, session: Session, goal: Goal, progress: Progress) -> "_Remembered":
        symbol = goal.symbols[0]
        progress(f"bars of {symbol}")
        market = self._market_slice(symbol, goal)
        bars = market.bars
        sessions = bars.session[bars.session >= np.datetime64(goal.start, "D")] if goal.start else bars.session
        known = session.periods if session.data_hash or _covered(session.periods, sessions) else None
        periods = known or cut(sessions, self._shares, self._sessions(symbol, goal))
        asked = Period(start=periods.train.start, end=periods.holdout.end)  # only prices warm up before it
        fetched = self._sentiment(session, goal, asked, progress)
        sealed = SealedFrame(self._datasets.frame(bars, fetched.datasets), periods)
        filled = goal.model_copy(update={"start": periods.train.start, "end": periods.holdout.end})
        loop = LoopData.of(filled, sealed.visible(), periods)
        jumps = jump_notices(loop.frame.bars)  # those of the hold-out wait for its opening
        anew = (CUT_ANEW,) if session.periods is not None and known is None else ()
        notices = (*market.notices, *anew, *jumps, *fetched.notices, *holdout_notices(periods, sessions))
        told = notices if session.data_hash is None else session.notices
        return _Remembered(Prepared(loop, periods, sealed, fetched.datasets, told), (bars,))

    def _sentiment(self, session: Session, goal: Goal, asked: Period, progress: Progress) -> Prefetch:
        """The versions that a session started with, whatever was imported since; otherwise fetched and stored."""
        if session.data_hash is not None and session.datasets:
            try:
                return Prefetch(self._datasets.versions(session.owner, session.datasets), ())
            except NotFound:
                log.warning("datasets.made_anew", session_id=session.session_id)  # they were cleaned up
        return self._datasets.prefetch(session.owner, session.session_id, goal.symbols, goal.channels, asked, progress)

    def _sessions(self, symbol: str, goal: Goal) -> Dates | None:
        """Every session that a longer period could have."""
        span = self.span(symbol, goal)
        return trading_calendar(span.start, span.end).sessions if span else None

    def _market_slice(self, symbol: str, goal: Goal) -> MarketSlice:
        return self._market.bars(symbol, goal.timeframe, OpenPeriod(goal.start, goal.end), WARMUP_BARS)


def _towards(goal: Goal, prepared: Prepared) -> Prepared:
    """The data with the goal of the present turn, and its dates: a follow-up changes what is wanted, never the data."""
    dated = goal.model_copy(update={"start": prepared.periods.train.start, "end": prepared.periods.holdout.end})
    return replace(prepared, loop=replace(prepared.loop, goal=dated))


def _covered(periods: Periods | None, sessions: Dates) -> bool:
    """Whether the bars reach over all of the periods."""
    if periods is None or not sessions.size:
        return False
    first, last = (np.datetime64(day, "D") for day in (periods.train.start, periods.holdout.end))
    return bool(sessions.min() <= first and sessions.max() >= last)


def _check_unchanged(session: Session, prepared: Prepared) -> None:
    if session.data_hash is not None and session.data_hash != prepared.sealed.data_hash:
        raise Conflict(
            f"The data of session {session.session_id} changed since it started.",
            "start a new session; numbers from two versions of the data must not be mixed",
        )
