"""The probe: one backtest of a strategy on the train period, counted as a trial."""

from itertools import count
from typing import TYPE_CHECKING, Any

from backend.domain.errors import BudgetSpent, InvalidInput
from backend.domain.quoting import as_data
from backend.services.probes import Probe
from backend.tools.attempts import figures
from backend.tools.compare import FIGURES
from backend.tools.strategies import WrittenStrategy
from backend.tools.workbench import Workbench

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

NAME = "backtest"
DESCRIPTION = "Backtests one strategy on the train period with its numbers as they stand. Each use counts as a trial."
MOST_PROBES = 4
"""Uses before one attempt; what is looked at more often fits the past."""


def tool(bench: Workbench) -> "StructuredTool":
    """The tool of one occasion; it counts its uses."""
    from langchain_core.tools import StructuredTool

    uses = count(1)

    def backtest(**fields: Any) -> str:
        return probe(bench, WrittenStrategy(**fields), next(uses))

    return StructuredTool.from_function(backtest, name=NAME, description=DESCRIPTION, args_schema=WrittenStrategy)


def probe(bench: Workbench, written: WrittenStrategy, k: int) -> str:
    """The train figures of probe ``k``, or why it cannot be made."""
    if k > MOST_PROBES:
        return f"not carried out: at most {MOST_PROBES} backtests before an attempt; propose now"
    try:
        return told(bench.probes.run(bench.session, bench.data, written.spec(), bench.n, k))
    except (InvalidInput, BudgetSpent) as error:
        return f"{error.message}\n{error.hint}".strip()


def told(result: Probe) -> str:
    """Figures on train, and how often each part of the entry condition was true."""
    named = dict(zip(FIGURES, figures(result.train), strict=True))
    rates = {rate.expression: round(rate.rate, 4) for rate in result.condition_rates}
    return as_data({"train": named, "entry_conditions_true": rates}, 400)
