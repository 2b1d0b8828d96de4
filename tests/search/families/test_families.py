"""Every family, in each direction and with each set of channels."""

from itertools import product

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.goal import Direction
from backend.language import compile_spec
from backend.search.blocks import FILTERS, blocks
from backend.search.families import FAMILIES, Family
from backend.search.structure import structure

DIRECTIONS: tuple[Direction, ...] = ("long", "short", "both")
CHANNELS = (None, "reddit", "sec", "all")

CASES = [
    (family, direction, channel)
    for family, direction, channel in product(FAMILIES.values(), DIRECTIONS, CHANNELS)
    if channel is not None or not family.reads_sentiment
]


def test_the_grammar_is_wide_enough() -> None:
    assert len(FAMILIES) >= 10
    assert sum(family.reads_sentiment for family in FAMILIES.values()) >= 4
    assert all(name == family.name for name, family in FAMILIES.items())


@pytest.mark.parametrize(("family", "direction", "channel"), CASES)
def test_it_compiles_and_uses_all_that_it_names(family: Family, direction: Direction, channel: str | None) -> None:
    spec = family.build(direction, channel)
    compiled = compile_spec(spec)
    assert compiled.unused == ()
    assert compiled.channels == ({channel} if family.reads_sentiment else set())
    assert (spec.long_entry is None) == (direction == "short")
    assert (spec.short_entry is None) == (direction == "long")
    assert len(spec.parameters) <= 5


@pytest.mark.parametrize(("family", "direction", "channel"), CASES)
def test_every_building_block_compiles_on_it(family: Family, direction: Direction, channel: str | None) -> None:
    plain = family.build(direction, channel)
    for name, add in blocks(channel).items():
        spec = add(plain)
        if spec is None:
            assert FILTERS[name].reads_sentiment
            assert channel is None
            continue
        assert compile_spec(spec).unused == ()
        assert structure(spec) != structure(plain)
        assert add(spec) is None


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_both_bounds_of_every_parameter_are_usable(family: Family) -> None:
    spec = family.build("both", "all")
    compiled = compile_spec(spec)
    for parameter in spec.parameters:
        for bound in (parameter.low, parameter.high):
            assert compiled.warmup_for({parameter.name: bound}) < 600


def test_a_family_that_reads_sentiment_needs_a_channel() -> None:
    with pytest.raises(InvalidInput, match="no channel"):
        FAMILIES["attention_spike"].build("long", None)
