"""The way of a user with data of their own: import prices and tweets, iterate, save, and look again.

There is no next-session edge in these tweets, so nothing on them may end as proven.
"""

import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

from backend.bootstrap import Application
from backend.domain.periods import Period
from backend.domain.sessions import SessionRequest
from tests.agents.sessions import application, run

pytestmark = pytest.mark.slow

REQUEST = SessionRequest(
    text="twitter sentiment momentum on AAPL, max drawdown under 20%, Sharpe above 0.8",
    start="2014-01-02",
    end="2015-06-30",
)
SEEDS = 20
BATCH = 5


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    """A store with a year and a half of real tweets and the prices around them."""
    folder = tmp_path_factory.mktemp("imported")
    app = application(folder)
    prices = app.imports.import_prices(str(real_data / "prices_daily.parquet"))
    posts = app.imports.import_posts(str(real_data / "posts_twitter.jsonl.gz"))
    assert sum(part.rows for part in prices.taken) == 8508
    assert sum(part.rows for part in posts.taken) == 33793
    return folder


@pytest.fixture(scope="module")
def scored(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same store with the dataset of these tweets, so that they are not scored anew for every seed."""
    folder = tmp_path_factory.mktemp("scored") / "store"
    app, whole = _copy(imported, folder), Period(start=date(2014, 1, 2), end=date(2015, 6, 30))
    opened = app.open_session(REQUEST).session_id  # it is never run
    app.datasets.create_or_update_dataset(app.owner, opened, "AAPL", "twitter", whole)
    return folder


def _copy(stored: Path, folder: Path) -> Application:
    """The same store with an empty ledger, so that no seed pays for another one's look."""
    shutil.copytree(stored, folder)
    return application(folder)


def test_a_bot_lists_exactly_the_dataset_that_its_session_used(imported: Path, tmp_path: Path) -> None:
    app = _copy(imported, tmp_path / "store")
    session = run(app, REQUEST)
    assert [(d.symbol, d.channel, d.provider) for d in session.datasets] == [("AAPL", "twitter", "file")]
    bot = app.bots.save(session, app.sessions.attempts(session), "tweets")
    shown = app.bots.load(app.owner, bot.bot_id)
    assert shown.datasets == session.datasets
    assert shown.datasets[0].coverage == 1.0


@pytest.mark.parametrize("batch", range(SEEDS // BATCH))
def test_no_seed_proves_anything_on_tweets_without_an_edge(batch: int, scored: Path, tmp_path: Path) -> None:
    outcomes = []
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        app = _copy(scored, tmp_path / str(seed))
        session = run(app, REQUEST.model_copy(update={"seed": seed}))
        assert session.verdict is not None
        outcomes.append(session.verdict.outcome)
    seeds = f"{batch * BATCH}-{(batch + 1) * BATCH - 1}"
    sys.stdout.write(f"seeds {seeds}: proven {outcomes.count('proven')} of {len(outcomes)}\n")
    assert outcomes.count("proven") == 0
