"""Scripted strategies: in order, from wherever a session stands, and then nothing."""

from backend.agents.scripted import ScriptedStrategist
from backend.agents.strategist import Occasion
from backend.domain.spec import StrategySpec
from backend.search.context import SearchContext
from tests.agents.llm.scripted_model import SESSION
from tests.agents.records import goal

SPECS = tuple(StrategySpec(name=f"Idea {n}", long_entry=f"close > sma(close, {n}0)") for n in (1, 2))


def names(strategist: ScriptedStrategist, n: int) -> list[str]:
    occasion = Occasion(SESSION, n, f"{n:04d}.propose", lambda: False)
    return [candidate.spec.name for candidate in strategist.propose(SearchContext(goal(), n), occasion)]


def test_each_attempt_has_its_place_in_the_script() -> None:
    strategist = ScriptedStrategist(SPECS)
    assert [names(strategist, n) for n in (1, 2, 3)] == [["Idea 1"], ["Idea 2"], []]
    assert names(ScriptedStrategist(SPECS), 2) == ["Idea 2"]


def test_whose_proposals_they_are_is_said() -> None:
    occasion = Occasion(SESSION, 1, "0001.propose", lambda: False)
    (candidate,) = ScriptedStrategist(SPECS, author="llm").propose(SearchContext(goal(), 1), occasion)
    assert (candidate.author, candidate.origin) == ("llm", "script 1 of 2")
