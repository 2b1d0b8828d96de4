"""Makes the cells of a batch from what was asked for, and says which item is wrong where one is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from backend.domain.batches import MOST_CELLS, BatchItem, BatchRequest, BatchStrategy, CellSummary
from backend.domain.commands import without_commands
from backend.domain.errors import BackproofError, InvalidInput, NotFound
from backend.domain.spec import StrategySpec
from backend.domain.strategies import SavedStrategy
from backend.domain.symbols import is_symbol
from backend.language import CompiledSpec, compile_spec, spec_hash

FindStrategy = Callable[[str], SavedStrategy]
"""The kept strategy of an id or name; raises NotFound."""


@dataclass(frozen=True)
class Asked:
    """What was asked for, checked: the columns and the cells of the matrix, and what must be said about them."""

    strategies: tuple[BatchStrategy, ...]
    cells: tuple[CellSummary, ...]
    notices: tuple[str, ...]

    @property
    def symbols(self) -> tuple[str, ...]:
        """In the order in which they are first named."""
        return tuple(dict.fromkeys(cell.symbol for cell in self.cells))


def asked(request: BatchRequest, find: FindStrategy) -> Asked:
    """The cells of a request, in its order; one that is asked for twice is there once.

    Raises:
        InvalidInput: there are none or too many, or one cannot be run as it is stated.
        NotFound: there is no such strategy.
    """
    _refuse_unusable(request)
    reader = _Reader(find)
    cells: dict[str, CellSummary] = {}
    repeated = 0
    for place, item in enumerate(request.items, start=1):
        with _naming(place, item):
            cell = reader.cell(item, len(cells) + 1)
        key = repr((cell.symbol, cell.strategy, sorted(cell.parameters.items())))
        repeated += key in cells
        cells.setdefault(key, cell)
    notices = (f"{_cells(repeated)} asked for more than once, and run once.",) if repeated else ()
    return Asked(tuple(reader.columns.values()), tuple(cells.values()), notices)


def refuse_unknown_values(spec: StrategySpec, compiled: CompiledSpec, values: Mapping[str, float]) -> None:
    """Raises InvalidInput: the strategy has no such parameter, or it cannot have that value."""
    compiled.warmup_for(values)
    for parameter in spec.parameters:
        value = values.get(parameter.name, parameter.value)
        if parameter.kind == "int" and not float(value).is_integer():
            raise InvalidInput(
                f'The parameter "{parameter.name}" is a whole number and cannot be {value:g}.',
                f"write one of {parameter.low:g}..{parameter.high:g}",
            )


@dataclass
class _Reader:
    """Reads items one after the other; each strategy is looked up and compiled once."""

    find: FindStrategy
    columns: dict[str, BatchStrategy] = field(default_factory=dict)
    _kept: dict[str, str] = field(default_factory=dict)
    _sent: dict[str, str] = field(default_factory=dict)
    _compiled: dict[str, CompiledSpec] = field(default_factory=dict)
    _hashes: dict[str, str] = field(default_factory=dict)

    def cell(self, item: BatchItem, n: int) -> CellSummary:
        """The cell of an item."""
        symbol = _symbol(item.symbol)
        column = self.columns[self._column(item.strategy)]
        stated = {p.name: p.value for p in column.spec.parameters}
        changed = {name: value for name, value in sorted(item.parameters.items()) if stated.get(name) != value}
        return CellSummary(
            n=n, symbol=symbol, strategy=column.key, parameters=changed, spec_hash=self._hash(column, changed)
        )

    def _column(self, strategy: str | StrategySpec) -> str:
        """The key of its column, which is made when it is new."""
        if isinstance(strategy, str):
            if strategy not in self._kept:
                kept = self.find(strategy)
                self._kept[strategy] = self._add(kept.strategy_id, kept.spec)
            return self._kept[strategy]
        text = strategy.model_dump_json()
        if text not in self._sent:
            self._sent[text] = self._add(f"spec_{len(self._sent) + 1}", strategy)
        return self._sent[text]

    def _add(self, key: str, spec: StrategySpec) -> str:
        if key not in self.columns:
            self._compiled[key] = compile_spec(spec)
            self.columns[key] = BatchStrategy(key=key, name=spec.name, spec=spec, spec_hash=spec_hash(spec))
        return key

    def _hash(self, column: BatchStrategy, values: Mapping[str, float]) -> str:
        """Of the strategy with these values, which are checked."""
        if not values:
            return column.spec_hash
        key = f"{column.key} {sorted(values.items())}"
        if key not in self._hashes:
            refuse_unknown_values(column.spec, self._compiled[column.key], values)
            self._hashes[key] = spec_hash(column.spec.with_values(dict(values)))
        return self._hashes[key]


def _refuse_unusable(request: BatchRequest) -> None:
    if not request.items:
        raise InvalidInput("A batch needs a cell.", "name at least one symbol and one strategy")
    if len(request.items) > MOST_CELLS:
        raise InvalidInput(
            f"A batch may have {MOST_CELLS:,} cells, not {len(request.items):,}.", "make several smaller ones of it"
        )
    if request.start and request.end and request.start > request.end:
        raise InvalidInput(
            f"The start {request.start} lies after the end {request.end}.", "give the earlier day as the start"
        )
    if (request.execution.max_positions or 1) > 1:
        raise InvalidInput(
            "A cell of a batch holds one symbol, so it has one position at a time.",
            "leave max_positions out, or run the symbols together as one backtest",
        )


def _symbol(text: str) -> str:
    symbol = text.strip().upper()
    if not is_symbol(symbol):
        raise InvalidInput("What is named is not a symbol.", "write a ticker such as AAPL or BRK.B")
    return symbol


@contextmanager
def _naming(place: int, item: BatchItem) -> Iterator[None]:
    """Let an error about an item say which one it is."""
    try:
        yield
    except (InvalidInput, NotFound) as error:
        strategy = item.strategy if isinstance(item.strategy, str) else item.strategy.name
        named = f"Item {place} ({item.symbol[:40]!r}, {strategy[:80]!r}): {error.message}"
        raise type(error)(named, error.hint) from error


def _cells(count: int) -> str:
    return "1 cell was" if count == 1 else f"{count:,} cells were"


def told(error: BackproofError) -> str:
    """Why a cell failed, in one or two sentences."""
    return f"{error.message} Hint: {without_commands(error.hint)}." if error.hint else error.message
