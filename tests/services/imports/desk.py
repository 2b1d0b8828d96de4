"""A desk that imports into stores in memory, and the files it is given."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from backend.domain.periods import Period
from backend.providers.files import read_table
from backend.services.imports import ImportReport, Imports
from tests.services.memory_posts import MemoryPostStore
from tests.services.memory_stores import MemoryMarketStore

values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.text(max_size=3))
)

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)
MARCH = Period(start=date(2010, 3, 1), end=date(2010, 3, 31))
HEADER = "ticker,date,open,high,low,close,volume"
# Monday to Wednesday
CLEAN = ("KO,2010-03-01,10,12,9,11,500", "KO,2010-03-02,11,13,10,12,600", "KO,2010-03-03,12,14,11,13,700")


class Desk:
    """Imports over stores in memory; remembers which symbols were to be forgotten."""

    def __init__(self) -> None:
        self.market = MemoryMarketStore()
        self.posts = MemoryPostStore()
        self.forgotten: list[str] = []
        self.now = NOW
        self.imports = Imports((self.market, self.posts), read_table, self.forgotten.append, lambda: self.now)

    def prices(self, *lines: str, header: str = HEADER, **options: Any) -> ImportReport:
        path = Path("prices.csv")
        path.write_text("\n".join((header, *lines)), encoding="utf-8")
        return self.imports.import_prices(str(path), **options)

    def records(self, *rows: dict[str, Any] | str, **options: Any) -> ImportReport:
        path = Path("posts.jsonl")
        path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
        return self.imports.import_posts(str(path), **options)


def post(**changes: Any) -> dict[str, Any]:
    stated = {"id": "p1", "created_at": "2010-03-01T15:00:00Z", "ticker": "KO", "source": "twitter", "text": "up"}
    return stated | changes


def stored(desk: Desk) -> list[Any]:
    return [post for posts in desk.posts.posts.values() for post in posts.values()]
