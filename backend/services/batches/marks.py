"""Says which cells of a batch stand out, counting every test that was ever made in it."""

from collections.abc import Sequence

from backend.domain.batches import CellSummary, CellTest
from backend.proof.false_discovery import DISCOVERY, q_values

Key = tuple[str, str, str]
"""Symbol, hash of the strategy, hash of the data: the same again is the same test."""


def tests_of(cells: Sequence[CellSummary]) -> dict[Key, float]:
    """The p-value of every test that told one, runs of a cell that others have replaced included."""
    made: dict[Key, float] = {}
    for cell in cells:
        for test in cell.tests:
            if test.p_value is not None:
                made[_key(cell, test)] = test.p_value
    return made


def marked(cells: Sequence[CellSummary]) -> tuple[CellSummary, ...]:
    """The cells with their q-values over all tests; those without a p-value have none."""
    made = tests_of(cells)
    q_of = dict(zip(made, q_values(list(made.values())), strict=True))
    return tuple(_marked(cell, q_of) for cell in cells)


def _marked(cell: CellSummary, q_of: dict[Key, float]) -> CellSummary:
    if cell.p_value is None or not cell.tests:
        return cell
    q = q_of[_key(cell, cell.tests[-1])]
    return cell.model_copy(update={"q_value": q, "discovery": q <= DISCOVERY})


def _key(cell: CellSummary, test: CellTest) -> Key:
    return cell.symbol, test.spec_hash, test.data_hash
