"""Runs the cells of a batch that wait, side by side, and stores what came of them in their order."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from threading import Lock
from time import monotonic

import structlog

from backend.domain.batches import Batch, CellSummary
from backend.domain.ports import CellResult
from backend.services.batches.cells import Cells, SymbolData, failed
from backend.services.batches.recorder import Recorder
from backend.services.gathering import Gathering

log = structlog.get_logger()

UNEXPECTED = "Something went wrong here; it was written to the log."

AT_A_TIME = 8
"""Cells of one symbol that one thread takes on at once; the very first is alone, so that it shows at once."""

IN_A_CHUNK = 24
"""Cells that are stored at once, with what a piece brings beyond; a kill costs no more, and what is in the air."""

SHOWN_AFTER = 0.25
"""Seconds after which finished cells are stored, however few they are."""

AHEAD = 3
"""Pieces of work handed out for each thread: enough to keep it busy while others are stored."""

LOOKING = 0.1
"""Seconds between two looks whether to stop."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Cells of one symbol that one thread runs, one after the other."""

    cells: tuple[CellSummary, ...]
    data: SymbolData


@dataclass(frozen=True, eq=False)
class Flight:
    """A piece that was handed out, and what it has come to so far."""

    piece: Piece
    done: list[CellResult]
    landing: "Future[None]"


@dataclass(eq=False)
class Round:
    """One go at the cells of a batch that wait.

    The order in which results are stored is that of the pieces, whichever thread was first, so the ledger is the same
    each time.

    Attributes:
        batch: whose cells they are.
        recorder: stores results, and knows whether to stop.
        gathering: where bars and sentiment come from.
        threads: cells at the same time.
    """

    batch: Batch
    recorder: Recorder
    gathering: Gathering
    threads: int
    _stopping: bool = False
    _cells: Cells = field(init=False)
    _finished: list[CellResult] = field(default_factory=list)
    _flying: deque[Flight] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._cells = Cells(self.batch)

    def run(self, waiting: Sequence[CellSummary]) -> None:
        """Run and store them; returns early when it is to stop, with whole chunks stored."""
        pieces = self._pieces(waiting)
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="cells")
        try:
            self._hand_out(pool, pieces)
            while self._flying and not self.recorder.stopped():
                if self._take_one(pool):
                    self._hand_out(pool, pieces)
                self._store(at_least=IN_A_CHUNK)
        finally:
            self._stopping = True
            pool.shutdown(wait=False, cancel_futures=True)
        self._store(at_least=0)

    def _pieces(self, waiting: Sequence[CellSummary]) -> Iterator[Piece]:
        """All cells of a symbol, then all of the next, in the order in which symbols are first named."""
        turn = Lock()
        place = {symbol: n for n, symbol in enumerate(self.batch.symbols)}
        ordered = sorted(waiting, key=lambda cell: (place[cell.symbol], cell.n))
        size = 1
        for symbol, found in groupby(ordered, key=lambda cell: cell.symbol):
            cells, data = tuple(found), SymbolData(self.batch, symbol, self.gathering, turn)
            while cells:
                yield Piece(cells[:size], data)
                cells, size = cells[size:], AT_A_TIME

    def _hand_out(self, pool: ThreadPoolExecutor, pieces: Iterator[Piece]) -> None:
        while len(self._flying) < AHEAD * self.threads:
            piece = next(pieces, None)
            if piece is None:
                return
            self._flying.append(self._flight(pool, piece))

    def _flight(self, pool: ThreadPoolExecutor, piece: Piece) -> Flight:
        done: list[CellResult] = []
        return Flight(piece, done, pool.submit(self._work_off, piece, done, self.recorder.now()))

    def _work_off(self, piece: Piece, done: list[CellResult], at: datetime) -> None:
        for cell in piece.cells:
            if self._stopping:
                break
            self.recorder.doing = f"{cell.symbol}: cell {cell.n} of {self.batch.cells}"
            done.append(self._cells.run(cell, piece.data, at))

    def _take_one(self, pool: ThreadPoolExecutor) -> bool:
        """Take in the results of the oldest piece, if they come soon."""
        flight = self._flying[0]
        wait([flight.landing], LOOKING)
        if not flight.landing.done():
            return False
        self._flying.popleft()
        self._finished += flight.done
        error = flight.landing.exception()
        if error is not None:
            self._go_on_behind(pool, flight, error)
        return True

    def _go_on_behind(self, pool: ThreadPoolExecutor, flight: Flight, error: BaseException) -> None:
        """A fault of ours costs the cell in which it came up, and none of those behind it."""
        broken, *rest = flight.piece.cells[len(flight.done) :]
        log.error("cell.failed", batch_id=self.batch.batch_id, n=broken.n, exc_info=error)
        self._finished.append(failed(broken, UNEXPECTED))
        if rest:
            self._flying.appendleft(self._flight(pool, Piece(tuple(rest), flight.piece.data)))

    def _store(self, at_least: int) -> None:
        due = len(self._finished) >= at_least or monotonic() - self.recorder.stored_at >= SHOWN_AFTER
        if self._finished and due:
            self.recorder.store(self._finished)
            self._finished = []
        elif due:
            self.recorder.waiting()
