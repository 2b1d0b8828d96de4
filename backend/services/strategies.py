"""Strategies that are kept by name: the user's own, and those that ship with the product."""

from functools import cache, lru_cache
from typing import Any

from backend.domain.errors import Conflict, NotFound
from backend.domain.ports import Clock, NewId, StrategyStore
from backend.domain.spec import StrategySpec
from backend.domain.strategies import SavedStrategy
from backend.domain.suggestions import did_you_mean
from backend.language import compile_spec, diff_specs, spec_hash
from backend.search.starters import STARTERS

OWN = "str"
STARTER = "starter"
"""With what their ids begin."""

KEPT = 512
"""Strategies of which it is known what they come to."""


class Strategies:
    """Lists, finds and adds strategies; they have no verdict until a session has tested them.

    Args:
        store: where the user's own are kept.
        clock: the present moment in UTC.
        new_id: makes the id of a strategy.
    """

    def __init__(self, store: StrategyStore, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id

    def list(self, owner: str, limit: int | None = None, after: str | None = None) -> tuple[SavedStrategy, ...]:
        """The owner's own, newest first, then those that ship with the product; from the one behind ``after`` on.

        Raises:
            InvalidInput: there is no strategy ``after``.
        """
        shipped = starters()
        ids = [strategy.strategy_id for strategy in shipped]
        if after in ids:
            return shipped[ids.index(after) + 1 :][:limit]
        return (*self._store.list_strategies(owner, limit, after), *shipped)[:limit]

    def load(self, owner: str, wanted: str) -> SavedStrategy:
        """The strategy with that id or that name.

        Raises:
            NotFound: naming ids and names that resemble it.
        """
        for strategy in starters():
            if wanted in (strategy.strategy_id, strategy.name):
                return strategy
        known = self.list(owner)
        for strategy in known:
            if wanted in (strategy.strategy_id, strategy.name):
                return strategy
        names = [name for strategy in known for name in (strategy.strategy_id, strategy.name)]
        raise NotFound(
            f'There is no strategy "{wanted}".',
            did_you_mean(wanted, names) or "list those there are: `backproof strategies list`",
        )

    def add(self, owner: str, spec: StrategySpec) -> SavedStrategy:
        """Keep a strategy under its name.

        Raises:
            InvalidInput: an expression of it is wrong.
            Conflict: there is one of that name.
        """
        compile_spec(spec)
        if any(spec.name == starter.name for starter in STARTERS.values()):
            raise Conflict(
                f'There is a strategy named "{spec.name}" already; it ships with Backproof.',
                "give the new one another name",
            )
        strategy = SavedStrategy(
            strategy_id=self._new_id(OWN),
            name=spec.name,
            kind="own",
            spec=spec,
            spec_hash=spec_hash(spec),
            created_at=self._clock(),
        )
        self._store.add_strategy(owner, strategy)
        return strategy

    def delete(self, owner: str, strategy_id: str) -> None:
        """Delete one of the owner's own.

        Raises:
            NotFound: there is none of that id.
            Conflict: it ships with the product.
        """
        if any(strategy.strategy_id == strategy_id for strategy in starters()):
            raise Conflict(f"{strategy_id} ships with Backproof.", "only your own strategies can be deleted")
        self._store.delete_strategy(owner, strategy_id)


@cache
def starters() -> tuple[SavedStrategy, ...]:
    """The strategies that ship with the product, in their order."""
    return tuple(
        SavedStrategy(
            strategy_id=f"{STARTER}_{key}", name=spec.name, kind="starter", spec=spec, spec_hash=spec_hash(spec)
        )
        for key, spec in STARTERS.items()
    )


def strategy_findings(spec: StrategySpec) -> dict[str, Any]:
    """What its expressions come to: canonical lines, hash, warm-up in bars, channels it reads, and notices.

    Raises:
        InvalidInput: an expression is wrong.
    """
    compiled = compile_spec(spec)
    return {
        "canonical": [line.removeprefix("+ ") for line in diff_specs(None, spec)],
        "spec_hash": spec_hash(spec),
        "warmup": compiled.warmup,
        "channels": sorted(compiled.channels),
        "notices": list(compiled.notices),
    }


def strategy_document(strategy: SavedStrategy) -> dict[str, Any]:
    """A strategy with what its expressions come to."""
    return dict(_document(strategy))


def strategy_line(strategy: SavedStrategy) -> dict[str, Any]:
    """One row of a list of strategies."""
    return dict(_line(strategy))


@lru_cache(maxsize=KEPT)
def _document(strategy: SavedStrategy) -> dict[str, Any]:
    return strategy.model_dump(mode="json") | strategy_findings(strategy.spec)


@lru_cache(maxsize=KEPT)
def _line(strategy: SavedStrategy) -> dict[str, Any]:
    told = strategy.model_dump(mode="json", exclude={"spec"}) | {"rationale": strategy.spec.rationale}
    return told | {"channels": sorted(compile_spec(strategy.spec).channels)}


def validated_document(spec: StrategySpec) -> dict[str, Any]:
    """A strategy that can be used, with what its expressions come to. Raises InvalidInput."""
    return {"valid": True, "spec": spec.model_dump(mode="json"), **strategy_findings(spec)}
