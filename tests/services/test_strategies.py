"""Strategies are listed, found by id or name, and added once under a name."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.domain.spec import StrategySpec
from backend.language import spec_hash
from backend.search.starters import STARTERS
from backend.services.strategies import Strategies, starters, strategy_document, strategy_line
from backend.stores import Stores, open_database

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
OWN = StrategySpec(name="Mine", long_entry='close > sma(close, 50) and sentiment("news") > 0')


@pytest.fixture
def strategies(tmp_path: Path) -> Iterator[Strategies]:
    numbers = count(1)
    with closing(open_database(f"sqlite:///{tmp_path / 'b.sqlite'}")) as database:
        yield Strategies(
            Stores.over(database).strategies,
            lambda: NOON + timedelta(hours=next(numbers)),
            lambda prefix: f"{prefix}_{next(numbers)}",
        )


def test_what_ships_with_the_product_is_there_for_everybody(strategies: Strategies) -> None:
    assert [each.spec for each in strategies.list("ann")] == list(STARTERS.values())
    for starter in starters():
        assert (starter.kind, starter.created_at, starter.spec_hash) == ("starter", None, spec_hash(starter.spec))
        assert strategies.load("ann", starter.strategy_id) == strategies.load("bob", starter.name) == starter


def test_own_ones_come_first_and_are_found_by_id_and_by_name(strategies: Strategies) -> None:
    first = strategies.add("ann", OWN)
    second = strategies.add("ann", OWN.model_copy(update={"name": "Newer"}))
    assert [each.name for each in strategies.list("ann")][:3] == ["Newer", "Mine", "Golden cross"]
    assert strategies.load("ann", "Mine") == strategies.load("ann", first.strategy_id) == first
    assert strategies.load("ann", "Newer").strategy_id == second.strategy_id
    assert first.kind == "own"
    assert first.spec_hash == spec_hash(OWN)
    assert len(strategies.list("bob")) == len(STARTERS)


def test_a_name_is_taken_once(strategies: Strategies) -> None:
    strategies.add("ann", OWN)
    with pytest.raises(Conflict, match='a strategy named "Mine" already'):
        strategies.add("ann", OWN)
    strategies.add("bob", OWN)
    with pytest.raises(Conflict, match="it ships with Backproof"):
        strategies.add("ann", OWN.model_copy(update={"name": "Golden cross"}))


def test_an_unknown_one_is_told_with_what_resembles_it(strategies: Strategies) -> None:
    strategies.add("ann", OWN)
    with pytest.raises(NotFound, match='no strategy "Minee"') as near:
        strategies.load("ann", "Minee")
    assert near.value.hint == 'did you mean "Mine"?'
    with pytest.raises(NotFound) as far:
        strategies.load("bob", "Mine")
    assert '"Mine"' not in far.value.hint


def test_a_strategy_that_cannot_run_is_not_kept(strategies: Strategies) -> None:
    with pytest.raises(InvalidInput, match="closing"):
        strategies.add("ann", StrategySpec(name="Typo", long_entry="closing > open"))
    assert len(strategies.list("ann")) == len(STARTERS)


def test_its_documents_name_what_it_reads(strategies: Strategies) -> None:
    added = strategies.add("ann", OWN)
    document = strategy_document(added)
    assert document["channels"] == strategy_line(added)["channels"] == ["news"]
    assert (document["warmup"], document["spec_hash"]) == (49, added.spec_hash)
    assert StrategySpec.model_validate(document["spec"]) == OWN
    assert "spec" not in strategy_line(added)
