"""Which store keeps a session changes no bit of it, and no deleting gives a look at a hold-out back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from backend.bootstrap import Application
from backend.domain.sessions import Session
from backend.domain.verification import Verification
from tests.adversarial.markets import SYMBOL, Market, import_market
from tests.adversarial.test_datasets import REQUEST, leading
from tests.agents.sessions import application, document, run, stable
from tests.servers.supabase_lite import SupabaseLite

pytestmark = pytest.mark.slow


def awkward() -> Market:
    """Volumes beyond 2 to the 53rd and of nothing, prices with all their digits, a post that weighs nothing."""
    market = leading()
    volume = market.volume.copy()
    volume[:3] = (0.0, 2.0**60, 1e22)
    posts = (replace(market.posts[0], text="0 -0.0 shares"), *market.posts[1:])
    return Market(market.session, market.prices / np.float64(3), volume, posts)


def kept(app: Application, folder: Path) -> tuple[Session, dict[str, Any], Verification]:
    """The same session in a store, its document, and what came of verifying its bot in the next process."""
    folder.mkdir()
    import_market(app, folder, awkward())
    session = run(app, REQUEST)
    shown: dict[str, Any] = stable(document(app, session))
    bot = app.bots.save(session, app.sessions.attempts(session), "kept")
    later = Application(app.settings)
    return session, shown, later.verification.verify(later.owner, bot.bot_id)


def hashes(found: Verification) -> dict[str, str]:
    return {check.what.split(" ds_")[0]: check.stored for check in found.checks if check.what != "session"}


def test_every_store_keeps_the_same_bits(tmp_path: Path, postgres_url: str, supabase_lite: SupabaseLite) -> None:
    lite = {"supabase_url": supabase_lite.url, "supabase_publishable_key": supabase_lite.publishable_key}
    settings: dict[str, dict[str, Any]] = {
        "sqlite": {},
        "postgres": {"database_url": postgres_url},
        "supabase": {**lite, "supabase_secret_key": SecretStr(supabase_lite.secret_key)},
    }
    results = {
        name: kept(application(tmp_path / f"{name}_data", **stated), tmp_path / name)
        for name, stated in settings.items()
    }
    session, shown, _ = results["sqlite"]
    assert session.verdict is not None
    assert session.verdict.outcome == "proven"
    for name, (other, document_there, found) in results.items():
        assert (found.outcome, found.differences) == ("reproduced", ()), name
        assert other.data_hash == session.data_hash, name
        assert document_there == shown, name
        assert hashes(found) == hashes(results["sqlite"][2]), name


def test_nothing_that_deletes_gives_a_look_back(tmp_path: Path) -> None:
    app = import_market(application(tmp_path / "store"), tmp_path, leading())
    first = run(app, REQUEST)
    bot = app.bots.save(first, app.sessions.attempts(first), "kept")
    made = [opening.id for opening in app.stores.ledger.list_openings(app.owner)]
    assert len(made) == 1
    app.verification.verify(app.owner, bot.bot_id)
    app.bots.delete(app.owner, bot.bot_id)
    app.bots.save(app.sessions.load(app.owner, first.session_id), app.sessions.attempts(first), "again")
    for again in app.bots.list(app.owner):
        app.bots.delete(app.owner, again.bot_id)
    app.retention.clear(symbol=SYMBOL)
    assert app.datasets.cleanup_orphans(app.owner, timedelta(0), apply=True).deleted == 1
    assert [opening.id for opening in app.stores.ledger.list_openings(app.owner)] == made
    later = import_market(application(tmp_path / "store"), tmp_path, leading())
    same = run(later, REQUEST)
    other = run(later, REQUEST.model_copy(update={"seed": 99}))
    assert same.holdout is not None
    assert other.holdout is not None
    assert (same.holdout.openings, other.holdout.openings) == (1, 2)
