"""Batches: every cell with its numbers, what failed and why, and what the marks mean."""

from collections.abc import Sequence
from statistics import fmean

from rich.console import Group, RenderableType
from rich.text import Text

from backend.cli.render.format import MISSING, coloured, count, percent, plain, ratio, signed_percent
from backend.cli.render.notices import notices_view
from backend.cli.render.tables import facts, section, table
from backend.domain.batches import Batch, CellSummary
from backend.proof.false_discovery import DISCOVERY, MINIMUM_POSITIONS
from backend.services.batches.marks import PAID_AHEAD, tests_of

MARK = "*"

_NUMBERS = ("return", "Sharpe", "drawdown", "trades", "p", "q", "")


def batch_report(batch: Batch, cells: Sequence[CellSummary]) -> RenderableType:
    """The matrix, row by row; means of its columns; failed cells; what the marks mean."""
    names = {column.key: column.name for column in batch.strategies}
    parts: list[RenderableType] = [_headline(batch, cells)]
    if batch.notices:
        parts.append(section("Notices", notices_view(batch.notices)))
    parts.append(section("Cells", _matrix(cells, names)))
    if len(names) > 1:
        parts.append(section("Strategies, on average", _means(cells, names)))
    failed = [cell for cell in cells if cell.status == "failed"]
    if failed:
        parts.append(section("Failed", _failures(failed, names)))
    parts.append(section("What stands out", Text(_marks(batch, cells))))
    return Group(*parts)


def _headline(batch: Batch, cells: Sequence[CellSummary]) -> Text:
    done = sum(cell.status == "done" for cell in cells)
    rows, columns = _counted(len(batch.symbols), "symbol"), _counted(len(batch.strategies), "strategy", "strategies")
    return Text(f"{batch.batch_id}: {done:,} of {_counted(len(cells), 'cell')} done, {rows} by {columns}")


def _counted(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def _matrix(cells: Sequence[CellSummary], names: dict[str, str]) -> RenderableType:
    grid = table("n", "symbol", "strategy", *_NUMBERS, numeric=("n", *_NUMBERS[:-1]), wrapped=("strategy",))
    for cell in cells:
        grid.add_row(count(cell.n), cell.symbol, _strategy(cell, names), *_numbers(cell))
    return grid


def _strategy(cell: CellSummary, names: dict[str, str]) -> str:
    values = ", ".join(f"{name} {value:g}" for name, value in cell.parameters.items())
    return plain(names[cell.strategy], 60) + (f" ({values})" if values else "")


def _numbers(cell: CellSummary) -> list[str | Text]:
    metrics = cell.metrics
    if metrics is None:
        return [Text(cell.status, style="yellow"), *[MISSING] * 5, ""]
    return [
        coloured(metrics.total_return, signed_percent(metrics.total_return)),
        ratio(metrics.sharpe),
        percent(metrics.max_drawdown),
        count(metrics.trades),
        _chance(cell.p_value),
        _chance(cell.q_value),
        Text(MARK if cell.discovery else "", style="bold green"),
    ]


def _chance(value: float | None) -> str:
    if value is None:
        return MISSING
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"


def _means(cells: Sequence[CellSummary], names: dict[str, str]) -> RenderableType:
    grid = table("strategy", "cells", "return", "Sharpe", numeric=("cells", "return", "Sharpe"), wrapped=("strategy",))
    for key, name in names.items():
        found = [cell.metrics for cell in cells if cell.strategy == key and cell.metrics]
        sharpes = [metrics.sharpe for metrics in found if metrics.sharpe is not None]
        gain = fmean(metrics.total_return for metrics in found) if found else None
        grid.add_row(
            plain(name, 60),
            count(len(found)),
            coloured(gain, signed_percent(gain)),
            ratio(fmean(sharpes) if sharpes else None),
        )
    return grid


def _failures(cells: Sequence[CellSummary], names: dict[str, str]) -> RenderableType:
    """Each reason once, with the cells that it stopped."""
    stopped: dict[str, list[CellSummary]] = {}
    for cell in cells:
        stopped.setdefault(cell.error_message or "", []).append(cell)
    return facts([(_places(found, names), plain(why)) for why, found in stopped.items()])


def _places(cells: Sequence[CellSummary], names: dict[str, str]) -> str:
    first = cells[0]
    more = f" and {len(cells) - 1:,} more" if len(cells) > 1 else ""
    return f"{first.n} {first.symbol}, {_strategy(first, names)}{more}"


def _tests(batch: Batch, count: int) -> str:
    """What the marks allow for."""
    made = "the one test" if count == 1 else f"all {count:,} tests"
    looks = _counted(batch.looks_elsewhere, "other look", "other looks")
    return f"{made} of this batch, cells that were cancelled, and {looks} that you had taken at its symbols on its days"


def _marks(batch: Batch, cells: Sequence[CellSummary]) -> str:
    tests, found = len(tests_of(cells)), sum(cell.discovery for cell in cells)
    meaning = (
        f"p is the chance of timing as good as this without skill; with fewer than {MINIMUM_POSITIONS} positions there"
        f" is none. q allows for {_tests(batch, tests)}, and for {PAID_AHEAD} at least: a cell is marked {MARK} where"
        f" q is at most {DISCOVERY:g}, so that on average no more than {DISCOVERY:.0%} of the marked ones are there by"
        " chance."
        " What a session tuned on these days is not counted."
    )
    if batch.status == "running":
        return meaning
    marked = f"{_counted(found, 'cell stands', 'cells stand')} out" if found else "No cell stands out"
    return f"{marked}. {meaning}"
