"""The documents of runs and bots have the documented keys."""

from backend.services.documents import bot_document, bot_line, run_document, run_line
from tests.cli import samples

RUN_KEYS = {
    "run_id", "spec_hash", "data_hash", "engine_version", "symbols", "timeframe", "start", "end", "bars", "source",
    "notices", "metrics", "financing",
}  # fmt: skip
BOT_KEYS = {
    "bot_id", "name", "spec", "spec_hash", "data_hash", "engine_version", "session_id", "verdict", "metrics",
    "datasets", "created_at",
}  # fmt: skip
TRADE_KEYS = {
    "symbol", "side", "entry_time", "entry_price", "exit_time", "exit_price", "units", "pnl", "return", "bars_held",
    "exit_reason",
}  # fmt: skip


def test_a_run_has_the_documented_keys() -> None:
    document = run_document(samples.run())
    assert document.keys() >= RUN_KEYS
    assert not document.keys() & {"trades", "open_positions", "equity", "owner", "prices", "years"}


def test_trades_and_equity_are_added_where_they_are_wanted() -> None:
    document = run_document(samples.run(), trades=True, equity=True)
    assert set(document["trades"][0]) == TRADE_KEYS
    assert document["open_positions"][0]["units"] == 1_400
    assert document["equity"]["value"] == [100_000.0, 106_190.2, 80_338.2]
    assert len(document["equity"]["time"]) == 3
    assert document["equity"].keys() == {"time", "value", "benchmark", "exposure"}
    assert document["equity"]["benchmark"] is None  # the sample is as an earlier version wrote it


def test_a_line_of_a_run_is_short() -> None:
    line = run_line(samples.run())
    assert line["run_id"] == "run_0a1b2c3d4e5f"
    assert "spec" not in line


def test_a_bot_has_the_documented_keys() -> None:
    document = bot_document(samples.bot())
    assert document.keys() >= BOT_KEYS
    assert "owner" not in document
    assert bot_line(samples.bot())["outcome"] == "unproven"
