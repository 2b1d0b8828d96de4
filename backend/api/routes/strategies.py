"""Strategies that are kept by name: the user's own, and those that ship with Backproof."""

from fastapi import APIRouter, Response

from backend.api.answers import Answer, gone
from backend.api.deps import Served
from backend.api.documents.strategies import StrategyBody, StrategyDocument, StrategyPage, StrategyValidated
from backend.api.paging import Paged
from backend.api.paths import path_of
from backend.bootstrap import done_before, repeating
from backend.domain.errors import NotFound
from backend.services.strategies import strategy_document, strategy_line, validated_document

router = APIRouter(tags=["strategies"])


@router.post("/strategies", operation_id="add_strategy", status_code=201, response_model=StrategyDocument)
def add_strategy(body: StrategyBody, application: Served) -> Answer:
    """Keep a strategy under its name, for backtests to come."""
    strategies, owner = application.strategies, application.owner
    kept = done_before("str", lambda strategy_id: strategies.load(owner, strategy_id))
    strategy = kept or strategies.add(owner, body.spec)
    return Answer(strategy_document(strategy), 201, location=path_of("strategies", strategy.strategy_id))


@router.get("/strategies", operation_id="list_strategies", response_model=StrategyPage)
def list_strategies(page: Paged, application: Served) -> Answer:
    """List strategies: your own, newest first, then those that ship with Backproof."""
    strategies = application.strategies.list(application.owner, page.wanted, page.after)
    return Answer(page.document("strategies", strategies, strategy_line, lambda strategy: strategy.strategy_id))


@router.post("/strategies/validate", operation_id="validate_strategy", response_model=StrategyValidated)
def validate_strategy(body: StrategyBody) -> Answer:
    """Check a strategy without keeping it: its canonical form, hash, warm-up, and what in it has no effect.

    One that cannot be used is refused with a problem that says where and why.
    """
    return Answer(validated_document(body.spec))


@router.get("/strategies/{strategy_id}", operation_id="show_strategy", response_model=StrategyDocument)
def show_strategy(strategy_id: str, application: Served) -> Answer:
    """Show a strategy, found by its id or its name, with what its expressions come to."""
    return Answer(strategy_document(application.strategies.load(application.owner, strategy_id)))


@router.delete("/strategies/{strategy_id}", operation_id="delete_strategy", status_code=204)
def delete_strategy(strategy_id: str, application: Served) -> Response:
    """Delete a strategy of your own; what was tested with it stays."""
    try:
        application.strategies.delete(application.owner, strategy_id)
    except NotFound:
        if not repeating():
            raise
    return gone()
