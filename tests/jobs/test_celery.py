"""What carries the word through Redis, and what it says when that is away."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
from redis import Redis

from backend.domain.errors import InvalidInput, Unavailable
from backend.jobs.celery import QUEUE, CeleryDelivery, CeleryJobs
from tests.jobs.stage import Stage
from tests.servers.redis import RedisServer


def test_a_word_that_cannot_be_sent_is_told(redis_server: RedisServer) -> None:
    delivery = CeleryDelivery(redis_server.url)
    delivery.announce("job_1")
    assert delivery.waiting() == 1
    redis_server.kill9()
    jobs = CeleryJobs(delivery, lambda: None)
    for ask in (lambda: jobs.announce("job_2"), delivery.waiting):
        with pytest.raises(Unavailable, match=r"Redis at 127\.0\.0\.1:\d+ does not answer"):
            ask()
    assert "does not answer" in jobs.ready()


def test_a_word_holds_the_id_of_its_job_and_nothing_else(redis_server: RedisServer) -> None:
    CeleryDelivery(redis_server.url).announce("job_1")
    with Redis.from_url(redis_server.url) as client:
        message = json.loads(client.lindex(QUEUE, 0))
    body = json.loads(b64decode(message["body"]))
    assert (message["content-type"], message["headers"]["task"], body[:2]) == (
        "application/json",
        "backproof.job",
        [["job_1"], {}],
    )


def test_what_redis_forgot_is_announced_again_and_not_piled_up(redis_server: RedisServer, tmp_path: Path) -> None:
    stage, delivery = Stage(tmp_path), CeleryDelivery(redis_server.url)
    for _ in range(3):
        stage.add()
    for _ in range(9):
        delivery.announce_forgotten(stage.store, stage.now)
    assert delivery.waiting() == 3
    redis_server.empty()
    delivery.announce_forgotten(stage.store, stage.now)
    assert delivery.waiting() == 3


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="BACKPROOF_REDIS_URL is no address"):
        CeleryDelivery("nonsense")
