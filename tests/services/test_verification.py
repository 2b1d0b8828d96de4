"""A bot's numbers come out again from its pinned data alone, and what does not is named."""

import json
import math
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Application
from backend.domain.bars import Bars
from backend.domain.bots import Bot
from backend.domain.errors import NotFound, Unavailable
from backend.domain.verification import PinCheck, Verification
from backend.services.rejudging import Rejudging
from backend.services.verification import Verifications
from tests.agents.sessions import application, run, small_request

pytestmark = pytest.mark.slow

REQUEST = "sentiment momentum on AAPL with reddit, twitter and news, drawdown under 80 %"
OFFLINE: dict[str, Any] = {"prices": ("file", "sample"), "posts": ("file", "sample")}
NOTHING: dict[str, Any] = {"prices": ("file",), "posts": ("file",)}
"""Sources that have nothing: whatever is verified cannot come from one."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with one finished session that was kept as a bot."""
    folder = tmp_path_factory.mktemp("verified")
    app = application(folder, **OFFLINE)
    session = run(app, small_request(text=REQUEST))
    return folder, app.bots.save(session, app.sessions.attempts(session), "first").bot_id


@pytest.fixture
def kept(original: tuple[Path, str], tmp_path: Path) -> tuple[Application, Bot]:
    """A copy of it, opened where no source has anything."""
    folder, bot_id = original
    shutil.copytree(folder, tmp_path / "copy")
    app = application(tmp_path / "copy", **NOTHING)
    return app, app.bots.load(app.owner, bot_id)


def verified(app: Application, bot: Bot) -> Verification:
    return app.verification.verify(app.owner, bot.bot_id)


def changed(found: Verification) -> list[PinCheck]:
    return [check for check in found.checks if not check.same]


def execute(app: Application, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(app.settings.data_dir / "backproof.sqlite")) as connection, connection:
        connection.execute("pragma foreign_keys = off")
        assert connection.execute(statement, values).rowcount > 0


def rewrite(app: Application, bot: Bot, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the stored document of a bot behind the back of the store."""
    document = bot.model_dump(mode="json", by_alias=True)
    change(document)
    execute(app, "update bots set document = ? where bot_id = ?", json.dumps(document), bot.bot_id)


def test_every_number_comes_out_again_whatever_the_market_holds(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    app.stores.market.delete_bars()
    openings = [opening.id for opening in app.stores.ledger.list_openings(app.owner)]
    found = verified(app, bot)
    assert (found.outcome, found.differences) == ("reproduced", ())
    assert [check.what for check in found.checks] == [
        "engine version",
        "strategy",
        "bars of AAPL",
        *(f"{link.channel} dataset {link.id} of AAPL" for link in bot.datasets),
        "data",
        "results on train",
        "results on validation",
        "results on hold-out",
        "session",
        "verdict",
        "hold-out report",
        "null league",
    ]
    assert found.checks[2].found == bot.bars_snapshots[0]
    assert [opening.id for opening in app.stores.ledger.list_openings(app.owner)] == openings
    assert app.counters.source_calls == 0


def test_channels_are_pooled_in_the_order_of_the_session(kept: tuple[Application, Bot]) -> None:
    """Summing up three channels in another order gives other last bits, so the order of the links must not matter."""
    app, bot = kept
    datasets = [app.stores.datasets.load_dataset(app.owner, link.id) for link in bot.datasets]
    bars = app.stores.bots.load_snapshot(app.owner, bot.bars_snapshots[0])
    assert len({app.datasets.frame(bars, order).data_hash for order in permutations(datasets)}) > 1
    rewrite(app, bot, lambda document: document["datasets"].reverse())
    assert verified(app, bot).outcome == "reproduced"


def test_a_number_that_differs_in_its_last_bit_is_named(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    exact = bot.metrics.train.total_return
    other = math.nextafter(exact, math.inf)
    rewrite(app, bot, lambda document: document["metrics"]["train"].update(total_return=other))
    found = verified(app, bot)
    assert found.outcome == "changed"
    assert [(d.period, d.metric, d.stored, d.found) for d in found.differences] == [
        ("train", "total_return", other, exact)
    ]
    assert [check.what for check in changed(found)] == ["results on train", "session"]


@pytest.mark.parametrize("name", ["edge", "minimum_trades", "deflated_sharpe"])
def test_a_check_of_the_verdict_that_comes_out_differently_is_named(kept: tuple[Application, Bot], name: str) -> None:
    app, bot = kept

    def lower(document: dict[str, Any]) -> None:
        check = next(check for check in document["verdict"]["checks"] if check["name"] == name)
        check["value"] = (check["value"] or 0.0) + 1e-9

    rewrite(app, bot, lower)
    session, verdict = changed(verified(app, bot))
    assert session.note == "it has another record of the verdict"
    assert verdict.note == f"these come out differently: {name}"


def test_another_engine_is_said_first(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    pins = (app.stores.bots, app.stores.datasets)
    other = Verifications(pins, app.datasets, Rejudging(app.stores.sessions), engine_version="99")
    found = other.verify(app.owner, bot.bot_id)
    assert found.outcome == "changed"
    assert found.checks[0].model_dump() == {
        "what": "engine version", "stored": bot.engine_version, "found": "99", "same": False, "note": "",
    }  # fmt: skip
    assert found.differences == ()


def test_a_strategy_that_is_not_the_one_that_was_hashed_is_named(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    rewrite(app, bot, lambda document: document["spec"].update(long_entry="close > open"))
    found = verified(app, bot)
    assert "strategy" in [check.what for check in changed(found)]
    assert found.differences


def test_a_dataset_that_is_gone_is_named(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    link = bot.datasets[0]
    execute(app, "delete from trading_datasets where id = ?", link.id)
    found = verified(app, bot)
    assert found.outcome == "changed"
    gone, *rest = changed(found)
    assert (gone.what, gone.stored, gone.found) == (f"reddit dataset {link.id} of AAPL", link.content_hash, None)
    assert link.id in gone.note
    assert {check.found for check in rest} == {None}
    assert all("missing" in check.note for check in rest)


def test_a_dataset_of_another_content_is_named(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    rewrite(app, bot, lambda document: document["datasets"][0].update(content_hash="0" * 32))
    (other,) = changed(verified(app, bot))
    assert (other.what, other.stored) == (f"reddit dataset {bot.datasets[0].id} of AAPL", "0" * 32)
    assert other.found == bot.datasets[0].content_hash


def test_damaged_bars_are_named(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    execute(app, "update bars_snapshots set data = substr(data, 1, 100)")
    damaged, *_ = changed(verified(app, bot))
    assert (damaged.what, damaged.stored, damaged.found) == ("bars of AAPL", bot.bars_snapshots[0], None)
    assert "cannot be read" in damaged.note


def test_a_strategy_that_this_version_refuses_is_named(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    rewrite(app, bot, lambda document: document["spec"].update(long_entry="no_such_function(close)"))
    found = verified(app, bot)
    strategy, *results = changed(found)
    assert (strategy.what, strategy.stored, strategy.found) == ("strategy", bot.spec_hash, None)
    told = [check.note for check in (strategy, *results) if check.what != "session"]
    assert all('there is no function "no_such_function"' in note for note in told)
    assert found.differences == ()


def test_an_unknown_bot_is_not_found(kept: tuple[Application, Bot]) -> None:
    with pytest.raises(NotFound, match="bot_none"):
        kept[0].verification.verify("local", "bot_none")


class _AwayAfterwards:
    """A store of bots that answers once."""

    def __init__(self, bot: Bot) -> None:
        self._bot: Bot | None = bot

    def load_bot(self, owner: str, bot_id: str) -> Bot:  # noqa: ARG002
        bot, self._bot = self._bot, None
        if bot is None:
            raise Unavailable("The database does not answer.")
        return bot

    def load_snapshot(self, owner: str, snapshot_id: str) -> Bars:  # noqa: ARG002
        raise Unavailable("The database does not answer.")


def test_a_store_that_is_away_is_not_a_damaged_bot(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    pins = (_AwayAfterwards(bot), app.stores.datasets)
    away = Verifications(pins, app.datasets, Rejudging(app.stores.sessions))  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="does not answer"):
        away.verify(app.owner, bot.bot_id)


def test_a_session_without_what_it_ended_with_is_named(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    session = app.sessions.load(app.owner, bot.session_id)
    app.sessions.save(session.model_copy(update={"verdict": None}))
    verdict = next(check for check in verified(app, bot).checks if check.what.startswith("verdict"))
    assert (verdict.same, verdict.found) == (False, None)
    assert "no longer has the goal and the verdict" in verdict.note


@pytest.mark.parametrize(
    ("update", "named"),
    [
        ({"verdict": {"outcome": "proven"}}, {"session": "verdict, turn"}),
        ({"holdout": {"p_value": 0.001}}, {"hold-out report": ""}),
        ({"null_league": {"random_search": None, "buy_and_hold": None}}, {"null league": ""}),
    ],
)
def test_a_session_that_was_altered_behind_the_bot_is_named(
    kept: tuple[Application, Bot], update: dict[str, dict[str, Any]], named: dict[str, str]
) -> None:
    app, bot = kept
    session = app.sessions.load(app.owner, bot.session_id)
    ((field, values),) = update.items()
    altered = getattr(session, field).model_copy(update=values)
    app.sessions.save(session.model_copy(update={field: altered}))
    found = {check.what: check.note for check in changed(verified(app, bot))}
    assert {what: note for what, note in found.items() if what in named}.keys() == named.keys()
    assert all(words in found[what] for what, words in named.items())


def test_an_attempt_that_was_altered_behind_the_bot_is_named(kept: tuple[Application, Bot]) -> None:
    app, bot = kept
    (chosen,) = [a for a in app.stores.sessions.list_attempts(bot.session_id) if a.attempt_id == bot.attempt_id]
    assert chosen.train is not None
    other = chosen.model_copy(update={"train": chosen.train.model_copy(update={"trades": chosen.train.trades + 1})})
    app.stores.sessions.save_attempt(bot.session_id, other, None)
    (session,) = changed(verified(app, bot))
    assert (session.what, session.note) == ("session", "it has another record of the attempt")
