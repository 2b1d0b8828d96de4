"""The tools that a strategist may use before it proposes, bound to one occasion of one session."""

from langchain_core.tools import BaseTool

from backend.agents.llm.strategist import Toolbox
from backend.agents.strategist import Occasion
from backend.search.context import SearchContext
from backend.services.preparation import Preparation
from backend.services.probes import Probes
from backend.tools.registry import tools_of
from backend.tools.workbench import Workbench


def session_tools(preparation: Preparation, probes: Probes) -> Toolbox:
    """Every tool of the registry; what they read is the session's own data up to the end of train."""

    def bound(occasion: Occasion, context: SearchContext) -> tuple[BaseTool, ...]:
        data = preparation.recall(occasion.session).loop
        return tools_of(Workbench(occasion.session, context, data, probes, occasion.n))

    return bound
