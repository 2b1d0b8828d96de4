"""The Redis of the tests: real, killable, and gone with whoever started it."""

import os
import signal
import subprocess
import sys

import pytest
from redis import Redis, RedisError

from tests.servers.redis import RedisServer
from tests.servers.waiting import wait_until
from tests.tree import ROOT


def test_a_killed_server_starts_again_empty_under_its_address(redis_server: RedisServer) -> None:
    url = redis_server.url
    with Redis.from_url(url) as client:
        client.set("name", "value")
        redis_server.kill9()
        with pytest.raises(RedisError):
            client.get("name")
        redis_server.start()
        assert redis_server.url == url
        assert client.get("name") is None


@pytest.mark.slow
def test_a_server_ends_with_the_process_that_started_it() -> None:
    program = "from tests.servers.redis import RedisServer as R; s = R(); s.start(); print(s.port, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdin=-1, stdout=-1, text=True) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
    with Redis(port=port) as client:
        assert wait_until(lambda: not _answers(client))


def _answers(client: "Redis") -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False
