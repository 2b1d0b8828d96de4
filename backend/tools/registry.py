"""The tools that a strategist may be given, by name; a new one is a file beside this and a line here."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from backend.tools import attempts, compare, datasets, language, probe
from backend.tools.workbench import Workbench

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

TOOLS: dict[str, Callable[[Workbench], "StructuredTool"]] = {
    module.NAME: module.tool for module in (language, attempts, compare, datasets, probe)
}
"""Each makes its tool for one occasion of one session. All of them read; none keeps anything but counted trials."""


def tools_of(bench: Workbench) -> tuple["StructuredTool", ...]:
    """Every tool, bound to the session."""
    return tuple(make(bench) for make in TOOLS.values())
