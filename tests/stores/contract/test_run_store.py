"""The contracts of RunStore and LedgerStore."""

from datetime import UTC, timedelta

import pytest

from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.stores import Stores
from backend.stores.codecs.runs import NOT_IN_DOCUMENT
from tests.stores.samples import NOON, OWNER, STRANGER, as_row, make_opening, make_run


def test_a_run_comes_back_as_it_was(stores: Stores) -> None:
    stores.runs.add_run(make_run(), [])
    assert stores.runs.load_run(OWNER, "run_1") == make_run()


def test_a_run_may_have_no_trades_and_no_curves(stores: Stores) -> None:
    empty = make_run(open_positions=(), **NOT_IN_DOCUMENT)
    stores.runs.add_run(empty, [])
    assert stores.runs.load_run(OWNER, "run_1") == empty


def test_runs_are_listed_newest_first_without_trades_and_curves(stores: Stores) -> None:
    for name, hours in (("b", 0), ("a", 2), ("c", 0)):
        stores.runs.add_run(make_run(name, created_at=NOON + timedelta(hours=hours)), [])
    listed = stores.runs.list_runs(OWNER, 2)
    assert [run.run_id for run in listed] == ["a", "c"]
    assert listed[1] == make_run("c", **NOT_IN_DOCUMENT)


def test_a_run_is_added_once_and_as_a_whole(stores: Stores) -> None:
    stores.runs.add_run(make_run(), [])
    with pytest.raises(Conflict, match='a backtest "run_1" already'):
        stores.runs.add_run(make_run(owner=STRANGER), [make_opening(owner=STRANGER)])
    assert stores.ledger.list_openings(STRANGER) == ()
    assert stores.runs.list_runs(STRANGER, 10) == ()


def test_a_run_that_cannot_be_stored_leaves_nothing(stores: Stores) -> None:
    naive = make_run().trades[0].model_copy(update={"exit_time": NOON.replace(tzinfo=None)})
    with pytest.raises(InvalidInput, match="no time zone"):
        stores.runs.add_run(make_run(trades=(make_run().trades[0], naive)), [make_opening()])
    assert stores.runs.list_runs(OWNER, 10) == ()
    assert stores.ledger.list_openings(OWNER) == ()


def test_openings_are_listed_in_the_order_in_which_they_were_made(stores: Stores) -> None:
    first, second = make_opening("z", kind="backtest"), make_opening("a", kind="backtest")
    stores.runs.add_run(make_run("run_1"), [first, second])
    stores.runs.add_run(make_run("run_2"), [make_opening("a", symbol="CHANGED"), make_opening("m")])
    openings = stores.ledger.list_openings(OWNER)
    assert [opening.id for opening in openings] == ["z", "a", "m"]
    assert as_row(openings[1]) == as_row(second)


def test_an_owner_sees_only_runs_and_openings_of_their_own(stores: Stores) -> None:
    stores.runs.add_run(make_run(), [make_opening()])
    assert stores.runs.list_runs(STRANGER, 10) == ()
    assert stores.ledger.list_openings(STRANGER) == ()
    with pytest.raises(NotFound) as refused:
        stores.runs.load_run(STRANGER, "run_1")
    assert "did you mean" not in refused.value.hint


def test_two_owners_may_make_openings_of_one_id(stores: Stores) -> None:
    stores.runs.add_run(make_run(), [make_opening("o", OWNER), make_opening("o", STRANGER)])
    assert len(stores.ledger.list_openings(OWNER)) == len(stores.ledger.list_openings(STRANGER)) == 1


def test_an_unknown_run_is_told_with_what_resembles_it(stores: Stores) -> None:
    stores.runs.add_run(make_run("run_abc"), [])
    with pytest.raises(NotFound, match='no backtest "run_abd"') as refused:
        stores.runs.load_run(OWNER, "run_abd")
    assert refused.value.hint == 'did you mean "run_abc"?'


def test_parts_of_a_run_are_read_by_themselves(stores: Stores) -> None:
    first = make_run().trades[0]
    run = make_run(trades=tuple(first.model_copy(update={"pnl": float(n)}) for n in range(5)))
    stores.runs.add_run(run, [])
    assert stores.runs.load_summary(OWNER, "run_1") == run.model_copy(update=NOT_IN_DOCUMENT)
    curves = stores.runs.load_curves(OWNER, "run_1")
    assert tuple(curves.equity.tolist()) == run.equity_value
    assert [moment.replace(tzinfo=UTC) for moment in curves.time.tolist()] == list(run.equity_time)
    assert stores.runs.load_trades(OWNER, "run_1") == run.trades
    assert stores.runs.load_trades(OWNER, "run_1", limit=2, after=1) == run.trades[1:3]
    assert stores.runs.load_trades(OWNER, "run_1", after=5) == ()


def test_a_run_without_curves_has_none(stores: Stores) -> None:
    stores.runs.add_run(make_run(open_positions=(), **NOT_IN_DOCUMENT), [])
    curves = stores.runs.load_curves(OWNER, "run_1")
    assert (curves.time.size, curves.equity.size, curves.benchmark, curves.exposure) == (0, 0, None, None)


@pytest.mark.parametrize("read", ["load_summary", "load_curves", "load_trades"])
def test_parts_of_a_run_of_somebody_else_are_not_found(stores: Stores, read: str) -> None:
    stores.runs.add_run(make_run(), [])
    with pytest.raises(NotFound, match='no backtest "run_1"'):
        getattr(stores.runs, read)(STRANGER, "run_1")


def test_openings_of_one_market_share_its_fingerprint(stores: Stores) -> None:
    """Thousands of cells look at the same days: their daily returns are read, and held in memory, once."""
    looks = [make_opening(f"opn_{n}", spec_hash=f"s{n}", kind="backtest") for n in range(3)]
    other = make_opening("opn_9", symbol="MSFT", kind="backtest")
    stores.runs.add_run(make_run(), [*looks, other])
    stored = stores.ledger.list_openings(OWNER)
    assert [as_row(opening) for opening in stored] == [as_row(opening) for opening in [*looks, other]]
    assert len({id(opening.fingerprint) for opening in stored}) == 2
