"""Two strategies are of one structure when they differ in numbers only."""

from backend.domain.spec import Risk, Sizing
from backend.search.families import FAMILIES
from backend.search.structure import structure

SPEC = FAMILIES["volatility_squeeze"].build("long", None)


def test_numbers_names_and_spaces_do_not_matter() -> None:
    assert SPEC.long_entry is not None
    tuned = SPEC.with_values({"window": 33.0}).model_copy(
        update={"name": "other", "long_entry": SPEC.long_entry.replace("lag(width, 1)", "lag( width,  2.5)")}
    )
    assert structure(tuned) == structure(SPEC)
    assert structure(SPEC.model_copy(update={"sizing": Sizing(value=0.5)})) == structure(SPEC)


def test_conditions_risk_and_sizing_matter() -> None:
    stopped, tighter = (SPEC.model_copy(update={"risk": Risk(stop_loss=stop)}) for stop in (0.1, 0.05))
    assert structure(stopped) != structure(SPEC)
    assert structure(stopped) == structure(tighter)
    sized = SPEC.model_copy(update={"sizing": Sizing(kind="volatility_target", value=0.1)})
    assert structure(sized) != structure(SPEC)
    assert structure(SPEC.model_copy(update={"long_exit": "close < sma(open, window)"})) != structure(SPEC)


def test_digits_within_names_are_kept() -> None:
    one, two = (SPEC.model_copy(update={"long_exit": f"close < mean{n}"}) for n in (1, 2))
    assert structure(one) != structure(two)
