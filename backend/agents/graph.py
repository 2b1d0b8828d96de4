"""The graph: understand, prefetch, then propose, backtest, analyse and supervise until it is time to conclude."""

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from backend.agents.nodes import Nodes
from backend.agents.state import SessionState

Graph = CompiledStateGraph[Any, Any, Any, Any]

NODES_BEFORE_AND_AFTER = 4
NODES_PER_ITERATION = 4


def build_graph(nodes: Nodes, saver: BaseCheckpointSaver[str]) -> Graph:
    """Wire the nodes; to add an agent, add its node and its edge here."""
    graph = StateGraph(SessionState)
    graph.add_node("understand", nodes.understand)
    graph.add_node("prefetch", nodes.prefetch)
    graph.add_node("propose", nodes.propose)
    graph.add_node("backtest", nodes.backtest)
    graph.add_node("analyse", nodes.analyse)
    graph.add_node("supervise", nodes.supervise)
    graph.add_node("conclude", nodes.conclude)
    graph.add_edge(START, "understand")
    graph.add_conditional_edges("understand", _after_understanding, ["prefetch", END])
    graph.add_edge("prefetch", "propose")
    graph.add_edge("propose", "backtest")
    graph.add_edge("backtest", "analyse")
    graph.add_edge("analyse", "supervise")
    graph.add_conditional_edges("supervise", lambda state: state["decision"], ["propose", "conclude"])
    graph.add_edge("conclude", END)
    return graph.compile(checkpointer=saver)


def recursion_limit(iterations: int) -> int:
    """Steps that a session of that many iterations can take; LangGraph stops a runaway beyond it."""
    return NODES_BEFORE_AND_AFTER + NODES_PER_ITERATION * (iterations + 1)


def _after_understanding(state: SessionState) -> str:
    return END if state.get("question") else "prefetch"
