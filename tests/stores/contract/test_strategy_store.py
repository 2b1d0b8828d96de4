"""The contract of StrategyStore."""

from datetime import timedelta

import pytest

from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.stores import Stores
from tests.stores.samples import NOON, OWNER, STRANGER, make_strategy


def test_a_strategy_comes_back_as_it_was(stores: Stores) -> None:
    stores.strategies.add_strategy(OWNER, make_strategy())
    assert stores.strategies.list_strategies(OWNER) == (make_strategy(),)


def test_strategies_are_listed_newest_first(stores: Stores) -> None:
    for name, hours in (("b", 0), ("a", 2), ("c", 0)):
        strategy = make_strategy(name, name=name, created_at=NOON + timedelta(hours=hours))
        stores.strategies.add_strategy(OWNER, strategy)
    assert [each.strategy_id for each in stores.strategies.list_strategies(OWNER)] == ["a", "c", "b"]
    assert stores.strategies.list_strategies(STRANGER) == ()


def test_a_strategy_that_was_deleted_leaves_its_name(stores: Stores) -> None:
    stores.strategies.add_strategy(OWNER, make_strategy())
    with pytest.raises(NotFound, match='no strategy "str_1"'):
        stores.strategies.delete_strategy(STRANGER, "str_1")
    stores.strategies.delete_strategy(OWNER, "str_1")
    stores.strategies.add_strategy(OWNER, make_strategy("str_2"))
    with pytest.raises(NotFound) as refused:
        stores.strategies.delete_strategy(OWNER, "str_1")
    assert refused.value.hint == 'did you mean "str_2"?'


def test_a_name_is_taken_once_by_each_owner(stores: Stores) -> None:
    stores.strategies.add_strategy(OWNER, make_strategy())
    with pytest.raises(Conflict, match=r'a strategy named "Cross" already \(str_1\)'):
        stores.strategies.add_strategy(OWNER, make_strategy("str_2"))
    stores.strategies.add_strategy(STRANGER, make_strategy("str_3"))
    for owner in (OWNER, STRANGER):
        with pytest.raises(Conflict, match='a strategy "str_1" already'):
            stores.strategies.add_strategy(owner, make_strategy(name="Other"))
    assert [each.strategy_id for each in stores.strategies.list_strategies(OWNER)] == ["str_1"]


def test_an_owner_deletes_only_strategies_of_their_own(stores: Stores) -> None:
    stores.strategies.add_strategy(OWNER, make_strategy("str_abc"))
    with pytest.raises(NotFound, match='no strategy "str_abd"') as near:
        stores.strategies.delete_strategy(OWNER, "str_abd")
    assert near.value.hint == 'did you mean "str_abc"?'
    with pytest.raises(NotFound) as strange:
        stores.strategies.delete_strategy(STRANGER, "str_abc")
    assert strange.value.hint == "list those there are: `backproof strategies list`"


def test_what_ships_with_the_product_is_not_stored(stores: Stores) -> None:
    for shipped in (make_strategy(kind="starter"), make_strategy(created_at=None)):
        with pytest.raises(InvalidInput, match="ships with Backproof"):
            stores.strategies.add_strategy(OWNER, shipped)
    assert stores.strategies.list_strategies(OWNER) == ()
