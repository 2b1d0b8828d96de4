"""Counts requests in windows of a minute, in memory or, for several servers, in Redis."""

import math
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from starlette.types import Scope

from backend.api.errors import TooMany

log = structlog.get_logger()

PATIENCE = 0.5
"""Seconds in which Redis has to answer."""
APART = 5.0
"""Seconds for which a Redis that was away is not asked."""
NETWORK = 64
"""Bits of an address of the newer kind that belong to one customer."""


@dataclass(frozen=True)
class Window:
    """What is left to one who asks.

    Attributes:
        left: requests; 0 also where one too many was made.
        wait: seconds until there are all of them again.
        within: whether the last one was still allowed.
    """

    left: int
    wait: int
    within: bool


class Measure:
    """Counters by name and by who asks.

    Args:
        redis_url: where servers count together; empty to count in this process.
        limits: how many in a minute, by name.
    """

    def __init__(self, redis_url: str, limits: dict[str, int]) -> None:
        self._items: dict[str, RateLimitItem] = {
            name: RateLimitItemPerMinute(most, 1, f"backproof {name}") for name, most in limits.items()
        }
        self._here = FixedWindowRateLimiter(MemoryStorage())
        self._together = FixedWindowRateLimiter(_redis(redis_url)) if redis_url else None
        self._asked_again_at = 0.0

    async def count(self, name: str, who: str) -> Window:
        """Count one more; where Redis does not answer, those of this process alone are counted."""
        item = self._items[name]
        if self._together is not None and time.monotonic() >= self._asked_again_at:
            try:
                return await _counted(self._together, item, who)
            except StorageError as error:
                self._asked_again_at = time.monotonic() + APART
                log.warning("limits.redis_away", reason=type(error.storage_error).__name__)
        return await _counted(self._here, item, who)

    async def refuse_more(self, name: str, who: str) -> None:
        """Raise TooMany where too many were counted; counts none."""
        item = self._items[name]
        if not await self._here.test(item, who):
            stats = await self._here.get_window_stats(item, who)
            raise too_many(_seconds_to(stats.reset_time))


def too_many(wait: int) -> TooMany:
    """The error for one request too many."""
    return TooMany("There were too many requests in the last minute.", f"wait {wait} seconds", wait)


def address_of(scope: Scope) -> str:
    """Where a request comes from, as far as one customer reaches; headers that a proxy may add are not believed."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(int(address) >> (128 - NETWORK))
    return str(address)


async def _counted(limiter: FixedWindowRateLimiter, item: RateLimitItem, who: str) -> Window:
    within = await limiter.hit(item, who)
    stats = await limiter.get_window_stats(item, who)
    return Window(max(0, stats.remaining), _seconds_to(stats.reset_time), within)


def _seconds_to(moment: float) -> int:
    return max(1, math.ceil(moment - time.time()))


def _redis(url: str) -> RedisStorage:
    patience: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    return RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy", **patience)
