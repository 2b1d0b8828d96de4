"""No part of a saved bot can be made to say something else without a verification naming it."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Application
from backend.domain.bots import Bot
from tests.agents.sessions import application, run, small_request

pytestmark = pytest.mark.slow

Document = dict[str, Any]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("saved")
    app = application(folder)
    session = run(app, small_request())
    return folder, app.bots.save(session, app.sessions.attempts(session), "kept").bot_id


@pytest.fixture
def bot(saved: tuple[Path, str], tmp_path: Path) -> tuple[Application, Bot]:
    folder, bot_id = saved
    app = application(shutil.copytree(folder, tmp_path / "copy"))
    return app, app.bots.load(app.owner, bot_id)


def named(bot: tuple[Application, Bot], change: Callable[[Document], None]) -> list[tuple[str, str]]:
    """What a verification objects to after the stored document was changed behind the back of the store."""
    app, kept = bot
    document = kept.model_dump(mode="json", by_alias=True)
    change(document)
    with closing(sqlite3.connect(app.settings.data_dir / "backproof.sqlite")) as connection, connection:
        connection.execute("update bots set document = ? where bot_id = ?", (json.dumps(document), kept.bot_id))
    found = app.verification.verify(app.owner, kept.bot_id)
    assert (found.outcome == "reproduced") == all(check.same for check in found.checks)
    return [(check.what.split(" (")[0].split(" ds_")[0], check.note) for check in found.checks if not check.same]


def check(document: Document, name: str) -> Document:
    found: Document = next(check for check in document["verdict"]["checks"] if check["name"] == name)
    return found


OTHER, RECORD, SET = "these come out differently: ", "it has another record of the", "reddit dataset"
PARTS: tuple[tuple[Callable[[Document], None], str, str], ...] = (
    (lambda d: d["verdict"].update(outcome="proven"), "verdict", f"{OTHER}the outcome"),
    (lambda d: d["verdict"]["reasons"].pop(), "verdict", f"{OTHER}the reasons"),
    (lambda d: check(d, "causality").update(passed=False), "verdict", f"{OTHER}causality"),
    (lambda d: check(d, "causality").update(required=False), "verdict", f"{OTHER}causality"),
    (lambda d: check(d, "causality").update(name="cause"), "verdict", f"{OTHER}cause, causality"),
    (lambda d: check(d, "edge").update(required=False), "verdict", f"{OTHER}edge"),
    (lambda d: d["verdict"]["checks"].pop(), "verdict", f"{OTHER}coverage"),
    (lambda d: d["notices"].clear(), "session", f"{RECORD} notices"),
    (lambda d: d["execution"]["costs"].update(slippage=0.00050000001), "session", f"{RECORD} execution"),
    (lambda d: d["datasets"][0].update(provider="reddit"), SET, "it has another provider"),
    (lambda d: d["datasets"][0].update(coverage=0.5, total_days=3), SET, "it has another total_days, coverage"),
    (lambda d: d.update(symbols=["IBM"]), "bars of IBM", "they are bars of AAPL"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "what", "note"), PARTS)
def test_each_part_of_a_bot_is_held_against_what_made_it(
    bot: tuple[Application, Bot], change: Callable[[Document], None], what: str, note: str
) -> None:
    assert bot[1].verdict.outcome != "proven"
    assert (what, note) in named(bot, change)


def test_an_untouched_bot_is_reproduced(bot: tuple[Application, Bot]) -> None:
    assert named(bot, lambda _: None) == []
