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


SESSION = Noun("session", sessions, sessions.c.session_id, "list those there are: `backproof sessions list`")
RUN = Noun("backtest", backtest_runs, backtest_runs.c.run_id, "list those there are: `backproof backtest list`")
BATCH = Noun("batch", batches, batches.c.batch_id, "list those there are: `backproof batch --list`")
BOT = Noun("bot", bots, bots.c.bot_id, "list those there are: `backproof bots list`")
STRATEGY = Noun("strategy", strategies, strategies.c.strategy_id, "list those there are: `backproof strategies list`")
DATASET = Noun(
    "dataset", trading_datasets, trading_datasets.c.id, "a session names those it used: `backproof sessions show ID`"
)
TOKEN = Noun("token", api_tokens, api_tokens.c.token_id, "list those there are: `backproof tokens list`")
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
