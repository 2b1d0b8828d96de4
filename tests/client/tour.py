"""A walk through every operation of the API with the client, each looked at once."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from backend.api.documents.sessions import TurnAnswered, TurnQueued
from backend.client import Backproof
from backend.domain.errors import Conflict
from backend.domain.spec import StrategySpec

REQUEST = "momentum on AAPL with reddit from 2008 to 2012, drawdown under 60 %"
SPEC = StrategySpec(
    name="Own cross", long_entry="cross_above(close, sma(close, 50))", long_exit="close < sma(close, 50)"
)
PRICES = "date,open,high,low,close,volume\n2012-01-03,10,11,9,10.5,1000\n2012-01-04,10.5,11,10,11,1200\n"


@dataclass(frozen=True)
class Made:
    """Ids of what a tour left behind."""

    session_id: str
    bot_id: str
    run_id: str
    strategy_id: str
    dataset_id: str
    batch_id: str
    job_id: str


def tour(client: Backproof, folder: Path) -> Made:
    """Every operation, each with its answer read into its record."""
    look_at_the_server(client)
    strategy_id = keep_strategies(client)
    session_id, job_id = run_a_session(client)
    bot_id = keep_a_bot(client, session_id)
    run_id = run_backtests(client, strategy_id)
    batch_id = run_batches(client, strategy_id)
    handle_data(client, folder)
    handle_tokens(client)
    dataset_id = next(iter(client.datasets.list())).id
    assert client.datasets.show(dataset_id, data=True).data
    return Made(session_id, bot_id, run_id, strategy_id, dataset_id, batch_id, job_id)


def look_at_the_server(client: Backproof) -> None:
    assert client.health() == client.readiness()
    assert "sma" in {function.name for function in client.language().functions}


def keep_strategies(client: Backproof) -> str:
    assert client.strategies.validate(SPEC).warmup == 50
    kept = client.strategies.add(SPEC)
    assert client.strategies.show("Own cross") == kept
    other = client.strategies.add({"name": "Other", "long_entry": "close > sma(close, 9)"})
    client.strategies.delete(other.strategy_id)
    assert [line.name for line in client.strategies.list() if line.kind == "own"] == ["Own cross"]
    return kept.strategy_id


def run_a_session(client: Backproof) -> tuple[str, str]:
    queued = client.sessions.open(REQUEST, iterations=1, seed=3)
    session_id = queued.session_id
    assert client.sessions.wait(session_id).status == "done"
    ids = [event.id for event in client.sessions.events(session_id)]
    assert ids == list(range(1, len(ids) + 1))
    assert [event.id for event in client.sessions.log(session_id, after=2).events] == ids[2:]
    answered = client.sessions.say(session_id, "why was it rejected?")
    assert isinstance(answered, TurnAnswered)
    assert answered.turn.answer
    said = client.sessions.say(session_id, "less drawdown", iterations=1)
    assert isinstance(said, TurnQueued)
    client.sessions.cancel(session_id)
    ended = client.sessions.wait(session_id)
    if ended.status == "cancelled":
        client.sessions.resume(session_id)
        ended = client.sessions.wait(session_id)
    assert ended.status == "done"
    assert client.sessions.attempt(session_id, 1) == ended.attempts[0]
    assert [line.session_id for line in client.sessions.list()] == [session_id]
    return session_id, queued.job_id


def keep_a_bot(client: Backproof, session_id: str) -> str:
    bot = client.bots.save(session_id, "Kept")
    assert client.bots.show(bot.bot_id) == bot
    assert [link.channel for link in client.bots.datasets(bot.bot_id).datasets] == ["reddit"]
    assert client.bots.verify(bot.bot_id).outcome == "reproduced"
    assert client.bots.delete(bot.bot_id).kept.session_id == session_id
    again = client.bots.save(session_id, "Kept")
    assert [line.bot_id for line in client.bots.list()] == [again.bot_id]
    return again.bot_id


def run_backtests(client: Backproof, strategy_id: str) -> str:
    run = client.backtests.run(strategy_id=strategy_id, symbols=["AAPL"], start="2008-01-02", trades=True, equity=True)
    other = client.backtests.run(spec=SPEC, symbols=["AAPL"], start="2010-01-04", capital=5000)
    assert client.backtests.show(run.run_id, trades=True, equity=True) == run
    assert client.backtests.summary(run.run_id).metrics == run.metrics
    assert tuple(client.backtests.trades(run.run_id)) == run.trades
    assert run.equity is not None
    assert client.backtests.equity(run.run_id).value == run.equity.value
    assert len(client.backtests.chart(run.run_id).markers) >= run.metrics.trades
    assert client.backtests.report(run.run_id).startswith(b"<!")
    assert client.backtests.compare([run.run_id, other.run_id]).comparison.run_ids == (run.run_id, other.run_id)
    assert {line.run_id for line in client.backtests.list()} == {run.run_id, other.run_id}
    return run.run_id


def run_batches(client: Backproof, strategy_id: str) -> str:
    items = [{"symbol": symbol, "strategy": strategy_id} for symbol in ("AAPL", "NOTHING")]
    batch = client.batches.open(items, start_date="2010-01-04")
    ended = client.batches.wait(batch.batch_id)
    assert [cell.status for cell in ended.summaries] == ["done", "failed"]
    types = [event.type for event in client.batches.events(batch.batch_id)]
    assert (types[0], types[-1]) == ("batch.started", "batch.ended")
    assert len(client.batches.log(batch.batch_id).events) == len(types)
    again = client.batches.rerun(batch.batch_id, symbols=["AAPL"], seconds=30)
    assert (again.status, again.round, again.summaries[0].runs) == ("done", 2, 2)
    client.batches.rerun(batch.batch_id)
    with suppress(Conflict):  # it may have ended already
        assert client.batches.cancel(batch.batch_id).cancel_requested
    assert client.batches.wait(batch.batch_id).status in ("done", "cancelled")
    assert [line.batch_id for line in client.batches.list()] == [batch.batch_id]
    return batch.batch_id


def handle_data(client: Backproof, folder: Path) -> None:
    path = folder / "own.csv"
    path.write_text(PRICES)
    assert client.data.import_file("prices", path, symbol="OWN", accept_jumps=True).rows_taken == 2
    assert "OWN" in {series.symbol for series in client.data.status().bars}
    assert client.data.clear("OWN").bars == 2
    warmed = client.data.warm(["AAPL"], start="2012-01-03")
    job = client.jobs.wait(warmed.job_id)
    assert (job.kind, job.status) == ("warm", "done")
    assert client.jobs.cancel(job.job_id).status == "done"
    assert job in list(client.jobs.list())


def handle_tokens(client: Backproof) -> None:
    made = client.tokens.create("laptop")
    assert made.token is not None
    assert [token.name for token in client.tokens.list()] == ["laptop"]
    assert client.tokens.revoke(made.token_id).revoked_at is not None
