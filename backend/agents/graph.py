"""The graph: understand, prefetch, then propose, backtest, analyse and supervise until it is time to conclude."""

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from backend.agents.desk import Desk
from backend.agents.nodes.analyse import Analyse
from backend.agents.nodes.backtest import Backtest
from backend.agents.nodes.conclude import Conclude
from backend.agents.nodes.node import Node
from backend.agents.nodes.prefetch import Prefetch
from backend.agents.nodes.propose import Propose
from backend.agents.nodes.supervise import Supervise
from backend.agents.nodes.understand import Understand
from backend.agents.state import SessionState

Graph = CompiledStateGraph[Any, Any, Any, Any]

NODES: tuple[type[Node], ...] = (Understand, Prefetch, Propose, Backtest, Analyse, Supervise, Conclude)

NODES_BEFORE_AND_AFTER = 5
NODES_PER_ITERATION = 4


def build_graph(desk: Desk, saver: BaseCheckpointSaver[str]) -> Graph:
    """Wire the nodes; to add an agent, add its node and its edge here."""
    graph = StateGraph(SessionState)
    for node in NODES:
        graph.add_node(node.name, node(desk))
    graph.add_edge(START, "understand")
    graph.add_conditional_edges("understand", _after_understanding, ["prefetch", END])
    graph.add_edge("prefetch", "supervise")
    graph.add_conditional_edges("supervise", lambda state: state["decision"], ["propose", "conclude"])
    graph.add_edge("propose", "backtest")
    graph.add_edge("backtest", "analyse")
    graph.add_edge("analyse", "supervise")
    graph.add_edge("conclude", END)
    return graph.compile(checkpointer=saver)


def recursion_limit(iterations: int) -> int:
    """Steps that a turn of that many iterations can take; LangGraph stops a runaway beyond it."""
    return NODES_BEFORE_AND_AFTER + NODES_PER_ITERATION * (iterations + 1)


def _after_understanding(state: SessionState) -> str:
    return END if state.get("question") else "prefetch"
