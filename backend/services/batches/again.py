"""Chooses the cells of a batch that are run again, and gives them their new values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.domain.batches import Batch, BatchStrategy, CellSummary
from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean
from backend.language import compile_spec, spec_hash
from backend.services.batches.asked import refuse_unknown_values

_AFRESH = {"status": "queued", "run_id": None, "metrics": None, "notices": (), "p_value": None, "error_message": None}
"""What a cell shows before it has been run."""


@dataclass(frozen=True)
class Choice:
    """Rows, columns by key or name, and values that the cells have from now on; None for all."""

    symbols: Collection[str] | None
    strategies: Collection[str] | None
    parameters: Mapping[str, float]


def again(batch: Batch, cells: Sequence[CellSummary], choice: Choice) -> tuple[CellSummary, ...]:
    """The cells that are run again, waiting.

    Raises:
        InvalidInput: nothing is chosen, or a strategy does not have that parameter or value.
    """
    symbols = _rows(batch, choice)
    columns = _columns(batch, choice)
    chosen = [cell for cell in cells if cell.symbol in symbols and cell.strategy in columns]
    if choice == Choice(None, None, {}):
        chosen = [cell for cell in cells if cell.status != "done"] or chosen
    if not chosen:
        raise InvalidInput("No cell of the batch lies in these rows and columns.", "choose others")
    return tuple(_afresh(cell, columns[cell.strategy], choice.parameters) for cell in chosen)


def _rows(batch: Batch, choice: Choice) -> set[str]:
    if choice.symbols is None:
        return set(batch.symbols)
    wanted = {symbol.strip().upper() for symbol in choice.symbols}
    _refuse_unknown("symbol", wanted, batch.symbols)
    return wanted


def _columns(batch: Batch, choice: Choice) -> dict[str, BatchStrategy]:
    if choice.strategies is None:
        return {column.key: column for column in batch.strategies}
    names = [name for column in batch.strategies for name in (column.key, column.name)]
    _refuse_unknown("strategy", choice.strategies, names)
    wanted = set(choice.strategies)
    return {column.key: column for column in batch.strategies if {column.key, column.name} & wanted}


def _refuse_unknown(noun: str, wanted: Iterable[str], known: Sequence[str]) -> None:
    for name in sorted(set(wanted) - set(known)):
        hint = did_you_mean(name, known) or f"there are {', '.join(known[:10])}"
        raise InvalidInput(f'The batch has no {noun} "{name[:80]}".', hint)


def _afresh(cell: CellSummary, column: BatchStrategy, values: Mapping[str, float]) -> CellSummary:
    if not values:
        return cell.model_copy(update=_AFRESH)
    stated = {parameter.name: parameter.value for parameter in column.spec.parameters}
    merged = {name: value for name, value in sorted({**cell.parameters, **values}.items()) if stated.get(name) != value}
    try:
        refuse_unknown_values(column.spec, compile_spec(column.spec), merged)
    except InvalidInput as error:
        raise InvalidInput(f'Strategy "{column.name}": {error.message}', error.hint) from error
    update = {"parameters": merged, "spec_hash": spec_hash(column.spec.with_values(merged))}
    return cell.model_copy(update=_AFRESH | update)
