"""Each result of a visit is one line, and the end is one document."""

from dataclasses import replace
from datetime import UTC, datetime

from backend.cli.render.collection import Tally, result_line
from backend.domain.errors import Unavailable
from backend.services.collection import Collected

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EARLY = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
FINE = Collected("reddit", "reddit", "AAPL", NOON, found=1_204, new=17, complete_from=EARLY)
HOLED = replace(FINE, symbol="IBM", hole=(datetime(2026, 11, 19, 9, tzinfo=UTC), EARLY))
FAILED = Collected("reddit", "reddit", "MSFT", NOON, failure=Unavailable("Reddit cannot be reached."))


def test_a_line_says_what_came_and_what_may_be_missing() -> None:
    hole = "posts may be missing from 2026-11-19 09:00 to 2026-11-20 03:30"
    assert [result_line(result) for result in (FINE, HOLED, FAILED)] == [
        "2026-11-20 12:00  AAPL reddit: 1,204 found, 17 new; none missing since 2026-11-20 03:30",
        f"2026-11-20 12:00  IBM reddit: 1,204 found, 17 new; {hole}",
        "2026-11-20 12:00  MSFT reddit: failed: Reddit cannot be reached.",
    ]


def test_nothing_is_promised_when_nothing_can_be_said() -> None:
    line = result_line(replace(FINE, complete_from=None))
    assert line == "2026-11-20 12:00  AAPL reddit: 1,204 found, 17 new; posts may be missing before this visit"


def test_the_document_holds_the_last_visit_of_each_symbol_and_all_new_posts() -> None:
    told: list[str] = []
    tally = Tally(told.append)
    tally.add([HOLED, FAILED])
    tally.add([replace(FINE, symbol="IBM")])
    document = tally.document()
    assert (document["visits"], document["new"], len(told)) == (2, 34, 3)
    ibm, msft = document["collected"]
    assert (ibm["hole"], ibm["complete_from"]) == (None, "2026-11-20T03:30:00+00:00")
    assert (msft["failed_reason"], msft["complete_from"], msft["found"]) == ("Reddit cannot be reached.", None, 0)
    tally.add([HOLED])
    assert tally.document()["collected"][0]["hole"] == {
        "from": "2026-11-19T09:00:00+00:00",
        "to": "2026-11-20T03:30:00+00:00",
    }
