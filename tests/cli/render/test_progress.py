"""A running session is gathered from its events."""

from functools import reduce

from backend.cli.render.progress import AttemptRow, Progress, advance
from backend.domain.sessions import Event
from tests.cli import samples


def _gathered(*events: Event) -> Progress:
    return reduce(advance, events, Progress())


def _proposed(n: int) -> Event:
    return samples.event("attempt.proposed", {"n": n, "name": "Cross", "family": "trend_cross", "origin": "fresh"})


def test_a_proposal_is_a_row_without_numbers() -> None:
    progress = _gathered(_proposed(1))
    assert progress.attempts == (AttemptRow(n=1, name="Cross", family="trend_cross"),)
    assert progress.doing == "tuning and testing attempt 1"


def test_a_result_takes_the_place_of_its_proposal() -> None:
    progress = _gathered(_proposed(1), samples.backtested(1), _proposed(2))
    assert [row.n for row in progress.attempts] == [1, 2]
    assert progress.attempts[0].train == samples.metrics()
    assert progress.attempts[1].train is None


def test_a_diagnosis_goes_to_its_own_attempt() -> None:
    analysed = samples.event("attempt.analysed", {"n": 1, "diagnosis": {"limiting_factor": "weak_edge"}})
    progress = _gathered(samples.backtested(1), samples.backtested(2), analysed)
    assert [row.diagnosis for row in progress.attempts] == ["weak edge", ""]


def test_the_row_of_a_stored_attempt_equals_the_one_of_its_events() -> None:
    diagnosed = {"n": 1, "diagnosis": samples.attempt(1).model_dump(mode="json")["diagnosis"]}
    progress = _gathered(samples.backtested(1), samples.event("attempt.analysed", diagnosed))
    assert progress.attempts == (AttemptRow.of(samples.attempt(1)),)


def test_data_and_notices_are_kept() -> None:
    progress = _gathered(
        samples.event("data.progress", {"text": "bars of AAPL"}),
        samples.event("dataset.ready", samples.link().model_dump(mode="json")),
        samples.event("notice", {"text": samples.SYNTHETIC}),
    )
    assert progress.doing == "fetching data: bars of AAPL"
    assert len(progress.datasets) == 1
    assert progress.notices == (samples.SYNTHETIC,)


def test_nothing_is_being_done_after_the_end() -> None:
    assert _gathered(_proposed(1), samples.event("session.ended", {"status": "cancelled"})).doing == ""


def test_an_unknown_event_changes_nothing() -> None:
    before = _gathered(_proposed(1))
    assert advance(before, samples.event("message.delta", {"text": "x"})) is before
