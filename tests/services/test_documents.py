"""The documents of runs and bots have the documented keys."""

from datetime import UTC, datetime

from backend.domain.conversation import Ending, Lift, Turn
from backend.domain.models import Budget, ModelChoice
from backend.services.documents import bot_document, bot_line, run_document, run_line, session_document
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


LIFT = Lift(model_attempts=1, search_attempts=1, model_trials=9, search_trials=9, model_sharpe=0.75, search_sharpe=0.5)


def test_a_session_tells_its_model_its_budget_and_its_turns() -> None:
    ending = Ending(chosen=None, attempts=2, trials=18, effective_trials=2.0, verdict=samples.verdict(), lift=LIFT)
    turn = Turn(n=1, kind="request", text="momentum", at=datetime(2026, 11, 3, tzinfo=UTC), ending=ending)
    request = samples.done_session().request.model_copy(update={"budget": Budget(usd=0.5)})
    session = samples.done_session(
        request=request,
        model=ModelChoice(provider="openai", name="some-model"),
        lift=LIFT,
        turns=(turn,),
        continues="ses_0",
    )
    document = session_document(session, ())
    assert document["budget"] == {"tokens": None, "usd": 0.5, "seconds": None, "backtests": None}
    assert document["model"]["name"] == "some-model"
    assert document["lift"]["difference"] == 0.25
    assert document["turns"][0]["ending"]["lift"] == document["lift"]
    assert document["continues"] == "ses_0"
    assert list(document)[-7:] == ["failed_reason", "model", "budget", "lift", "turns", "continues", "stops"]


def test_a_session_of_an_earlier_version_has_the_same_keys() -> None:
    document = session_document(samples.done_session(), ())
    assert (document["model"], document["lift"], document["turns"], document["continues"]) == (None, None, [], None)
