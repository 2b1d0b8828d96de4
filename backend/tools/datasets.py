"""The datasets: which sentiment a session has and how thick it is on train; never a post."""

from typing import TYPE_CHECKING

import numpy as np

from backend.domain.record import Record
from backend.services.preparation import LoopData
from backend.tools.workbench import Workbench

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

NAME = "datasets"
DESCRIPTION = "How many bars the train period has, and for each sentiment channel on how many of them there are posts."


class Nothing(Record):
    """It needs no arguments."""


def tool(bench: Workbench) -> "StructuredTool":
    """The tool of one session."""
    from langchain_core.tools import StructuredTool

    return StructuredTool.from_function(
        lambda: describe(bench.data), name=NAME, description=DESCRIPTION, args_schema=Nothing
    )


def describe(data: LoopData) -> str:
    """One line for the bars and one a channel, of the train period alone."""
    rows = data.train_rows
    lines = [f"train: {rows.stop - rows.start} bars of {data.goal.timeframe}, {rows.start} before it to warm up"]
    for channel in sorted(data.frame.sentiment):
        posts = data.frame.sentiment[channel].posts[rows]
        known, some = np.isfinite(posts), np.nan_to_num(posts) > 0
        lines.append(
            f"{channel}: posts on {int(some.sum())} bars, none on {int((known & ~some).sum())},"
            f" unknown on {int((~known).sum())}"
        )
    return "\n".join(lines) if len(lines) > 1 else f"{lines[0]}\nno sentiment channel"
