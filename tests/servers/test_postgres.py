"""The PostgreSQL that tests run against: it starts, its databases are separate, what was committed outlives a kill."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.servers.cluster import SharedCluster
from tests.servers.postgres import PostgresServer, is_alive
from tests.servers.waiting import wait_until
from tests.tree import ROOT


def rows(dsn: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query.encode()).fetchall()


def test_each_test_has_a_database_of_its_own(postgres_url: str, empty_postgres_url: str) -> None:
    for dsn in (postgres_url, empty_postgres_url):
        with psycopg.connect(dsn) as connection:
            connection.execute("create table only_here (place text)")
            connection.execute("insert into only_here values (current_database())")
    found = [rows(dsn, "select place from only_here") for dsn in (postgres_url, empty_postgres_url)]
    assert found == [[(postgres_url.rpartition("/")[2],)], [(empty_postgres_url.rpartition("/")[2],)]]


def test_hosted_supabases_roles_exist(empty_postgres_url: str) -> None:
    query = "select rolname, rolbypassrls from pg_roles where rolname in ('anon', 'authenticated', 'service_role')"
    assert sorted(rows(empty_postgres_url, query)) == [
        ("anon", False),
        ("authenticated", False),
        ("service_role", True),
    ]


def test_workers_of_a_run_share_the_cluster(postgres_cluster: SharedCluster, folder_of_the_run: Path) -> None:
    second = SharedCluster(folder_of_the_run, "second")
    assert second.port == postgres_cluster.port
    second.leave()
    assert rows(postgres_cluster.dsn("postgres"), "select 1") == [(1,)]


@pytest.mark.slow
def test_a_kill_loses_nothing_committed(own_postgres: PostgresServer) -> None:
    dsn = own_postgres.create_database(f"kept_{uuid4().hex}")
    with closing(psycopg.connect(dsn, autocommit=True)) as connection:  # unlike its own end, closing sends nothing
        connection.execute("create table kept (number int)")
        connection.execute("insert into kept select generate_series(1, 1000)")
        connection.execute("begin")
        connection.execute("insert into kept values (0)")
        own_postgres.kill9()
    assert not own_postgres.is_running
    own_postgres.start()
    # the rows of 1 to 1000, without the 0 that was never committed
    assert rows(dsn, "select count(*), min(number) from kept") == [(1000, 1)]


@pytest.mark.slow
def test_a_restart_keeps_the_address(own_postgres: PostgresServer) -> None:
    dsn = own_postgres.create_database(f"kept_{uuid4().hex}")
    own_postgres.restart()
    assert rows(dsn, "select 1") == [(1,)]


KILLED_RUN = """
import sys
from pathlib import Path
from tests.servers.cluster import SharedCluster, _left_running
from tests.servers.postgres import PostgresServer
own = PostgresServer(durable=True)
own.start()
shared = SharedCluster(Path(sys.argv[1]), "killed")
servers = [own, *_left_running]
print(*(server.pid for server in servers), *(server.folder for server in servers), flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_servers_end_with_a_killed_run(tmp_path: Path, postgres_cluster: SharedCluster) -> None:
    command = [sys.executable, "-c", KILLED_RUN, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        own, shared, *folders = run.stdout.readline().split()
        assert is_alive(int(own))
        assert is_alive(int(shared))
        os.kill(run.pid, signal.SIGKILL)
    assert wait_until(lambda: not any(Path(folder).exists() for folder in folders))
    assert not is_alive(int(own))
    assert not is_alive(int(shared))
