"""What was verified is told so that the reason of a change stands where it is looked for."""

import pytest

from backend.cli.render.verification import verification_report
from backend.domain.verification import MetricDifference, PinCheck, Verification
from tests.cli.render.drawing import drawn

HASH = "5f3e" * 8


def check(what: str, found: str | None = HASH, note: str = "") -> PinCheck:
    return PinCheck(what=what, stored=HASH, found=found, same=found == HASH, note=note)


def verification(*checks: PinCheck, differences: tuple[MetricDifference, ...] = ()) -> Verification:
    outcome = "reproduced" if all(made.same for made in checks) else "changed"
    return Verification.model_validate(
        {"bot_id": "bot_1", "name": "first", "outcome": outcome, "checks": checks, "differences": differences}
    )


CHANGED = verification(
    PinCheck(what="engine version", stored="1", found="2", same=False),
    check("strategy"),
    check("reddit dataset ds_1 of AAPL", None, 'There is no dataset "ds_1".'),
    check("results on train", "0" * 32),
    differences=(MetricDifference(period="train", metric="sharpe", stored=0.1, found=0.10000000000000002),),
)


@pytest.mark.parametrize("width", [80, 120])
def test_the_report_fits_the_terminal(width: int) -> None:
    assert max(map(len, drawn(verification_report(CHANGED), width).splitlines())) <= width


def test_numbers_that_came_out_again_are_the_same() -> None:
    shown = drawn(verification_report(verification(check("strategy"), check("data"))), 120)
    assert "REPRODUCED" in shown
    assert shown.count("the same") == 2
    assert "Numbers that differ" not in shown


def test_another_engine_is_the_first_reason_and_every_bit_is_shown() -> None:
    shown = drawn(verification_report(CHANGED), 120)
    panel = shown[shown.index("╭─ Verification") :]
    reasons = [line.strip("│ ") for line in panel.splitlines() if "•" in line]
    assert reasons == [
        "• The engine has version 2, and the bot was tested with 1; that explains the rest.",
        '• Reddit dataset ds_1 of AAPL: There is no dataset "ds_1".',
        "• Results on train: not what was stored.",
    ]
    assert "0.10000000000000002" in shown
