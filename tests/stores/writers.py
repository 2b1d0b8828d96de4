"""Programs that write to a database from processes of their own: ``python -m tests.stores.writers NAME URL ...``.

Each says ``ready`` when it could begin, waits for a line, and then writes.
"""

import sys
from collections.abc import Callable

from sqlalchemy import insert

from backend.domain.ledger import Opening
from backend.stores import Stores, connect_database, migrate, open_database
from backend.stores.codecs.posts import post_row
from backend.stores.sql import tables
from tests.programs import begin, say
from tests.samples import aapl_bars, flat_bars
from tests.stores.samples import (
    EVER,
    NOON,
    OWNER,
    make_call,
    make_dataset,
    make_opening,
    make_post,
    make_reply,
    make_run,
    make_session,
)

EVENTS = 25
BATCH = 400
"""Posts in one transaction."""
DAYS = 2_000
"""Bars in one transaction."""


def migrate_it(url: str) -> None:
    """Bring an empty file to the present schema."""
    begin()
    say(str(len(migrate(connect_database(url)))))


def append_events(url: str, name: str) -> None:
    """Append events of one session, some under steps that every writer uses."""
    sessions = Stores.over(open_database(url)).sessions
    begin()
    for n in range(EVENTS):
        sessions.append_event("ses_1", f"{name}:{n}", "notice", {"by": name}, NOON)
        sessions.append_event("ses_1", f"shared:{n}", "notice", {"by": name}, NOON)


def store_all(url: str, _name: str) -> None:
    """Store the very datasets, bars and posts that the other writers store."""
    stores = Stores.over(open_database(url))
    datasets = [make_dataset(symbol) for symbol in ("AAPL", "IBM", "MSFT")]
    posts = [make_post(str(n)) for n in range(BATCH)]
    begin()
    added = stores.datasets.store_datasets(OWNER, "ses_1", datasets)
    stores.market.write_bars(aapl_bars(), EVER)
    say(f"{added} {stores.posts.write_posts('file', posts)}")


def write_range(url: str, price: str, last: str) -> None:
    """Write one price on every day of one range, again and again."""
    market = Stores.over(open_database(url)).market
    bars = flat_bars([float(price)] * DAYS).window(0, int(last))
    begin()
    for _ in range(10):
        market.write_bars(bars, EVER)


def write_bars_for_ever(url: str) -> None:
    """Write the bars of one range, one price after the other, saying after each which is stored."""
    market = Stores.over(open_database(url)).market
    price = 0
    while True:
        price += 1
        market.write_bars(flat_bars([float(price)] * DAYS), EVER)
        say(str(price))


def conclude(url: str, name: str) -> None:
    """Conclude a session of its own from an empty ledger."""
    sessions = Stores.over(open_database(url)).sessions
    opening: Opening = make_opening(f"opn_{name}")
    begin()
    sessions.conclude(make_session(f"ses_{name}", status="done"), opening, 0)
    say("concluded")


def write_posts_for_ever(url: str) -> None:
    """Write one batch after the other, saying after each how many are stored."""
    posts = Stores.over(open_database(url)).posts
    batch = 0
    while True:
        posts.write_posts("file", [make_post(f"{batch}:{n}") for n in range(BATCH)])
        batch += 1
        say(str(batch))


def stop_in_mid_batch(url: str) -> None:
    """Write a run and half of a batch of posts, and stand still before the transaction ends."""
    database = open_database(url)
    Stores.over(database).runs.add_run(make_run("run_before"), [make_opening("opn_before")])
    with database.writing() as connection:
        connection.execute(
            insert(tables.posts), [post_row("local", "file", make_post(str(n))) for n in range(BATCH // 2)]
        )
        begin()


def stop_between_calls(url: str) -> None:
    """Settle one call of a model, reserve the next one, and stand still where that would be made."""
    models = Stores.over(open_database(url)).models
    models.reserve(OWNER, make_call(1))
    models.settle(OWNER, make_call(1, status="answered"), make_reply())
    models.reserve(OWNER, make_call(2, request_hash="h2"))
    begin()


PROGRAMS: dict[str, Callable[..., None]] = {
    program.__name__: program
    for program in (
        migrate_it,
        append_events,
        store_all,
        write_range,
        conclude,
        write_posts_for_ever,
        write_bars_for_ever,
        stop_in_mid_batch,
        stop_between_calls,
    )
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
