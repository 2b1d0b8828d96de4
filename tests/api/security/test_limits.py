"""How often one may ask, and what one is told about it."""

import asyncio
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.api.security.counting import Measure
from tests.api.serving import ADDRESS, service
from tests.servers.redis import RedisServer
from tests.servers.waiting import free_port


def test_reads_and_writes_are_counted_apart(tmp_path: Path) -> None:
    client = service(tmp_path, rate_reads=3, rate_writes=1).client()
    reads = [client.get("tokens") for _ in range(4)]
    assert [answer.status_code for answer in reads] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in reads] == ["r=2", "r=1", "r=0", "r=0"]
    assert reads[0].headers["ratelimit-policy"] == '"reads";q=3;w=60'
    assert 0 < int(reads[-1].headers["retry-after"]) <= 60
    assert reads[-1].json()["title"] == "Too many"
    assert [client.post("tokens", json={"name": "x"}).status_code for _ in range(2)] == [201, 429]


def test_each_account_has_its_own(tmp_path: Path) -> None:
    served = service(tmp_path, auth="tokens", rate_reads=1)
    tokens = served.accounts.service.tokens
    ann, bob = (served.client(tokens.create(owner, "x")[0]) for owner in ("ann", "bob"))
    assert [ann.get("tokens").status_code, ann.get("tokens").status_code] == [200, 429]
    assert bob.get("tokens").status_code == 200
    assert served.client(tokens.create("ann", "another")[0]).get("tokens").status_code == 429


def test_probes_are_not_counted(tmp_path: Path) -> None:
    client = TestClient(service(tmp_path, rate_reads=1).app, ADDRESS)
    assert {client.get("/healthz").status_code for _ in range(5)} == {200}


def test_requests_are_counted_here_while_redis_is_away(tmp_path: Path) -> None:
    away = f"redis://127.0.0.1:{free_port()}/0"
    client = service(tmp_path, jobs="celery", redis_url=away, rate_reads=2).client()
    assert [client.get("tokens").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.slow
def test_servers_count_together_in_redis_and_alone_while_it_is_away(redis_server: RedisServer) -> None:
    async def counted() -> list[bool]:
        servers = [Measure(redis_server.url, {"reads": 3}) for _ in range(2)]
        together = [(await server.count("reads", "ann")).within for server in servers * 2]
        redis_server.kill9()
        return together + [(await server.count("reads", "ann")).within for server in servers]

    assert asyncio.run(counted()) == [True, True, True, False, True, True]
