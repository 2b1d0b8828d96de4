"""Runs the cells of a batch that wait, side by side, and stores what came of them in their order."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from threading import Lock
from time import monotonic

from backend.domain.batches import Batch, CellSummary
from backend.domain.ports import CellResult
from backend.services.batches.cells import Cells, SymbolData
from backend.services.batches.recorder import Recorder
from backend.services.gathering import Gathering

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
    _finished: list[CellResult] = field(default_factory=list)
    _flying: "deque[Future[list[CellResult]]]" = field(default_factory=deque)

    def run(self, waiting: Sequence[CellSummary]) -> None:
        """Run and store them; returns early when it is to stop, with whole chunks stored."""
        pieces = self._pieces(waiting)
        cells = Cells(self.batch)
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="cells")
        try:
            self._hand_out(pool, cells, pieces)
            while self._flying and not self.recorder.stopped():
                if self._take_one():
                    self._hand_out(pool, cells, pieces)
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

    def _hand_out(self, pool: ThreadPoolExecutor, cells: Cells, pieces: Iterator[Piece]) -> None:
        while len(self._flying) < AHEAD * self.threads:
            piece = next(pieces, None)
            if piece is None:
                return
            self._flying.append(pool.submit(self._worked_off, cells, piece, self.recorder.now()))

    def _worked_off(self, cells: Cells, piece: Piece, at: datetime) -> list[CellResult]:
        done = []
        for cell in piece.cells:
            if self._stopping:
                break
            self.recorder.doing = f"{cell.symbol}: cell {cell.n} of {self.batch.cells}"
            done.append(cells.run(cell, piece.data, at))
        return done

    def _take_one(self) -> bool:
        """Take in the results of the oldest piece, if they come soon."""
        try:
            self._finished += self._flying[0].result(timeout=LOOKING)
        except TimeoutError:
            return False
        self._flying.popleft()
        return True

    def _store(self, at_least: int) -> None:
        due = len(self._finished) >= at_least or monotonic() - self.recorder.stored_at >= SHOWN_AFTER
        if self._finished and due:
            self.recorder.store(self._finished)
            self._finished = []
        elif due:
            self.recorder.waiting()
