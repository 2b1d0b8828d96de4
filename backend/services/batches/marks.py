"""Says which cells of a batch stand out, counting every test that was made in it and all else that was looked at."""

from collections.abc import Iterator, Sequence
from datetime import date

from backend.domain.batches import Batch, CellSummary, CellTest
from backend.domain.ledger import SeenWith
from backend.domain.periods import Period
from backend.domain.ports import BatchStore
from backend.proof.false_discovery import DISCOVERY, q_values

PAID_AHEAD = 10
"""Tests that are counted at least: who tries one strategy after the other pays for the first ones in advance, so that
even a hundred tries, each in a batch of its own, show a mark by chance in one case of ten."""


def tests_of(cells: Sequence[CellSummary]) -> dict[SeenWith, float]:
    """The p-value of every test that told one, runs of a cell that others have replaced included."""
    made: dict[SeenWith, float] = {}
    for cell in cells:
        for test in cell.tests:
            if test.p_value is not None:
                made[_key(cell, test)] = test.p_value
    return made


def looks_elsewhere(batch: Batch, cells: Sequence[CellSummary], store: BatchStore) -> int:
    """What the owner has looked at of the symbols on the days of the batch, and not in it.

    Without these a strategy would be tried in a new batch each time, and each would count one test.
    """
    own = {_key(cell, test) for cell in cells for test in cell.tests}
    period = Period(start=batch.start or date.min, end=batch.end or date.max)
    return len(store.list_looks(batch.owner, set(_spellings(batch.symbols)), period) - own)


def marked(batch: Batch, cells: Sequence[CellSummary]) -> tuple[CellSummary, ...]:
    """The cells with their q-values over all tests; those without a p-value have none."""
    made = tests_of(cells)
    others = max(batch.looks_elsewhere + _given_up(cells), PAID_AHEAD - len(made))
    q_of = dict(zip(made, q_values(list(made.values()), others), strict=True))
    return tuple(_marked(cell, q_of) for cell in cells)


def _given_up(cells: Sequence[CellSummary]) -> int:
    """Cells that were not run because somebody had seen enough: whoever stops at a success has not tried less."""
    stopped = (cell for cell in cells if cell.status in ("queued", "cancelled"))
    return sum(all(test.spec_hash != cell.spec_hash for test in cell.tests) for cell in stopped)


def _spellings(symbols: Sequence[str]) -> Iterator[str]:
    """Each symbol, with its class of shares set off in both ways."""
    for symbol in symbols:
        yield from (symbol, symbol.replace("-", "."), symbol.replace(".", "-"))


def _marked(cell: CellSummary, q_of: dict[SeenWith, float]) -> CellSummary:
    if cell.p_value is None or not cell.tests:
        return cell
    q = q_of[_key(cell, cell.tests[-1])]
    return cell.model_copy(update={"q_value": q, "discovery": q <= DISCOVERY})


def _key(cell: CellSummary, test: CellTest) -> SeenWith:
    return cell.symbol, test.spec_hash, test.data_hash
