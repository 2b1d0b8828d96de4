"""Strategies that are kept by name."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend.api.documents.strategies import (
    StrategyBody,
    StrategyDocument,
    StrategyLine,
    StrategyPage,
    StrategyValidated,
)
from backend.client.connection import Connection, part, stated
from backend.client.paging import PAGE, pages
from backend.domain.spec import StrategySpec

Spec = StrategySpec | Mapping[str, Any]
"""A strategy as a record, or as read from JSON."""


class StrategyCalls:
    """``client.strategies``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, spec: Spec) -> StrategyDocument:
        """Keep a strategy under its name."""
        return self._connection.write(StrategyDocument, "POST", "strategies", _body(spec))

    def list(self) -> Iterator[StrategyLine]:
        """Your own, newest first, then those that ship with Backproof; read page by page."""
        for page in pages(lambda after: self._connection.read(StrategyPage, "strategies", limit=PAGE, cursor=after)):
            yield from page.strategies

    def show(self, strategy: str) -> StrategyDocument:
        """A strategy, by its id or its name."""
        return self._connection.read(StrategyDocument, f"strategies/{part(strategy)}")

    def validate(self, spec: Spec) -> StrategyValidated:
        """Check a strategy without keeping it. Raises InvalidInput for one that cannot be used."""
        return self._connection.write(StrategyValidated, "POST", "strategies/validate", _body(spec))

    def delete(self, strategy: str) -> None:
        """Delete one of your own; what was tested with it stays."""
        self._connection.send("DELETE", f"strategies/{part(strategy)}")


def _body(spec: Spec) -> StrategyBody:
    given = spec.model_dump(mode="json", exclude_unset=True) if isinstance(spec, StrategySpec) else spec
    return stated(StrategyBody, given)
