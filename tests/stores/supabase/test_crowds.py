"""Many callers at once: what one call counted still holds when it writes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.domain.errors import Conflict
from tests.samples import flat_bars
from tests.servers.supabase_lite import SupabaseLite
from tests.stores.samples import NOON, make_bot, make_opening, make_session, period
from tests.stores.supabase.accounts import ANN, service_stores, user_stores

pytestmark = pytest.mark.slow

CALLERS = 4


def at_once(task: Callable[[int], bool], times: int) -> list[bool]:
    with ThreadPoolExecutor(CALLERS) as callers:
        return list(callers.map(task, range(times)))


def test_ids_of_events_have_no_gaps(supabase_lite: SupabaseLite) -> None:
    log = user_stores(supabase_lite, ANN).sessions
    log.add_session(make_session("ses_1", ANN))
    # each step is appended twice, and counts once
    added = at_once(lambda n: log.append_event("ses_1", f"step {n // 2}", "notice", {}, NOON) is not None, 60)
    assert sum(added) == 30
    assert [event.id for event in log.list_events("ses_1", 0)] == list(range(1, 31))


def test_of_many_conclusions_from_one_ledger_one_is_stored(supabase_lite: SupabaseLite) -> None:
    stores = user_stores(supabase_lite, ANN)
    for n in range(12):
        stores.sessions.add_session(make_session(f"ses_{n}", ANN))

    def concluded(n: int) -> bool:
        try:
            stores.sessions.conclude(make_session(f"ses_{n}", ANN, status="done"), make_opening(f"opn_{n}", ANN), 0)
        except Conflict:
            return False
        return True

    assert sum(at_once(concluded, 12)) == 1
    assert len(stores.ledger.list_openings(ANN)) == 1


def test_a_name_is_taken_once(supabase_lite: SupabaseLite) -> None:
    stores = user_stores(supabase_lite, ANN)
    stores.sessions.add_session(make_session("ses_1", ANN))

    def added(n: int) -> bool:
        try:
            stores.bots.add_bot(make_bot(f"bot_{n}", ANN, bars=(flat_bars([1]),)), [flat_bars([1])])
        except Conflict:
            return False
        return True

    assert sum(at_once(added, 12)) == 1
    assert len(stores.bots.list_bots(ANN)) == 1


def test_bars_that_are_written_at_once_replace_each_other(supabase_lite: SupabaseLite) -> None:
    market, bars = service_stores(supabase_lite, ANN).market, flat_bars([1.0] * 300)
    within = period("2019-01-01", "2022-01-01")

    def written(n: int) -> bool:
        market.write_bars(bars, within)
        return True

    assert all(at_once(written, 20))
    (series,) = market.series(bars.symbol, bars.timeframe)
    assert series.covered == (within,)
    assert [span.bars for span in market.bar_spans()] == [300]
