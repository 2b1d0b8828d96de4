"""The checks that inform: costs, regimes, coverage."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from backend.domain.sentiment import DatasetLink
from backend.proof.checks import costs, coverage, regimes
from backend.proof.evidence import Evidence
from tests.proof.evidence_samples import evidence, metrics


@pytest.mark.parametrize(("total_return", "passed"), [(0.02, True), (0.0, False), (-0.1, False)])
def test_costs(total_return: float, passed: bool) -> None:
    made = costs.check(evidence(twice_the_costs=metrics(total_return=total_return)))
    assert (made.passed, made.value, made.threshold) == (passed, total_return, 0.0)
    assert made.required is False


def test_costs_not_measured() -> None:
    assert costs.check(evidence()).passed is None


def grown(by_year: dict[int, float]) -> Evidence:
    """Evidence whose log return in each year is as given; the years are dealt out to train, validation, hold-out."""
    sample = evidence()
    assert sample.holdout is not None
    periods = []
    for period, years in zip(sample.periods, np.array_split(np.array(list(by_year)), 3), strict=True):
        session = np.array([f"{year}-0{month}-01" for year in years for month in (1, 2)], dtype="datetime64[D]")
        returns = np.array([float(np.expm1(by_year[int(year)] / 2)) for year in years for _ in (1, 2)])
        periods.append(replace(period, session=session, returns=returns))
    return replace(sample, train=periods[0], validation=periods[1], holdout=periods[2])


def test_regimes_divide_the_growth_among_years() -> None:
    # 0.1 + 0.3 + 0.1 = 0.5: the best year gave 60 %.
    made = regimes.check(grown({2018: 0.1, 2019: 0.3, 2020: 0.1}))
    assert made.passed is True
    assert made.value == pytest.approx(0.6)
    assert "3 of 3 calendar years made money; the best, 2019, gave 60 %" in made.note


def test_regimes_see_a_single_good_year() -> None:
    # 0.5 - 0.1 + 0 = 0.4: the best year gave 125 %, the others lost.
    made = regimes.check(grown({2018: -0.1, 2019: 0.5, 2020: 0.0}))
    assert made.passed is False
    assert made.value == pytest.approx(1.25)


@pytest.mark.parametrize("by_year", [{2018: 0.1, 2019: -0.3, 2020: 0.1}, {2018: 0.0, 2019: 0.0, 2020: 0.0}])
def test_regimes_without_a_profit(by_year: dict[int, float]) -> None:
    assert regimes.check(grown(by_year)).passed is None


def test_regimes_of_one_year_and_of_a_lost_capital() -> None:
    sample = evidence()
    one_year = replace(sample.train, session=np.full(sample.train.returns.size, "2020-01-02", dtype="datetime64[D]"))
    assert regimes.check(evidence(train=one_year, validation=replace_session(one_year), holdout=None)).passed is None
    lost = replace(sample.train, returns=np.append(sample.train.returns[:-1], -1.0))
    assert "capital was lost" in regimes.check(evidence(train=lost)).note


def replace_session(period: Any) -> Any:
    return replace(period, session=period.session + 1)


def dataset(channel: str, covered: float, provider: str = "file", symbol: str = "AAPL") -> DatasetLink:
    return DatasetLink(
        id="ds",
        symbol=symbol,
        channel=channel,
        provider=provider,
        start=date(2020, 1, 1),
        end=date(2020, 12, 31),
        total_days=250,
        days_with_data=100,
        coverage=covered,
        content_hash="h",
    )


@pytest.mark.parametrize(
    ("datasets", "passed", "value"),
    [
        ((), None, None),
        ((dataset("reddit", 0.8),), True, 0.8),
        ((dataset("reddit", 0.95), dataset("news", 0.79)), False, 0.79),
        ((dataset("reddit", 0.95), dataset("news", 0.9, "sample")), True, 0.9),
        ((dataset("reddit", 0.95), dataset("reddit", 0.95, "sample", "MSFT")), False, 0.95),
    ],
)
def test_coverage(datasets: tuple[DatasetLink, ...], passed: bool | None, value: float | None) -> None:
    made = coverage.check(evidence(datasets=datasets))
    assert (made.passed, made.value) == (passed, value)


def test_mixed_sources_are_named() -> None:
    mixed = (dataset("reddit", 0.95), dataset("reddit", 0.95, "sample", "MSFT"))
    assert "reddit mixes file and sample" in coverage.check(evidence(datasets=mixed)).note
