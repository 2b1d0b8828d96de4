"""Every operation of the API has a method of the client, which reads its answer, on each kind of store."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from backend.client import Backproof, Problem
from backend.domain.errors import NotFound
from backend.settings import Settings
from tests.client.serving import Watched, serving
from tests.client.tour import Made, tour
from tests.servers.supabase_lite import SupabaseLite
from tests.servers.waiting import PATIENCE
from tests.stores.supabase.accounts import ANN, BOB

METHODS = ("get", "post", "put", "patch", "delete")
FORBIDDEN = 403


@pytest.fixture
def http() -> Iterator[Watched]:
    with Watched() as watched:
        yield watched


@pytest.mark.slow
def test_on_sqlite(tmp_path: Path, http: Watched) -> None:
    with serving(Settings(data_dir=tmp_path)) as server:
        client = Backproof(server.url, http=http)
        tour(client, tmp_path)
        assert "# HELP" in client.metrics()
        assert left_out(server.url, http.answered) == set()


@pytest.mark.slow
def test_on_postgresql(tmp_path: Path, postgres_url: str, http: Watched) -> None:
    with serving(Settings(data_dir=tmp_path, database_url=postgres_url)) as server:
        client = Backproof(server.url, http=http)
        tour(client, tmp_path)
        assert "# HELP" in client.metrics()
        assert left_out(server.url, http.answered) == set()


@pytest.mark.slow
def test_on_supabase_with_two_users(tmp_path: Path, supabase_lite: SupabaseLite, http: Watched) -> None:
    settings = Settings(
        data_dir=tmp_path,
        supabase_url=supabase_lite.url,
        supabase_publishable_key=supabase_lite.publishable_key,
        supabase_secret_key=supabase_lite.secret_key,
        supabase_jwt_secret=supabase_lite.jwt_secret,
    )
    with serving(settings) as server:
        ann = Backproof(server.url, supabase_lite.token(ANN), http)
        made = tour(ann, tmp_path)
        with pytest.raises(Problem) as refused:
            ann.metrics()
        assert refused.value.status == FORBIDDEN
        assert left_out(server.url, http.answered) == {"metrics"}
        nothing_is_seen(Backproof(server.url, supabase_lite.token(BOB), http), made)


def nothing_is_seen(client: Backproof, made: Made) -> None:
    """Another user finds none of it."""
    lists: list[Iterator[Any]] = [client.sessions.list(), client.backtests.list(), client.bots.list()]
    assert [list(rows) for rows in (*lists, client.datasets.list())] == [[]] * 4
    for asking, id in (
        (client.sessions.show, made.session_id),
        (client.bots.show, made.bot_id),
        (client.backtests.show, made.run_id),
        (client.strategies.show, made.strategy_id),
        (client.datasets.show, made.dataset_id),
        (client.batches.show, made.batch_id),
        (client.jobs.show, made.job_id),
    ):
        with pytest.raises(NotFound):
            asking(id)


def left_out(url: str, requests: list[httpx2.Request]) -> set[str]:
    """Ids of the operations that none of these requests is."""
    described = httpx2.get(f"{url}/api/v1/openapi.json", timeout=PATIENCE).json()["paths"]
    known = {
        (method.upper(), path): operation["operationId"]
        for path, item in described.items()
        for method, operation in item.items()
        if method in METHODS
    }
    # a path that is stated word for word is meant before one with an id in that place
    in_order = sorted(known, key=lambda each: each[1].count("{"))
    return set(known.values()) - {known[meant(request, in_order)] for request in requests}


def meant(request: httpx2.Request, known: list[tuple[str, str]]) -> tuple[str, str]:
    def fits(path: str) -> bool:
        return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), request.url.path) is not None

    return next((method, path) for method, path in known if method == request.method and fits(path))
