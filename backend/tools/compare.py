"""Two attempts beside each other: what was changed, and their figures on train."""

from typing import TYPE_CHECKING

from backend.domain.errors import NotFound
from backend.domain.record import Record
from backend.language import diff_specs
from backend.search.context import SearchContext, TrainView
from backend.tools.attempts import MOST_LINES, figures
from backend.tools.workbench import Workbench

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

NAME = "compare"
DESCRIPTION = "What changed from one attempt to another, and the train figures of both."

FIGURES = ("Sharpe", "return", "drawdown", "trades", "win rate", "exposure")


class Pair(Record):
    """Numbers of two attempts."""

    earlier: int
    later: int


def tool(bench: Workbench) -> "StructuredTool":
    """The tool of one session."""
    from langchain_core.tools import StructuredTool

    def put_side_by_side(earlier: int, later: int) -> str:
        return compare(bench.context, earlier, later)

    return StructuredTool.from_function(put_side_by_side, name=NAME, description=DESCRIPTION, args_schema=Pair)


def compare(context: SearchContext, earlier: int, later: int) -> str:
    """The lines of the canonical form that differ, then one line a figure.

    Raises:
        NotFound: naming the attempts that there are.
    """
    first, second = _attempt(context, earlier), _attempt(context, later)
    changed = diff_specs(first.spec, second.spec)[:MOST_LINES] or ("the two do the same",)
    rows = zip(FIGURES, figures(first.train), figures(second.train), strict=True)
    return "\n".join([*changed, *(f"{name} on train: {before} -> {after}" for name, before, after in rows)])


def _attempt(context: SearchContext, n: int) -> TrainView:
    known = {view.n: view for view in context.attempts}
    if n not in known:
        raise NotFound(f"There is no attempt {n}.", f"attempts are: {', '.join(map(str, known)) or 'none yet'}")
    return known[n]
