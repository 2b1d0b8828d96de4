"""An error that is caught is told as it deserves."""

from backend.domain.errors import Unavailable
from backend.jobs.catching import Caught


def test_what_is_away_is_a_sentence_and_a_fault_is_a_traceback() -> None:
    fault = ZeroDivisionError("a bug")
    with Caught() as away:
        raise Unavailable("The store is away.")
    with Caught() as broken:
        raise fault
    assert (away.facts, broken.facts) == ({"reason": "The store is away."}, {"exc_info": fault})
