"""Finding an owner's record by id, and saying what resembles it when there is none."""

from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, RowMapping, Table, select

from backend.domain.errors import NotFound
from backend.domain.suggestions import did_you_mean
from backend.stores.sql.tables import (
    api_tokens,
    backtest_runs,
    batches,
    bots,
    jobs,
    sessions,
    strategies,
    trading_datasets,
)

SUGGESTED_FROM = 1_000
"""How many of the owner's newest ids are compared with an unknown one."""


class Noun(NamedTuple):
    """A kind of owned record as messages speak of it."""

    name: str
    table: Table
    id: Column[Any]
    hint: str


SESSION = Noun("session", sessions, sessions.c.session_id, "`backproof sessions list` shows those there are")
RUN = Noun("backtest", backtest_runs, backtest_runs.c.run_id, "`backproof backtest list` shows those there are")
BATCH = Noun("batch", batches, batches.c.batch_id, "`GET /backtest/batch` lists those there are")
BOT = Noun("bot", bots, bots.c.bot_id, "`backproof bots list` shows those there are")
STRATEGY = Noun("strategy", strategies, strategies.c.strategy_id, "`backproof strategies list` shows those there are")
DATASET = Noun("dataset", trading_datasets, trading_datasets.c.id, "`backproof sessions show ID` names those it used")
TOKEN = Noun("token", api_tokens, api_tokens.c.token_id, "`backproof tokens list` shows those there are")
JOB = Noun("job", jobs, jobs.c.job_id, "the list of jobs shows those there are")


def load_row(connection: Connection, noun: Noun, owner: str, wanted: str) -> RowMapping:
    """The row of ``owner`` with the id ``wanted``.

    Raises:
        NotFound: naming ids of the same owner that resemble it.
    """
    query = select(noun.table).where(noun.table.c.owner == owner, noun.id == wanted)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise not_found(connection, noun, owner, wanted)
    return row


def not_found(connection: Connection, noun: Noun, owner: str, wanted: str) -> NotFound:
    """The error for an id that the owner does not have."""
    newest = select(noun.id).where(noun.table.c.owner == owner).order_by(noun.table.c.number.desc())
    known = connection.scalars(newest.limit(SUGGESTED_FROM)).all()
    return NotFound(f'There is no {noun.name} "{wanted}".', did_you_mean(wanted, known) or noun.hint)
