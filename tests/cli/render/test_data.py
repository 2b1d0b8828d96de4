"""What is stored fits a terminal, and what is deleted says what stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from backend.cli.render.data import cleanup_view, deleted_view, migration_view, status_report, warmed_table
from backend.domain.sentiment import DatasetMetadata
from backend.domain.timeframes import Timeframe
from backend.services.cleanup import Orphans
from backend.services.documents import dataset_use_document, pins_document
from backend.services.inventory import DatasetUse
from backend.services.retention import Deleted
from backend.services.warming import Warmed
from tests.cli import samples
from tests.cli.render.drawing import drawn

SERIES = {"symbol": "AAPL", "timeframe": "1d", "source": "yfinance", "start": "2000-03-01", "end": "2013-03-01"}
POSTS = {"symbol": "AAPL", "channel": "reddit", "provider": "reddit", "start": "2026-11-01", "end": "2026-11-20"}
REPLIES = {"model": "openai:some-model", "replies": 1234, "characters": 56789}
METADATA = DatasetMetadata(
    total_days=10,
    days_with_data=8,
    total_posts=40,
    avg_sentiment=0.1,
    coverage=1.0,
    from_cache_days=0,
    fetched_at=datetime(2026, 10, 22, tzinfo=UTC),
    point_in_time=True,
)
STATUS: dict[str, list[dict[str, Any]]] = {
    "bars": [SERIES | {"bars": 3270, "sessions_missing": 2, "covered": [{"start": "2000-03-01", "end": "2013-03-01"}]}],
    "posts": [POSTS | {"posts": 812, "seen": [["2026-11-01T10:00:00+00:00", "2026-11-20T10:15:00+00:00"]]}],
    "datasets": [dataset_use_document(DatasetUse(samples.link(), (), (), METADATA))],
    "bots": [pins_document(samples.bot())],
    "model_replies": [REPLIES | {"first": "2026-11-20T10:15:00+00:00", "last": "2026-11-21T10:15:00+00:00"}],
    "outbox": [{"session_id": "ses_1", "datasets": 2}],
}
ORPHANS = Orphans((samples.link(),), datetime(2026, 10, 22, tzinfo=UTC))


@pytest.mark.parametrize("width", [80, 120])
def test_the_status_fits_the_terminal(width: int) -> None:
    shown = drawn(status_report(STATUS), width)
    assert max(map(len, shown.splitlines())) <= width
    assert "nobody" in shown
    assert "2 datasets of session ses_1" in shown
    row = next(line for line in shown.splitlines() if "some-model" in line)
    assert row.split()[1:] == ["1,234", "56,789", "2026-11-20", "2026-11-21"]


def test_a_series_with_a_hole_names_its_stretches() -> None:
    series = STATUS["bars"][0]
    row = next(line for line in drawn(status_report(STATUS), 80).splitlines() if "yfinance" in line)
    assert row.split()[-3:] == ["3,270", "2", "whole"]
    parts = [{"start": "2000-03-01", "end": "2005-12-30"}, {"start": "2007-01-03", "end": "2013-03-01"}]
    shown = drawn(status_report(STATUS | {"bars": [series | {"covered": parts}]}), 160)
    assert "2000-03-01 to 2005-12-30, 2007-01-03 to 2013-03-01" in shown


def test_complete_stretches_of_a_collector_are_moments() -> None:
    assert "2026-11-01 10:00 to 2026-11-20 10:15" in drawn(status_report(STATUS), 160)


def test_a_symbol_that_failed_says_why() -> None:
    results = [
        Warmed(symbol="AAPL", timeframe=Timeframe.DAY, source="sample", bars=5, notices=("sample data",)),
        Warmed(symbol="ZZZZ", timeframe=Timeframe.DAY, failed_reason="No source has 1d prices of ZZZZ."),
    ]
    shown = drawn(warmed_table(results), 120)
    assert "✗  ZZZZ" in shown
    assert "No source has 1d prices of ZZZZ." in shown
    assert "! AAPL: sample data" in shown


def test_what_is_deleted_says_what_bots_keep() -> None:
    deleted = Deleted(symbol="AAPL", timeframe=None, before=date(2010, 1, 4), bars=2480)
    assert drawn(deleted_view([deleted], []), 120) == "2,480 bars of AAPL before 2010-01-04 deleted."
    kept = drawn(deleted_view([deleted], [samples.bot()]), 160).splitlines()[1]
    assert kept == "Kept for bots, whatever is deleted: the bars that bot_77aa88bb99cc (first) was tested on."
    many = drawn(deleted_view([deleted], [samples.bot()] * 8), 400)
    assert "and 3 more were tested on." in many


def test_a_dry_run_says_so() -> None:
    assert "1 would be deleted; add --apply to do it." in drawn(cleanup_view(ORPHANS), 120)
    assert "1 deleted." in drawn(cleanup_view(Orphans(ORPHANS.datasets, ORPHANS.stored_before, 1)), 120)
    assert "2026-10-22 is without a bot" in drawn(cleanup_view(Orphans((), ORPHANS.stored_before)), 120)


def test_steps_are_counted_and_named() -> None:
    assert drawn(migration_view(["1 create the tables"], "")) == "1 step applied: 1 create the tables."
    assert drawn(migration_view(["1 a", "2 b"], "")) == "2 steps applied: 1 a, 2 b."
