"""The turns of a session, each with what was said and what it came to."""

from rich.table import Table

from backend.cli.render.format import MISSING, plain
from backend.cli.render.tables import table
from backend.domain.sessions import Session

LONGEST_WORDS = 200


def turns_table(session: Session) -> Table:
    """One row a turn, in their order."""
    grid = table("turn", "said", "came to", wrapped=("said", "came to"))
    for turn in session.turns:
        verdict = turn.ending.verdict.outcome if turn.ending else ""
        elsewhere = f"went on in {turn.session_id}" if turn.session_id else ""
        outcome = verdict or elsewhere or plain(turn.answer, LONGEST_WORDS) or MISSING
        grid.add_row(str(turn.n), plain(turn.text, LONGEST_WORDS), outcome)
    return grid
