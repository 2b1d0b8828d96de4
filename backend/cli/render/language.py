"""The reference of the strategy language, with a strategy file to begin from."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from backend.cli.render.tables import facts, section
from backend.language.reference import FunctionEntry, LanguageReference
from backend.services.language_document import EXAMPLE

FIELDS = (
    ("name", "what to call it; the only field needed beside an entry"),
    ("rationale", "why it should work"),
    ("parameters", "numbers with bounds within which a search may move them"),
    ("series", "named lines that later expressions may use"),
    ("long_entry, long_exit", "conditions, checked at each close and traded at the next open"),
    ("short_entry, short_exit", "the same for short positions"),
    ("sizing", 'kind "fraction", "volatility_target" or "risk_per_trade", and a value'),
    ("risk", "stop_loss, take_profit, trailing_stop as fractions of the fill price; max_holding_bars"),
    ("rotation", "rank, a ratio or count; the top few of several symbols are held, chosen anew every so many bars"),
)


def language_view(reference: LanguageReference) -> RenderableType:
    """The file, the expressions, and every column and function."""
    columns = facts([(column.name, f"{column.doc}  [{column.unit}]") for column in reference.columns])
    example = EXAMPLE.model_dump_json(indent=2, exclude_defaults=True)
    return Group(
        section("A strategy file (JSON)", facts(FIELDS)),
        section("Example", Text(example, style="cyan")),
        section("Expressions", _list(reference.grammar)),
        section("Columns", columns),
        section("Functions", Group(*(_function(function) for function in reference.functions))),
        section("Channels of sentiment", Text(", ".join(reference.channels))),
        section("Units", _list(reference.units)),
        section("Missing values", _list(reference.missing)),
        section("Limits", _list(reference.limits)),
    )


def _function(function: FunctionEntry) -> RenderableType:
    kind = f"{function.result}, {function.unit}" if function.unit else function.result
    head = Text.assemble((function.signature, "bold cyan"), (f"  {kind}", "dim"))
    more = Text.assemble(function.doc, ("\ne.g. ", "dim"), function.example)
    more.append(f"\nknown after {function.warmup} bars; {function.missing}", style="dim")
    return Group(head, Padding(more, (0, 0, 0, 4), expand=False))


def _list(lines: Sequence[str]) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    for line in lines:
        grid.add_row("•", line)
    return grid
