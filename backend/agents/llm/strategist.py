"""The strategist that asks a language model: structure and reasons from the model, numbers from the tuner."""

from collections.abc import Callable, Sequence

from langchain_core.tools import BaseTool

from backend.agents.llm.examples import example_proposal
from backend.agents.llm.proposals import Proposal
from backend.agents.llm.review import Review
from backend.agents.llm.telling import goal_text
from backend.agents.models.asking import Asker, LanguageModel, Message, Prompt, Shape
from backend.agents.prompts import filled, page
from backend.agents.prompts.language import language_text
from backend.agents.strategist import MOST_CANDIDATES, Occasion, Proposed
from backend.domain.errors import MalformedOutput
from backend.domain.execution import Execution
from backend.search.context import SearchContext
from backend.tools import attempts

Toolbox = Callable[[Occasion, SearchContext], Sequence[BaseTool]]
"""The tools of one occasion, bound to its session."""


class LlmStrategist:
    """Asks for several structures a call, each of which is checked before anything is computed for it.

    Args:
        model: keeps to the session's budget.
        toolbox: what the model may call before it proposes; None is nothing.
    """

    def __init__(self, model: LanguageModel, toolbox: Toolbox | None = None) -> None:
        self.name = model.choice.label
        self._model = model
        self._toolbox = toolbox

    def propose(self, context: SearchContext, occasion: Occasion) -> tuple[Proposed, ...]:
        """The candidates that passed, then those that could not be mended, each with its reason.

        Raises:
            MalformedOutput: not one candidate can be used, repairs included.
            ModelAway, BudgetSpent, Cancelled, Conflict: see ``LanguageModel.ask``.
        """
        review = Review(context)
        asker = Asker(occasion.session, occasion.step, "strategist", occasion.cancelled)
        tools = self._toolbox(occasion, context) if self._toolbox else ()
        prompt = prompt_of(context, occasion.session.request.execution)
        try:
            self._model.ask(asker, prompt, Shape("proposal", Proposal, review.check), tools)
        except MalformedOutput:
            if not review.accepted:
                raise
        return review.outcome


def prompt_of(context: SearchContext, execution: Execution) -> Prompt:
    """What the model reads: rules and language first and always the same, then the goal, then what was tried."""
    role = page("strategist")
    system = filled(role.system, {"language": language_text(), "example": example_proposal()})
    warmup = context.longest_warmup
    message = filled(
        role.message,
        {
            "goal": goal_text(context.goal),
            "costs": _costs(execution),
            "warmup": "not known; keep windows under a year" if warmup is None else f"{warmup} bars",
            "table": attempts.table(context),
            "details": attempts.details(context),
            "troubles": attempts.troubles(context),
            "n": str(context.n),
            "iterations": str(context.iterations),
            "wanted": _wanted(context),
        },
    )
    return Prompt(system, (Message("user", message),))


def _wanted(context: SearchContext) -> str:
    """As many as there are attempts left for them."""
    most = max(1, min(MOST_CANDIDATES, context.iterations - context.n + 1))
    return "one candidate" if most == 1 else f"one to {most} candidates"


def _costs(execution: Execution) -> str:
    costs = execution.costs
    fixed = f" and {costs.commission_fixed:g} in money" if costs.commission_fixed else ""
    return f"{(costs.commission_rate + costs.slippage) * 100:.3g} % of the traded value{fixed}"
