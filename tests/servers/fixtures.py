"""Fixtures that hand tests a running server; a test is skipped where its server is not installed."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.chromium import Opened, open_page
from tests.servers.cluster import EMPTY, MIGRATED, SharedCluster
from tests.servers.openai_replies import scripted_model
from tests.servers.openai_server import OpenAIServer
from tests.servers.postgres import PostgresServer
from tests.servers.programs import ServerMissing, chromium
from tests.servers.redis import RedisServer
from tests.servers.supabase_lite import SupabaseLite

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


@pytest.fixture(scope="session")
def folder_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A temporary folder that all workers of this test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if WORKER else base


@pytest.fixture(scope="session")
def postgres_cluster(folder_of_the_run: Path) -> Iterator[SharedCluster]:
    """The PostgreSQL that all tests of the run share; it forgets what was committed when it is killed."""
    try:
        cluster = SharedCluster(folder_of_the_run, WORKER or "only")
    except ServerMissing as missing:
        pytest.skip(str(missing))
    yield cluster
    cluster.leave()


@pytest.fixture
def postgres_url(postgres_cluster: SharedCluster) -> Iterator[str]:
    """The address of a fresh PostgreSQL database with the whole schema; hosted Supabase's roles exist."""
    dsn = postgres_cluster.create_database(MIGRATED)
    yield dsn
    postgres_cluster.drop_database(dsn)


@pytest.fixture
def empty_postgres_url(postgres_cluster: SharedCluster) -> Iterator[str]:
    """The address of a fresh PostgreSQL database with nothing in it; hosted Supabase's roles exist."""
    dsn = postgres_cluster.create_database(EMPTY)
    yield dsn
    postgres_cluster.drop_database(dsn)


@pytest.fixture(scope="session")
def _private_postgres() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer(durable=True)
    except ServerMissing as missing:
        pytest.skip(str(missing))
    yield server
    server.remove()


@pytest.fixture
def own_postgres(_private_postgres: PostgresServer) -> PostgresServer:
    """A running, durable PostgreSQL that a test may kill: this worker's alone, without Supabase's roles."""
    _private_postgres.start()
    return _private_postgres


@pytest.fixture(scope="session")
def _lite_of_the_worker(postgres_cluster: SharedCluster) -> Iterator[SupabaseLite]:
    dsn = postgres_cluster.create_database(MIGRATED)
    try:
        lite = SupabaseLite(dsn)
    except ServerMissing as missing:
        pytest.skip(str(missing))
    yield lite
    lite.stop()
    postgres_cluster.drop_database(dsn)


@pytest.fixture
def supabase_lite(_lite_of_the_worker: SupabaseLite) -> SupabaseLite:
    """A running Supabase with the whole schema and nothing in it; the tests of a worker share the server."""
    _lite_of_the_worker.start()
    _lite_of_the_worker.empty()
    return _lite_of_the_worker


@pytest.fixture(scope="session")
def redis_of_the_worker() -> Iterator[RedisServer]:
    """This worker's Redis, not started yet."""
    try:
        server = RedisServer()
    except ServerMissing as missing:
        pytest.skip(str(missing))
    yield server
    server.remove()


@pytest.fixture
def redis_server(redis_of_the_worker: RedisServer) -> RedisServer:
    """A running, empty Redis that a test may kill: this worker's alone."""
    redis_of_the_worker.start()
    redis_of_the_worker.empty()
    return redis_of_the_worker


@pytest.fixture(scope="session")
def browser() -> Callable[..., Opened]:
    """``browser(file)`` opens a page in Chromium, away from every network."""
    try:
        chromium()
    except ServerMissing as missing:
        pytest.skip(str(missing))
    return open_page


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    """A local server with the shape of OpenAI's; the scripted model answers until a test gives it another script."""
    with OpenAIServer(scripted_model) as server:
        yield server
